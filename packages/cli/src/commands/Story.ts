/** `daybook story` */
import { Ledger } from "@daybook/ledger/Ledger"
import { storyOf } from "@daybook/pool/queries/Story"
import { Clock, Effect, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import { findCredential } from "../FindCredential.ts"
import * as Output from "../Output.ts"
import * as ReadPool from "../ReadPool.ts"
import { eventJson } from "../render/EventJson.ts"
import { storyLines } from "../render/StoryLines.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"

export const story = Command.make(
  "story",
  { credential: Argument.String("credential").pipe(Argument.withDescription("Id or label of a credential")) },
  Effect.fnUntraced(function* ({ credential }) {
    const told = yield* settings
    yield* Effect.provide(tell(told, credential), ReadPool.ledgerLayer(told.home))
  })
).pipe(Command.withDescription("What happened to one credential, in order, each event under its cause"))

/** The whole story of one credential, for people or as one JSON document. */
export const tell = Effect.fnUntraced(function* ({ json, paint }: Pick<Settings, "json" | "paint">, name: string) {
  const ledger = yield* Ledger
  const { id } = yield* findCredential(yield* ledger.state, name)
  const events = yield* Stream.runCollect(Stream.filter(ledger.read(), storyOf(ledger.known(), id)))
  if (json) return yield* Output.document({ credential: id, events: events.map(eventJson) })
  yield* Output.lines(storyLines(events, ledger.known(), yield* Clock.currentTimeMillis, paint))
})
