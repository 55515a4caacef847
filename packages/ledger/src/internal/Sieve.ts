/**
 * The fast way over checked bytes: which of their lines are wanted, before anything of them is parsed. A line must have
 * its own sum and be the next in order; the chain is not followed. Whatever looks otherwise is left to a `Walk`.
 */
import type { Seq } from "@daybook/pool/Ids"
import { crc32 } from "node:zlib"
import type { Wanted } from "../Ledger.ts"
import * as LineEnds from "./LineEnds.ts"
import type { Place } from "./Walk.ts"

export interface Sieved {
  /** Behind the last line that was looked at. */
  readonly place: Place
  /** Something else than the next line stands behind `place`. */
  readonly isStuck: boolean
}

export interface Options extends Wanted {
  /** The last event that is looked at. */
  readonly to: number
  /** Offsets where damage begins that was accepted: its lines may look right one by one. */
  readonly accepted: ReadonlySet<number>
}

/** The line from `begin` on, up to its newline at `end`. False if it is not what it should be. */
export type TakeLine = (chunk: Buffer, begin: number, end: number) => boolean

/** `chunk` begins behind `from`; half a line at its end is left for the next chunk. */
export const sieve = (chunk: Buffer, from: Place, options: Options, take: TakeLine): Sieved => {
  const sieve = new Sieve(chunk, from, options, take)
  while (sieve.passLine());
  return { place: sieve.place(), isStuck: sieve.isStuck }
}

class Sieve {
  readonly chunk: Buffer
  readonly from: Place
  readonly wanted: Options
  readonly take: TakeLine
  seq: number
  passed = 0
  /** Where the last line begins, and where the next one does. */
  last = 0
  next = 0
  isSealed = false
  isStuck = false

  constructor(chunk: Buffer, from: Place, wanted: Options, take: TakeLine) {
    this.chunk = chunk
    this.from = from
    this.wanted = wanted
    this.take = take
    this.seq = from.seq
  }

  /** Whether there may be another. */
  passLine(): boolean {
    if (this.seq >= this.wanted.to || this.isSealed) return false
    const end = this.chunk.indexOf(LineEnds.newline, this.next)
    if (end < 0) return false
    const type = this.isAccepted() ? undefined : this.typeOf(end)
    this.isStuck = type === undefined || needsWalk.has(type) || !this.takeWanted(type, end)
    if (this.isStuck) return false
    this.isSealed = type === "SegmentSealed"
    this.last = this.next
    this.next = end + 1
    this.seq++
    this.passed++
    return true
  }

  isAccepted(): boolean {
    return this.wanted.accepted.has(this.from.offset + this.next)
  }

  /** Nothing if it is not the next line, or not as it was written. */
  typeOf(end: number): string | undefined {
    const at = typePlace(this.chunk, this.next, this.seq + 1)
    if (at === undefined || !hasOwnSum(this.chunk, this.next, end)) return undefined
    return this.chunk.toString("latin1", at, this.chunk.indexOf(quote, at))
  }

  /** False if the line is wanted and is not what it should be. */
  takeWanted(type: string, end: number): boolean {
    const { names = [], types } = this.wanted
    if (types !== undefined && !types.has(type)) return true
    return (names.length > 0 && !this.hasOneOf(names, end)) || this.take(this.chunk, this.next, end)
  }

  hasOneOf(names: ReadonlyArray<string>, end: number): boolean {
    const text = this.chunk.toString("latin1", this.next, end - LineEnds.trailerBytes)
    return names.some((name) => text.includes(name))
  }

  place(): Place {
    if (this.passed === 0) return this.from
    const { isSealed, next, passed } = this
    const { line, offset, segment } = this.from
    const h = LineEnds.hashOf(this.chunk.toString("latin1", this.last, next - 1))
    return { segment, offset: offset + next, line: line + passed, seq: this.seq as Seq, h, isSealed }
  }
}

const quote = 34

/** Junk stands before the one, and what begins a segment is judged by what it continues. */
const needsWalk: ReadonlySet<string> = new Set(["TailSealed", "LedgerOpened", "SegmentOpened"])

// `{"seq":`, digits, `,"at":"`, 24, `","id":"`, 36, `","actor":"`, 36, `","type":"`.
const beforeSeq = 7
const afterSeq = 7 + 24 + 8 + 36 + 11 + 36 + 10

/** Where the type stands on the line of this event; nothing if the line begins otherwise. */
const typePlace = (chunk: Buffer, at: number, seq: number): number | undefined => {
  let number = 0
  let place = at + beforeSeq
  for (let digit = digitAt(chunk, place); digit >= 0 && digit <= 9; digit = digitAt(chunk, ++place)) {
    number = number * 10 + digit
  }
  const typeAt = place + afterSeq
  const isAsWritten = number === seq && chunk[place] === comma && chunk[typeAt - 1] === quote
  return isAsWritten ? typeAt : undefined
}

const comma = 44
const digitAt = (chunk: Buffer, place: number): number => (chunk[place] ?? 0) - 48

// A line ends with `","c":"`, 8 digits, `"}`.
const sumFromEnd = 16
const digitsFromEnd = 10

const hasOwnSum = (chunk: Buffer, at: number, end: number): boolean => {
  if (end - at <= LineEnds.trailerBytes || end - at >= LineEnds.maxBytes) return false
  // The only bytes of a line that are under no sum.
  if (!standsAt(chunk, beforeSum, end - sumFromEnd) || !standsAt(chunk, afterSum, end - afterSum.length)) return false
  return crc32(chunk.subarray(at, end - sumFromEnd)) === hexAt(chunk, end - digitsFromEnd)
}

const beforeSum = Buffer.from(',"c":"')
const afterSum = Buffer.from('"}')

const standsAt = (chunk: Buffer, bytes: Buffer, at: number): boolean => {
  for (let place = 0; place < bytes.length; place++) if (chunk[at + place] !== bytes[place]) return false
  return true
}

/** Eight digits in lower case; -1 if they are none. */
const hexAt = (chunk: Buffer, at: number): number => {
  let number = 0
  for (let place = at; place < at + 8; place++) {
    const byte = chunk[place] ?? 0
    const digit = byte >= 97 && byte <= 102 ? byte - 87 : byte - 48
    if (digit < 0 || digit > 15 || (digit > 9 && byte < 97)) return -1
    number = number * 16 + digit
  }
  return number
}
