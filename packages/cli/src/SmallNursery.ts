/**
 * Keeps the memory of a long look back small: what it reads is garbage at once, and V8 would let 32 MB of it gather.
 * Other limits of V8 hold from its start only; this one is looked at whenever it would grow.
 */
import { setFlagsFromString } from "node:v8"

/** For the rest of the process. What V8 has compiled is kept at the end, and is of use under the flags of a start only. */
export const keepNurserySmall = (): void => {
  if (isSmall) return
  isSmall = true
  setFlagsFromString("--semi-space-growth-factor=1")
  process.once("exit", () => setFlagsFromString("--semi-space-growth-factor=2"))
}

let isSmall = false
