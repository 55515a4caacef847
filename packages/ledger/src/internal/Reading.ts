/**
 * The events of a ledger as streams, in constant memory. A stream reads from the files, never from a buffer of events, so
 * a slow consumer costs nothing; whatever wakes a follower only makes it look.
 */
import { changes } from "@daybook/files/ChokidarBackend"
import type { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Option, PubSub, Queue, Result, Stream } from "effect"
import type { LedgerError } from "../LedgerError.ts"
import { readPage } from "./Page.ts"
import { damaged, type Opened, type Reader } from "./Reader.ts"
import * as StartingPlace from "./StartingPlace.ts"
import { type Place, type Walked } from "./Walk.ts"

/**
 * Everything from `from` to the end as it is now; without `from`, from the oldest event that was not archived. Damage ends
 * the stream, after the events before it.
 */
export const read = (reader: Reader, from: Seq | undefined): Stream.Stream<Recorded, LedgerError> =>
  Stream.suspend(() => follow(reader, new Cursor(from)))

/** The same, and then whatever comes. */
export const tail = (reader: Reader, from: Seq | undefined): Stream.Stream<Recorded, LedgerError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const wakes = yield* wakeCalls(reader)
      const cursor = new Cursor(from)
      return Stream.fromQueue(wakes).pipe(Stream.flatMap(() => follow(reader, cursor)))
    })
  )

/** Where the system tells of no change, or forgets one, a follower still looks this often. */
const poll = "2 seconds"

/** The first call comes when all who call are listening: what happens before is read by it, what happens after calls again. */
const wakeCalls = Effect.fnUntraced(function* (reader: Reader) {
  const wakes = yield* Queue.sliding<void>(1)
  const call = Queue.offer(wakes, undefined)
  const ours = yield* PubSub.subscribe(reader.moved)
  yield* PubSub.take(ours).pipe(Effect.andThen(call), Effect.forever, Effect.forkScoped)
  yield* changes(reader.path).pipe(
    Stream.catch(() => Stream.empty),
    Stream.merge(Stream.tick(poll)),
    Stream.runForEach(() => call),
    Effect.forkScoped({ startImmediately: true })
  )
  yield* Effect.yieldNow
  yield* call
  return wakes
})

/** How far a consumer has come. */
class Cursor {
  readonly from: Seq | undefined
  at: { readonly place: Place; readonly opening: number } | undefined

  constructor(from: Seq | undefined) {
    this.from = from
  }

  /** Answers the events the consumer has not had. */
  move(opening: number, { lines, place }: Walked): ReadonlyArray<Recorded> {
    const next = Math.max(this.from ?? 1, (this.at?.place.seq ?? 0) + 1)
    this.at = { opening, place }
    return lines.flatMap(({ event }) => (event.seq >= next ? [event] : []))
  }
}

const follow = (reader: Reader, cursor: Cursor): Stream.Stream<Recorded, LedgerError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const caughtUp = yield* Effect.result(reader.catchUp)
      const checked = pages(reader, cursor, yield* placeOf(reader, cursor))
      return Result.isFailure(caughtUp) ? Stream.concat(checked, Stream.fail(caughtUp.failure)) : checked
    })
  )

/** Where a consumer goes on: in a ledger that took the other's place, behind the very event it had last. */
const placeOf = Effect.fnUntraced(function* (reader: Reader, { at, from }: Cursor) {
  const opened = reader.now()
  if (at === undefined) return yield* StartingPlace.find(reader.path, opened, from)
  return at.opening === opened.opening ? at.place : yield* findAgain(reader, opened, at.place)
})

const findAgain = Effect.fnUntraced(function* (
  reader: Reader,
  opened: Opened,
  last: Place
): Effect.fn.Return<Place, LedgerError> {
  const { seq } = last
  let place = yield* StartingPlace.find(reader.path, opened, seq)
  while (place.seq < Math.min(seq, opened.view.place.seq)) {
    place = (yield* readPage(reader, place, (event) => event.seq > seq)).place
  }
  if (place.seq === seq && place.h === last.h) return place
  const why = `another event than the one that was read before stands at ${seq}, or none`
  return yield* damaged(opened.file.path, { line: place.line + 1, offset: place.offset, why })
})

const pages = (reader: Reader, cursor: Cursor, from: Place): Stream.Stream<Recorded, LedgerError> => {
  const { opening, view } = reader.now()
  const isBehind = ({ offset, segment }: Place) =>
    segment < view.place.segment || (segment === view.place.segment && offset < view.place.offset)
  if (!isBehind(from)) return Stream.empty
  return Stream.paginate(from, (place) =>
    Effect.map(readPage(reader, place), (walked) => [
      cursor.move(opening, walked),
      isBehind(walked.place) ? Option.some(walked.place) : Option.none()
    ])
  )
}
