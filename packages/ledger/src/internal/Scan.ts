/**
 * All wanted events of a ledger in order, in constant memory. Lines are sieved as bytes; where something else stands than
 * the next line, such as sealed junk or a new segment, a page is walked and judged in the way of a reader.
 */
import type { Recorded } from "@daybook/pool/Recorded"
import * as RecordedText from "@daybook/pool/RecordedText"
import { Effect, Result, type Scope } from "effect"
import type { LinesOptions, ScanEnd, ScanOptions } from "../Ledger.ts"
import { Damaged, LedgerError } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import * as Accepted from "./Accepted.ts"
import type * as Header from "./Header.ts"
import { readPage } from "./Page.ts"
import { newline } from "./LineEnds.ts"
import * as ReadAhead from "./ReadAhead.ts"
import type { Opened, Reader } from "./Reader.ts"
import * as SegmentFiles from "./SegmentFiles.ts"
import { type Options, sieve, type Sieved } from "./Sieve.ts"
import * as SieveThread from "./SieveThread.ts"
import * as StartingPlace from "./StartingPlace.ts"
import { type Passed, type Place, startAfter } from "./Walk.ts"
import { isWanted } from "./Wanted.ts"

export const scan = (reader: Reader, options: ScanOptions): Effect.Effect<ScanEnd, LedgerError> =>
  Effect.scoped(scanAll(reader, options, eventsFor(options)))

export const lines = (reader: Reader, options: LinesOptions): Effect.Effect<ScanEnd, LedgerError> =>
  Effect.suspend(() => Effect.scoped(scanAll(reader, options, linesFor(options))))

/** Who has what was found. */
interface Taker<A> {
  /** Nothing if the line is not what it should be. */
  readonly read: (chunk: Buffer, begin: number, end: number, isRead: boolean) => A | undefined
  readonly take: (found: A) => void
  /** One that no sieve has seen. */
  readonly takeWalked: (passed: Passed, files: SegmentFiles.Files) => Effect.Effect<void, LedgerError>
  /** After each piece. */
  readonly pause: Effect.Effect<void>
}

/** A scan may begin a little earlier, at a mark. */
const eventsFor = (options: ScanOptions): Taker<Recorded> => {
  const { from = 1, take } = options
  const takeFrom = (event: Recorded) => {
    if (event.seq >= from) take(event)
  }
  return {
    read: (chunk, begin, end, isRead) => {
      const text = chunk.toString("latin1", begin, end - LineFormat.trailerBytes)
      return Result.getOrUndefined(isRead ? RecordedText.readAgain(text) : RecordedText.read(text))
    },
    take: takeFrom,
    takeWalked: ({ event }) => Effect.sync(() => (isWanted(event, options) ? takeFrom(event) : undefined)),
    pause: Effect.yieldNow
  }
}

const linesFor = (options: LinesOptions): Taker<string> => {
  const { from = 1, take } = options
  let found: Array<string> = []
  const takeText = (text: string) => {
    if (LineFormat.claimedSeq(text) >= from) found.push(text)
  }
  return {
    read: (chunk, begin, end) => chunk.toString("latin1", begin, end),
    take: takeText,
    takeWalked: ({ event, place }, files) =>
      isWanted(event, options) ? Effect.map(SegmentFiles.lineBefore(files, place), takeText) : Effect.void,
    pause: Effect.suspend(() => {
      const lines = found
      found = []
      return lines.length === 0 ? Effect.yieldNow : take(lines)
    })
  }
}

const scanAll = Effect.fnUntraced(function* <A>(
  reader: Reader,
  options: Omit<ScanOptions, "take">,
  taker: Taker<A>
): Effect.fn.Return<ScanEnd, LedgerError, Scope.Scope> {
  const damage = yield* damageIn(reader.catchUp)
  const opened = reader.now()
  const head = opened.view.place.seq
  const to = Math.min(options.to ?? Infinity, head)
  const isHere = options.from === undefined || options.from <= head
  let place = isHere ? yield* StartingPlace.find(reader.path, opened, options.from) : opened.view.place
  const files = yield* SegmentFiles.open(reader.path, opened)
  const { names, types } = options
  const threads = yield* SieveThread.Threads
  const sievePiece = sieving(files, {
    accepted: yield* Accepted.all(reader.path),
    wanted: { names, types, to },
    taker,
    isRead: opened.view.state.unknown === 0,
    thread: to - place.seq >= threads.from ? yield* SieveThread.make(threads.program) : undefined
  })
  while (place.seq < to) {
    if (place.isSealed) place = startAfter(place)
    const sieved = yield* sievePiece(place)
    yield* taker.pause
    place = sieved.place
    if (!sieved.isStuck) continue
    const walked = yield* Effect.result(walkPast(reader, opened, place, (passed) => taker.takeWalked(passed, files)))
    if (walked._tag === "Success") place = walked.success
    else if (walked.failure.reason._tag === "Damaged") return { seq: place.seq, damage: walked.failure.reason }
    else return yield* walked.failure
  }
  yield* taker.pause
  const isWhole = damage === undefined || (options.to ?? Infinity) <= head
  return isWhole ? { seq: place.seq } : { seq: place.seq, damage }
})

/** What is wrong with the ledger behind what can be read of it. */
const damageIn = (catchUp: Reader["catchUp"]): Effect.Effect<Damaged | undefined, LedgerError> =>
  Effect.as(catchUp, undefined).pipe(Effect.catchReason("LedgerError", "Damaged", (damage) => Effect.succeed(damage)))

interface Sieving<A> {
  readonly accepted: ReadonlyArray<Header.Accepted>
  readonly wanted: Omit<Options, "accepted">
  readonly taker: Taker<A>
  /** This version of the fold has read all lines before, and knew their events. */
  readonly isRead: boolean
  /** Over a long way a second thread sieves. */
  readonly thread: SieveThread.SieveThread | undefined
}

/** Sieves the next piece behind a place. */
const sieving = <A>(files: SegmentFiles.Files, { accepted, isRead, taker, thread, wanted }: Sieving<A>) => {
  const ahead = ReadAhead.make()
  const damage = Map.groupBy(accepted, ({ segment }) => segment)
  return Effect.fnUntraced(function* (place: Place): Effect.fn.Return<Sieved, LedgerError> {
    const file = yield* files(place.segment)
    const options = { ...wanted, accepted: new Set(damage.get(place.segment)?.map(({ offset }) => offset)) }
    const found = yield* thread?.piece(file, place, options) ?? Effect.undefined
    const read = found === undefined ? undefined : readAll(found.lines, taker, isRead)
    if (found !== undefined && read !== undefined) {
      read.forEach(taker.take)
      return found
    }
    const piece = yield* ahead.piece(file, place.offset)
    const sieved = sieve(piece, place, options, (chunk, begin, end) => {
      const found = taker.read(chunk, begin, end, isRead)
      if (found !== undefined) taker.take(found)
      return found !== undefined
    })
    // No piece is shorter than a line, so one without a line is none of ours.
    return sieved.place === place ? { ...sieved, isStuck: true } : sieved
  })
}

/** Nothing if one of them is not what it should be. */
const readAll = <A>(lines: Buffer, { read }: Taker<A>, isRead: boolean): ReadonlyArray<A> | undefined => {
  const all: Array<A> = []
  for (let begin = 0; begin < lines.length;) {
    const end = lines.indexOf(newline, begin)
    const found = read(lines, begin, end, isRead)
    if (found === undefined) return undefined
    all.push(found)
    begin = end + 1
  }
  return all
}

/** Over the one event that is no plain line, and whatever stands before it; answers the place behind it. */
const walkPast = Effect.fnUntraced(function* (
  reader: Reader,
  { file, opening }: Opened,
  place: Place,
  take: (passed: Passed) => Effect.Effect<void, LedgerError>
): Effect.fn.Return<Place, LedgerError> {
  const stop = ({ seq }: Recorded) => seq > place.seq + 1
  const walked = yield* readPage(reader, { opening, place }, { stop, isInDoubt: true })
  if (walked === undefined) return yield* new LedgerError({ reason: replaced(file.path, place) })
  yield* Effect.forEach(walked.lines, take, { discard: true })
  return walked.place
})

const replaced = (path: string, { line, offset }: Place) =>
  new Damaged({ path, line: line + 1, offset, why: "another ledger has taken its place meanwhile" })
