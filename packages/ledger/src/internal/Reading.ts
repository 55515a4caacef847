/**
 * The events of a ledger as streams, in constant memory. A stream reads from the files, never from a buffer of events, so
 * a slow consumer costs nothing; whatever wakes a follower only makes it look.
 */
import { changes } from "@daybook/files/ChokidarBackend"
import type { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Option, PubSub, Queue, Result, Stream } from "effect"
import type { LedgerError } from "../LedgerError.ts"
import { readPage, type Spot } from "./Page.ts"
import { damaged, type Opened, type Reader } from "./Reader.ts"
import * as StartingPlace from "./StartingPlace.ts"
import type { Place, Walked } from "./Walk.ts"

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
  at: Spot | undefined

  constructor(from: Seq | undefined) {
    this.from = from
  }

  /** Answers the events the consumer has not had. */
  move({ lines, opening, place }: Read): ReadonlyArray<Recorded> {
    const next = Math.max(this.from ?? 1, (this.at?.place.seq ?? 0) + 1)
    this.at = { opening, place }
    return lines.flatMap(({ event }) => (event.seq >= next ? [event] : []))
  }
}

/** A page, and the place behind it. */
interface Read extends Spot, Pick<Walked, "lines" | "place"> {}

const follow = (reader: Reader, cursor: Cursor): Stream.Stream<Recorded, LedgerError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const caughtUp = yield* Effect.result(reader.catchUp)
      const from = cursor.at ?? (yield* beginning(reader, cursor.from))
      const checked = pages(reader, cursor, yield* findHere(reader, from))
      return Result.isFailure(caughtUp) ? Stream.concat(checked, Stream.fail(caughtUp.failure)) : checked
    })
  )

const beginning = (reader: Reader, from: Seq | undefined): Effect.Effect<Spot, LedgerError> => {
  const opened = reader.now()
  const { opening } = opened
  return Effect.map(StartingPlace.find(reader.path, opened, from), (place) => ({ opening, place }))
}

const pages = (reader: Reader, cursor: Cursor, from: Spot): Stream.Stream<Recorded, LedgerError> => {
  const end = reader.now().view.place.seq
  if (from.place.seq >= end) return Stream.empty
  return Stream.paginate(from, (spot) =>
    Effect.map(readNext(reader, spot), (read) => [
      cursor.move(read),
      read.place.seq < end ? Option.some(read) : Option.none()
    ])
  )
}

const readNext = Effect.fnUntraced(function* (reader: Reader, last: Spot): Effect.fn.Return<Read, LedgerError> {
  const spot = yield* findHere(reader, last)
  const walked = yield* readPage(reader, spot)
  return walked === undefined ? yield* readNext(reader, last) : { ...walked, opening: spot.opening }
})

/** Where to go on in the ledger that is open now. */
const findHere = (reader: Reader, last: Spot): Effect.Effect<Spot, LedgerError> => {
  const opened = reader.now()
  return last.opening === opened.opening ? Effect.succeed(last) : findAgain(reader, opened, last.place)
}

/** In a ledger that took the other's place: behind the very event that was read last. */
const findAgain = Effect.fnUntraced(function* (
  reader: Reader,
  opened: Opened,
  last: Place
): Effect.fn.Return<Spot, LedgerError> {
  const { seq } = last
  const { opening } = opened
  let place = yield* StartingPlace.find(reader.path, opened, seq)
  while (place.seq < Math.min(seq, opened.view.place.seq)) {
    const walked = yield* readPage(reader, { opening, place }, { stop: (event) => event.seq > seq })
    if (walked === undefined) return yield* findAgain(reader, reader.now(), last)
    place = walked.place
  }
  if (place.seq === seq && place.h === last.h) return { opening, place }
  const why = `another event than the one that was read before stands at ${seq}, or none`
  return yield* damaged(opened.file.path, { line: place.line + 1, offset: place.offset, why })
})
