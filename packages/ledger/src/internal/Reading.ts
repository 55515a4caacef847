/**
 * The events of a ledger file as streams, in constant memory. A stream reads from the file, never from a buffer of
 * events, so a slow consumer costs nothing; whatever wakes a follower only makes it look.
 */
import { changes } from "@daybook/files/ChokidarBackend"
import type { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Option, PubSub, Queue, Result, Stream } from "effect"
import { type LedgerError } from "../LedgerError.ts"
import type { LedgerFile } from "./LedgerFile.ts"
import { chunkBytes, damaged, type Opened, type Reader } from "./Reader.ts"
import * as View from "./View.ts"
import { type Place, walk } from "./Walk.ts"

/** Everything from `from` to the end as it is now. Damage ends the stream, after the events before it. */
export const read = (reader: Reader, from: Seq): Stream.Stream<Recorded, LedgerError> =>
  Stream.suspend(() => follow(reader, new Cursor(from)))

/** The same, and then whatever comes. */
export const tail = (reader: Reader, from: Seq): Stream.Stream<Recorded, LedgerError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const wakes = yield* wakeCalls(reader)
      const cursor = new Cursor(from)
      return Stream.fromQueue(wakes).pipe(Stream.flatMap(() => follow(reader, cursor)))
    })
  )

/** The first call comes when all who call are listening: what happens before is read by it, what happens after calls again. */
const wakeCalls = Effect.fnUntraced(function* (reader: Reader) {
  const wakes = yield* Queue.sliding<void>(1)
  const call = Queue.offer(wakes, undefined)
  const ours = yield* PubSub.subscribe(reader.moved)
  yield* PubSub.take(ours).pipe(Effect.andThen(call), Effect.forever, Effect.forkScoped)
  yield* changes(reader.path).pipe(
    Stream.catch(() => Stream.tick("1 second")), // where the system watches no more files
    Stream.runForEach(() => call),
    Effect.forkScoped({ startImmediately: true })
  )
  yield* Effect.yieldNow
  yield* call
  return wakes
})

/** How far a consumer has come. */
class Cursor {
  next: Seq
  at: { readonly file: LedgerFile; readonly place: Place } | undefined

  constructor(next: Seq) {
    this.next = next
  }

  placeIn({ file, view }: Opened): Place {
    return this.at?.file === file ? this.at.place : View.markBefore(view, this.next)
  }

  /** Answers the events the consumer has not had. */
  move(file: LedgerFile, place: Place, events: ReadonlyArray<Recorded>): ReadonlyArray<Recorded> {
    const fresh = events.filter((event) => event.seq >= this.next)
    this.at = { file, place }
    this.next = Math.max(this.next, place.seq + 1) as Seq
    return fresh
  }
}

const follow = (reader: Reader, cursor: Cursor): Stream.Stream<Recorded, LedgerError> =>
  Stream.unwrap(
    Effect.map(Effect.result(reader.catchUp), (caughtUp) => {
      const checked = pages(reader.now(), cursor)
      return Result.isFailure(caughtUp) ? Stream.concat(checked, Stream.fail(caughtUp.failure)) : checked
    })
  )

const pages = (opened: Opened, cursor: Cursor): Stream.Stream<Recorded, LedgerError> =>
  Stream.paginate(cursor.placeIn(opened), (place) =>
    Effect.map(readPage(opened, place), ({ events, next }) => [
      cursor.move(opened.file, next, events),
      next.offset < opened.view.place.offset ? Option.some(next) : Option.none()
    ])
  )

const readPage = Effect.fnUntraced(function* ({ file, view }: Opened, from: Place) {
  const unread = view.place.offset - from.offset
  if (unread <= 0) return { events: [], next: from }
  const bytes = yield* file.read(from.offset, Math.min(unread, chunkBytes))
  const { lines, place } = walk(bytes, from, false, { below: view.place.offset, junk: view.junk })
  if (place.offset === from.offset) {
    return yield* damaged(file.path, {
      line: from.line + 1,
      offset: from.offset,
      why: "what stood here before is gone"
    })
  }
  return { events: lines.map((line) => line.event), next: place }
})
