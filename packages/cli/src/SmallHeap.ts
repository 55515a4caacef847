/**
 * Keeps the memory of a long look back small: what it reads is garbage at once, and V8 would let 32 MB of it gather. Other
 * limits of V8 hold from its start only; these are looked at whenever something would grow.
 */
import { setFlagsFromString } from "node:v8"

/** For the rest of the process. */
export const keepNurserySmall = (): void => setUntilExit("semi-space-growth-factor", 1, 2)

/** For the rest of the process, where much is kept for long: V8 collects when there is half as much again, not twice as much. */
export const collectOften = (): void => setUntilExit("heap-growing-percent", 50, 0)

const isSet = new Set<string>()

/** What V8 has compiled is kept at the end, and is of use under the flags of a start only. */
const setUntilExit = (flag: string, value: number, usual: number): void => {
  if (isSet.has(flag)) return
  isSet.add(flag)
  setFlagsFromString(`--${flag}=${value}`)
  process.once("exit", () => setFlagsFromString(`--${flag}=${usual}`))
}
