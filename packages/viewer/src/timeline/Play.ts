/**
 * Playing a ledger: its clock runs so many times as fast as ours. Nobody waits for what was a night: a pause in which
 * nothing happens is over in less than a second.
 */
import type { Cursor } from "../Questions.ts"
import type { Picture } from "./Picture.ts"

export const speeds: ReadonlyArray<number> = [1, 10, 60, 600, 3600, 86_400]

/** Milliseconds of ours that a pause takes at most. */
const longestPause = 800
/** Events that one step goes past at most; the others come in the next. */
const mostEvents = 50_000

/** Where the cursor is after so many milliseconds of ours; undefined at the end of the ledger. */
export const played = (picture: Picture, cursor: Cursor, speed: number, elapsed: number): Cursor | undefined => {
  let { seq, now } = cursor
  let left = elapsed
  for (let passed = 0; passed < mostEvents; passed += 1) {
    const next = picture.next(seq)
    if (next === undefined) return undefined
    const pause = Math.max(0, picture.time(next) - now)
    const pace = Math.max(speed, pauseOf(picture, seq, next) / longestPause)
    if (pause > left * pace) return { seq, now: now + left * pace }
    left -= pause / pace
    seq = next
    now = Math.max(now, picture.time(next))
  }
  return { seq, now }
}

const pauseOf = (picture: Picture, seq: number, next: number): number => picture.time(next) - picture.time(seq)
