/** Watches the tour's ledger: prints each event as `daybook log --follow` does, and waits for what an act should bring. */
import { Ledger } from "@daybook/ledger/Ledger"
import type { Recorded } from "@daybook/pool/Recorded"
import { Console, Effect, Stream, SubscriptionRef } from "effect"
import { exitCodes } from "../ExitCode.ts"
import { logLine } from "../render/LogLine.ts"
import { namesIn } from "@daybook/words/Names"
import type { Paint } from "../render/Paint.ts"
import { Stop } from "../Stop.ts"

export interface Onlooker {
  /** Everything so far. */
  readonly events: Effect.Effect<ReadonlyArray<Recorded>>
  /** Waits until the events from `since` on show it. */
  readonly until: (
    what: string,
    shown: (events: ReadonlyArray<Recorded>) => boolean,
    since?: number
  ) => Effect.Effect<void, Stop>
}

/** Long enough for a busy machine. */
const patience = "20 seconds"

export const watch = Effect.fnUntraced(function* (paint: Paint) {
  const ledger = yield* Ledger
  const seen = yield* SubscriptionRef.make<ReadonlyArray<Recorded>>([])
  yield* ledger.tail().pipe(
    Stream.runForEach((event) =>
      Effect.andThen(
        Console.log(logLine(event, namesIn(ledger.known()), paint)),
        SubscriptionRef.update(seen, (before) => [...before, event])
      )
    ),
    Effect.forkScoped
  )
  const until: Onlooker["until"] = (what, shown, since = 0) =>
    SubscriptionRef.changes(seen).pipe(
      Stream.map((events) => events.filter(({ seq }) => seq > since)),
      Stream.takeUntil(shown),
      Stream.runDrain,
      Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(notSeen(what)) })
    )
  return { events: SubscriptionRef.get(seen), until } satisfies Onlooker
})

const notSeen = (what: string) =>
  new Stop({
    exitCode: exitCodes.error,
    message: `The tour waited for ${what}, and it did not come. Run it again when the machine is less busy.`
  })
