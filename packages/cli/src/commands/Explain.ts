/** `daybook explain` */
import { Ledger } from "@daybook/ledger/Ledger"
import { defaultProviders } from "@daybook/oauth/Providers"
import { defaults } from "@daybook/pool/Policy"
import { members, type PoolState } from "@daybook/pool/PoolState"
import { explain as explanationOf } from "@daybook/pool/queries/Explain"
import { Clock, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { exitCodes } from "../ExitCode.ts"
import { Explain, explainJson } from "../json/Explain.ts"
import { nearest } from "../Nearest.ts"
import * as Output from "../Output.ts"
import * as ReadPool from "../ReadPool.ts"
import { explanationLines } from "../render/ExplanationLines.ts"
import { settings } from "../Root.ts"
import { Stop } from "../Stop.ts"

export const explain = Command.make(
  "explain",
  {
    provider: Argument.String("provider").pipe(Argument.withDescription("Such as openai-codex")),
    model: Flag.String("model").pipe(Flag.withDescription("As for a call of this model"), Flag.optional)
  },
  Effect.fnUntraced(function* ({ model, provider }) {
    const { home, json, paint, vault } = yield* settings
    yield* Effect.gen(function* () {
      const view = yield* ReadPool.view({ home, vault })
      const state = yield* Ledger.use((ledger) => ledger.state)
      yield* isKnown(state, provider)
      const now = yield* Clock.currentTimeMillis
      const asked = { provider, model: Option.getOrUndefined(model) }
      const explanation = explanationOf(state, defaults, asked, { now, turn: 0, leases: none, uncounted: none })
      if (json) return yield* Output.documentOf(Explain, explainJson(explanation))
      yield* Output.lines(explanationLines(explanation, view.rows, now, paint))
      yield* Output.warnings(view.problems)
    }).pipe(Effect.provide(ReadPool.layer({ home, vault })))
  })
).pipe(
  Command.withDescription(
    "Which credential of a provider the next call would get, and why each other one is passed over. Sends and writes nothing"
  )
)

/** The command uses no leases, and its strategy takes no turns. */
const none = () => 0

/** API keys need no definition, so what the pool has is known too. */
const isKnown = (state: PoolState, provider: string): Effect.Effect<void, Stop> => {
  const known = [
    ...new Set([...members(state), ...defaultProviders.map(({ id }) => ({ provider: id }))].map((one) => one.provider))
  ]
  if (known.includes(provider)) return Effect.void
  const near = nearest(provider, known)
  const guess = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`
  const message = `No provider "${provider}" is defined, and no API key of it is in this pool.${guess} Known are: ${known.toSorted().join(", ")}.`
  return Effect.fail(new Stop({ exitCode: exitCodes.error, message }))
}
