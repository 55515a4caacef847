/**
 * Follows the ledger while the pool is open, and so keeps its fold current: every event, whoever appended it, is handed
 * to the meter and to those who listen, in order and once, on a fiber that nobody waits for. What came last is handed over at the end.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Layer, Schedule, Stream } from "effect"
import { makeListeners } from "./Listeners.ts"
import { makeMeter } from "./Metrics.ts"

/** From the next event on. Closed after everything that appends, and before the ledger. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const ledger = yield* Ledger
    let last: number = (yield* ledger.head).seq
    const meter = yield* makeMeter
    const tell = yield* makeListeners

    const hand = (event: Recorded) =>
      Effect.sync(() => {
        last = event.seq
        meter(event)
        tell(event)
      })
    const next = () => Seq.make(last + 1)

    /** A ledger that was put back from a copy may be shorter than the one that was followed. */
    const follow = Effect.flatMap(ledger.head, ({ seq }) => {
      last = Math.min(last, seq)
      return Stream.runForEach(ledger.tail(next()), hand)
    })
    const rest = Effect.suspend(() => Stream.runForEach(ledger.read(next()), hand))

    yield* Effect.addFinalizer(() => Effect.ignore(rest))
    yield* follow.pipe(
      Effect.tapError((error) => Effect.logWarning(error.message)),
      Effect.retry(Schedule.spaced("5 seconds")),
      Effect.forkScoped
    )
  })
)
