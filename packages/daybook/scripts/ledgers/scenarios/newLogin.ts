import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

export const newLogin: Scenario = {
  name: "healed-by-a-new-login",
  story:
    "The login is dead, and after the person has logged in again the program still says so: the old verdict stands in the way of the new tokens.",
  fault:
    "The provider ends the login; its API says so with token_revoked. An hour and a half later the person logs in again with hermes, which writes the new pair into its file.",
  asked: [
    { credential: "main", at: "2026-03-02T10:30:00Z", cause: "revoked" },
    { credential: "main", cause: "healthy" }
  ],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn({ accessLifetime: 24 * 3600, account: "account-ada" })
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    yield* stage.advance("30 minutes")
    yield* stage.sandbox.revoke({ grant: login.grant, code: "token_revoked" })
    yield* stage.check("the login is refused", (yield* agent.call("openai-codex")) === "main 401")
    yield* stage.advance("90 minutes")
    const again = yield* stage.logIn({ accessLifetime: 24 * 3600, account: "account-ada" })
    yield* stage.write([{ id: "main", login: again, seeded: true }])
    yield* stage.until((events) => events.some(({ type }) => type === "QuarantineLifted"))
    yield* stage.check("the new login works", (yield* agent.call("openai-codex")) === "main 200")
    yield* agent.close
  })
}
