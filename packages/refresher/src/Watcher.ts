/**
 * Keeps this process's view current of what any program writes into a store.
 * Successors that their store would not take are offered to it again every five seconds.
 */
import { Vault } from "@daybook/vault/Vault"
import { Effect, Layer, Schedule, Stream } from "effect"
import { takeStock } from "./Enrolment.ts"
import { goingOn } from "./internal/GoingOn.ts"
import { saveUnsaved } from "./SaveUnsaved.ts"

/** Runs for as long as the layer lives. */
export const layer = (home: string) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const vault = yield* Vault
      yield* Effect.addFinalizer(() => Effect.ignore(saveUnsaved))
      yield* Effect.forkScoped(followStores(vault, home))
      yield* Effect.forkScoped(Effect.repeat(goingOn(saveUnsaved), Schedule.spaced("5 seconds")))
    })
  )

/** A burst of writes to one store is looked at once. */
const followStores = (vault: Vault["Service"], home: string) =>
  vault.changes.pipe(
    Stream.buffer({ capacity: 1, strategy: "sliding" }),
    Stream.runForEach(() => goingOn(takeStock(home, "watch")))
  )
