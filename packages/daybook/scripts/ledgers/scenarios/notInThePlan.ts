import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

const body = JSON.stringify({
  code: "permission-denied",
  error: "The subscription of this account does not include API access."
})

export const notInThePlan: Scenario = {
  name: "not-in-the-plan",
  story:
    "The API answers 403 because the plan does not include it. The program takes that for a bad login and asks for a new one, which changes nothing.",
  fault: "The API of xAI answers 403 permission-denied to a login whose tokens are good.",
  asked: [{ credential: "grok", cause: "entitlement" }],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn({ dialect: "xai", accessLifetime: 6 * 3600 })
    yield* stage.write([{ id: "grok", provider: "xai-oauth", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* stage.sandbox.apiFault({ fault: { _tag: "Status", status: 403, body }, times: 1 })
    yield* stage.check("the API forbids it", (yield* agent.call("xai-oauth")) === "grok 403")
    yield* stage.advance("20 minutes")
    yield* stage.check("it is not asked again at once", (yield* agent.call("xai-oauth")) === "NoneAvailable")
    yield* agent.close
    yield* stage.check("nothing was refreshed for it", (yield* stage.sandbox.journal).length === 0)
  })
}
