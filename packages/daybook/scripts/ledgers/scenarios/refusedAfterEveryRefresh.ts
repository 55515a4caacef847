import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

const body = JSON.stringify({ error: { code: "token_expired", message: "The authentication token is expired." } })

export const refusedAfterEveryRefresh: Scenario = {
  name: "refused-after-every-refresh",
  story:
    "The API answers 401, the program renews the login, the API answers 401 to the new token, and so on without end.",
  fault:
    "The account has lost its right to the API, and the API says so as if the access token had expired, also to one that is a second old. The program calls once an hour for six hours.",
  asked: [{ credential: "main", cause: "entitlement" }],
  loops: ["refresh-changes-nothing"],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn({ accessLifetime: 10 * 3600 })
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    yield* stage.sandbox.apiFault({ fault: { _tag: "Status", status: 401, body }, times: 100 })
    for (let call = 0; call < 6; call += 1) {
      yield* stage.advance("1 hour")
      yield* agent.call("openai-codex")
    }
    yield* agent.close
  })
}
