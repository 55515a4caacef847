import { olderHermes } from "@daybook/pool/HermesPolicy"
import { defaults } from "@daybook/pool/Policy"
import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

const failures = 7

/** The reports that the project was begun for. */
export const tokenInvalidatedHourly: Scenario = {
  name: "token-invalidated-hourly",
  story:
    "A login was ended by its provider. The program takes that for something that passes, benches the login for an hour, and fails again every hour of the day.",
  fault:
    "The provider revokes the login; its API answers 401 token_invalidated to the access token. The policy benches that for an hour, and seven calls are made in the day.",
  asked: [{ credential: "main", cause: "revoked" }],
  loops: ["cooldown-reentry"],
  deadTokenRequests: { "policy.recorded": failures, "policy.default": 1 },
  policy: olderHermes,
  policies: { "policy.recorded": olderHermes, "policy.default": defaults },
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn({ accessLifetime: 10 * 24 * 3600 })
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* stage.check("the login works at first", (yield* agent.call("openai-codex")) === "main 200")
    yield* stage.advance("20 minutes")
    yield* stage.sandbox.revoke({ grant: login.grant })
    for (let failure = 0; failure < failures; failure += 1) {
      yield* stage.check("the dead token is sent", (yield* agent.call("openai-codex")) === "main 401")
      yield* stage.advance("30 minutes")
      yield* stage.check("the bench holds", (yield* agent.call("openai-codex")) === "NoneAvailable")
      yield* stage.advance("31 minutes")
    }
    yield* agent.close
    const refused = (yield* stage.sandbox.apiCalls).filter(({ status }) => status === 401)
    yield* stage.check("the provider counts as many", refused.length === failures)
  })
}
