/**
 * The bytes a writer leaves behind when it dies, or the disk fills up, in mid-write: half a line at the end of the file.
 * The next writer closes them with a newline and a `TailSealed` that names them; that writer may die too, and leave half
 * a `TailSealed` behind the closed half. A power cut leaves more: a file that has grown, with sectors of zeros where bytes
 * never reached the disk, and with lines behind them that nobody was told of. Anything else at the end of a file is
 * damage, and is never sealed over.
 */
import type { EventOf } from "@daybook/pool/Event"
import type { Recorded } from "@daybook/pool/Recorded"
import { Result } from "effect"
import * as LineFormat from "../LineFormat.ts"
import type { Junk, Place } from "./Walk.ts"

/** Junk as it will be once it is closed, and what the next writer must know of its bytes. */
export interface TornTail extends Junk {
  readonly crc: string
  /** Its closing newline is there already. */
  readonly isClosed: boolean
  /** It ends in a line that lacks nothing but its newline: an event like any other, or one that names the junk before it. */
  readonly isWhole: boolean
}

/** More than this is no torn tail: what one writer writes at a time, and another before it was synced, stays below. */
export const maxBytes = 8 * 1024 * 1024

/** A line and a few attempts at sealing it stay far below. */
const maxHalf = 64 * 1024

/** What a disk writes whole or not at all, in bytes. */
const sector = 512

const newline = 10

/** Judges the bytes from the last whole line to the end of the file. Fails with what is wrong. */
export const recognise = (bytes: Buffer, after: Place): Result.Result<TornTail, string> =>
  Result.map(hasLostSector(bytes, after.offset) ? Result.void : findFlaw(bytes, after), () => {
    const isClosed = bytes.at(-1) === newline
    const junk = isClosed ? bytes.subarray(0, -1) : bytes
    const lines = junk.reduce((count, byte) => (byte === newline ? count + 1 : count), 1)
    const place = { segment: after.segment, line: after.line + 1, lines, offset: after.offset }
    return { ...place, ...measure(junk), isClosed, isWhole: isLine(bytes, after) || endsWithSeal(bytes, after) }
  })

/** Fewer zeros may be damage, unless nothing else is left of their sector. */
const fewestZeros = 8

/**
 * Whether there is a sector that never reached the disk: it ends in zeros, and no writer of ours writes a zero. They begin
 * where it begins, or behind what had been synced of it.
 */
const hasLostSector = (bytes: Buffer, offset: number): boolean => {
  for (let at = bytes.indexOf(0); at >= 0;) {
    const inSector = (offset + at) % sector
    const end = Math.min(bytes.length, at + sector - inSector)
    const zeros = bytes.subarray(at, end).findIndex((byte) => byte !== 0)
    const isAlone = at === 0 || inSector === 0
    if (zeros < 0 && (isAlone || end - at >= fewestZeros)) return true
    at = bytes.indexOf(0, zeros < 0 ? end : at + zeros)
  }
  return false
}

const measure = (bytes: Buffer) => ({ length: bytes.length, crc: LineFormat.checksum(bytes) })

/** From the end: each newline closed what stands before it, and behind it somebody began to write a `TailSealed`. */
const findFlaw = (bytes: Buffer, after: Place): Result.Result<void, string> => {
  if (bytes.length > maxHalf) return Result.fail("this is not a line of a ledger")
  let half = bytes
  for (let end = half.lastIndexOf(newline); end >= 0; end = half.lastIndexOf(newline)) {
    const closed = half.subarray(0, end)
    const flaw = findFlawInSeal(closed, half.subarray(end + 1), after)
    if (Result.isFailure(flaw)) return flaw
    half = closed
  }
  return findFlawInHalf(half, after)
}

const findFlawInHalf = (bytes: Buffer, after: Place): Result.Result<void, string> =>
  isLine(bytes.subarray(0, -1), after) ? Result.fail("the newline behind it was changed") : Result.void

const isLine = (bytes: Buffer, after: Place): boolean =>
  Result.isSuccess(LineFormat.check(after, bytes.toString("latin1")))

const endsWithSeal = (bytes: Buffer, after: Place): boolean => {
  const end = Math.max(0, bytes.lastIndexOf(newline))
  const line = LineFormat.check(after, bytes.toString("latin1", end + 1))
  return Result.isSuccess(line) && isSealedBy(line.success.event, after.offset, bytes.subarray(0, end))
}

const findFlawInSeal = (closed: Buffer, seal: Buffer, after: Place): Result.Result<void, string> => {
  // Nobody closes again what is closed.
  if (closed.at(-1) === newline) return Result.fail("an empty line")
  if (LineFormat.resemblesLine(closed.toString("latin1"))) return Result.fail("a whole line was changed")
  return isBeginOfSeal(seal.toString("latin1"), closed, after)
    ? Result.void
    : Result.fail("half a line, and other lines behind it")
}

const isBeginOfSeal = (text: string, junk: Buffer, after: Place): boolean => {
  const { crc, length } = measure(junk)
  const whole =
    `{"seq":${after.seq + 1},"at":"${any(24)}","id":"${any(36)}","actor":"${any(36)}","type":"TailSealed","v":1,` +
    `"data":{"offset":${after.offset},"length":${length},"crc":"${crc}"},"h":"${any(43)}","c":"${any(8)}"}`
  return (
    text.length <= whole.length && Array.from(text).every((it, index) => whole[index] === "?" || it === whole[index])
  )
}

const any = (count: number): string => "?".repeat(count)

/** What the next writer puts before its own events: the closing newline, unless it is there, and the event to record. */
export const closing = (tail: TornTail): string => (tail.isClosed ? "" : "\n")

export const sealing = ({ crc, length, offset }: TornTail): EventOf<"TailSealed"> => ({
  type: "TailSealed",
  v: 1,
  data: { offset, length, crc }
})

/** Whether the event behind unreadable bytes names exactly them. */
export const isSealedBy = (event: Recorded, offset: number, junk: Buffer): boolean =>
  event.type === "TailSealed" &&
  event.data.offset === offset &&
  event.data.length === junk.length &&
  event.data.crc === LineFormat.checksum(junk)
