/**
 * Keeps the memory of a long look back small: what it reads is garbage at once, and V8 would let 32 MB of it gather, and
 * collect the rest when there is twice as much as was left. Other limits of V8 hold from its start only; these are looked
 * at whenever something would grow.
 */
import { setFlagsFromString } from "node:v8"

/** For the rest of the process. What V8 has compiled is kept at the end, and is of use under the flags of a start only. */
export const keepHeapSmall = (): void => {
  if (isSmall) return
  isSmall = true
  setFlagsFromString("--semi-space-growth-factor=1")
  setFlagsFromString("--heap-growing-percent=20")
  process.once("exit", () => {
    setFlagsFromString("--semi-space-growth-factor=2")
    setFlagsFromString("--heap-growing-percent=0")
  })
}

let isSmall = false
