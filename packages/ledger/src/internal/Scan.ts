/**
 * All wanted events of a ledger in order, in constant memory. Lines are sieved as bytes; where something else stands than
 * the next line, such as sealed junk or a new segment, a page is walked and judged as any reader does.
 */
import type { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Exit, Scope } from "effect"
import { dirname } from "node:path"
import type { ScanEnd, ScanOptions, Wanted } from "../Ledger.ts"
import { Damaged, LedgerError } from "../LedgerError.ts"
import * as Accepted from "./Accepted.ts"
import type * as Header from "./Header.ts"
import * as LedgerFile from "./LedgerFile.ts"
import { readPage } from "./Page.ts"
import * as ReadAhead from "./ReadAhead.ts"
import type { Opened, Reader } from "./Reader.ts"
import * as Segments from "./Segments.ts"
import { type Options, sieve, type Sieved } from "./Sieve.ts"
import * as StartingPlace from "./StartingPlace.ts"
import { type Place, startAfter } from "./Walk.ts"
import { isWanted } from "./Wanted.ts"

export const scan = (reader: Reader, options: ScanOptions): Effect.Effect<ScanEnd, LedgerError> =>
  Effect.scoped(scanAll(reader, options))

const scanAll = Effect.fnUntraced(function* (
  reader: Reader,
  options: ScanOptions
): Effect.fn.Return<ScanEnd, LedgerError, Scope.Scope> {
  const damage = yield* damageIn(reader.catchUp)
  const opened = reader.now()
  const head = opened.view.place.seq
  const to = Math.min(options.to ?? Infinity, head)
  const isHere = options.from === undefined || options.from <= head
  let place = isHere ? yield* StartingPlace.find(reader.path, opened, options.from) : opened.view.place
  const take = from(options.from ?? 1, options.take)
  const sievePiece = sieving(yield* openFiles(reader.path, opened), yield* Accepted.all(reader.path))
  const wanted = { ...options, to, isRead: opened.view.state.unknown === 0 }
  while (place.seq < to) {
    if (place.isSealed) place = startAfter(place)
    const sieved = yield* sievePiece(place, wanted, take)
    place = sieved.place
    if (!sieved.isStuck) continue
    const walked = yield* Effect.result(walkPast(reader, opened, place, only(options, take)))
    if (walked._tag === "Success") place = walked.success
    else if (walked.failure.reason._tag === "Damaged") return { seq: place.seq, damage: walked.failure.reason }
    else return yield* walked.failure
  }
  const isWhole = damage === undefined || (options.to ?? Infinity) <= head
  return isWhole ? { seq: place.seq } : { seq: place.seq, damage }
})

/** What is wrong with the ledger behind what can be read of it. */
const damageIn = (catchUp: Reader["catchUp"]): Effect.Effect<Damaged | undefined, LedgerError> =>
  Effect.as(catchUp, undefined).pipe(Effect.catchReason("LedgerError", "Damaged", (damage) => Effect.succeed(damage)))

/** A scan may begin a little earlier, at a mark. */
const from =
  (first: number, take: (event: Recorded) => void) =>
  (event: Recorded): void => {
    if (event.seq >= first) take(event)
  }

const only =
  (wanted: Wanted, take: (event: Recorded) => void) =>
  (event: Recorded): void => {
    if (isWanted(event, wanted)) take(event)
  }

type Files = (first: Seq) => Effect.Effect<LedgerFile.LedgerFile, LedgerError>

/** The segments one after the other, each open while it is read; apart from the reader, who closes its own when it moves on. */
const openFiles = Effect.fnUntraced(function* (live: string, { file, view }: Opened) {
  const outer = yield* Effect.scope
  let open: { readonly first: Seq; readonly file: LedgerFile.LedgerFile; readonly scope: Scope.Closeable } | undefined
  const openOne = (first: Seq) =>
    first === view.place.segment ? LedgerFile.open(file.path, "read") : Segments.fileOf(dirname(live), first)
  const files: Files = Effect.fnUntraced(function* (first) {
    if (open?.first === first) return open.file
    if (open !== undefined) yield* Scope.close(open.scope, Exit.void)
    const scope = yield* Scope.fork(outer)
    open = { first, scope, file: yield* Scope.provide(openOne(first), scope) }
    return open.file
  })
  return files
})

/** Sieves the next piece behind a place. */
const sieving = (files: Files, accepted: ReadonlyArray<Header.Accepted>) => {
  const ahead = ReadAhead.make()
  const damage = Map.groupBy(accepted, ({ segment }) => segment)
  return Effect.fnUntraced(function* (
    place: Place,
    options: Omit<Options, "accepted">,
    take: (event: Recorded) => void
  ): Effect.fn.Return<Sieved, LedgerError> {
    const file = yield* files(place.segment)
    const piece = yield* ahead.piece(file, place.offset)
    const offsets = new Set(damage.get(place.segment)?.map(({ offset }) => offset))
    const sieved = sieve(piece, place, { ...options, accepted: offsets }, take)
    yield* Effect.yieldNow
    // No piece is shorter than a line, so one without a line is none of ours.
    return sieved.place === place ? { ...sieved, isStuck: true } : sieved
  })
}

/** Over the one event that is no plain line, and whatever stands before it; answers the place behind it. */
const walkPast = Effect.fnUntraced(function* (
  reader: Reader,
  { file, opening }: Opened,
  place: Place,
  take: (event: Recorded) => void
): Effect.fn.Return<Place, LedgerError> {
  const stop = ({ seq }: Recorded) => seq > place.seq + 1
  const walked = yield* readPage(reader, { opening, place }, { stop, isInDoubt: true })
  if (walked === undefined) return yield* new LedgerError({ reason: replaced(file.path, place) })
  for (const { event } of walked.lines) take(event)
  return walked.place
})

const replaced = (path: string, { line, offset }: Place) =>
  new Damaged({ path, line: line + 1, offset, why: "another ledger has taken its place meanwhile" })
