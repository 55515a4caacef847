import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

const body = JSON.stringify({ error: { code: "tenant_resync_pending", message: "Tenant is being moved." } })

export const unknownRefusals: Scenario = {
  name: "refusals-that-nobody-knows",
  story:
    "A refresh fails with something that no program has heard of. It is stored as an empty bench, and later nobody knows what the provider had said.",
  fault:
    "The token endpoint answers 400 with an error code that belongs to no rule, twice; then no program asks any more.",
  asked: [{ credential: "main", cause: "unknown" }],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn()
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    yield* stage.sandbox.fault({ fault: { _tag: "Status", status: 400, body }, times: 2 })
    yield* stage.advance("61 minutes")
    for (let call = 0; call < 2; call += 1) {
      const told = yield* agent.call("openai-codex")
      yield* stage.check("nobody knows the answer", told === "RefreshError Unrecognized")
      yield* stage.advance("10 minutes")
    }
    yield* agent.close
  })
}
