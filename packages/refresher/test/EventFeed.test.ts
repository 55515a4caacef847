/** Who follows the ledger hears of everything, the last of it too. */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { Providers } from "@daybook/oauth/Providers"
import { CredentialId } from "@daybook/pool/Ids"
import * as EventFeed from "@daybook/refresher/EventFeed"
import { Listener } from "@daybook/refresher/Listeners"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { inScene, slow } from "./support/Scene.ts"

const pause = Ledger.use((ledger) =>
  ledger.append([{ type: "CredentialPaused", v: 1, credential: CredentialId.make("main"), data: {} }])
)

/** Appends when it is closed, as what stands on the feed may. */
const lastWords = Layer.effectDiscard(
  Effect.gen(function* () {
    const ledger = yield* Ledger
    yield* Effect.addFinalizer(() => Effect.ignore(Effect.provideService(pause, Ledger, ledger)))
  })
)

describe("the feed", () => {
  it.live(
    "hands over what is appended while everything closes",
    () =>
      inScene(({ home }) =>
        Effect.gen(function* () {
          const heard: Array<string> = []
          const feed = lastWords.pipe(
            Layer.provideMerge(EventFeed.layer),
            Layer.provide(Layer.succeed(Listener, ({ type }) => heard.push(type))),
            Layer.provide(Providers.layer([])),
            Layer.provide(FileLedger.layer({ folder: home, program: "test", version: "1" }))
          )
          yield* Effect.scoped(Layer.build(feed))
          assert.deepStrictEqual(heard, ["ActorJoined", "CredentialPaused"])
        })
      ),
    slow
  )
})
