import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

export const wrongClient: Scenario = {
  name: "wrong-client",
  story: "Every refresh fails, hundreds of them in a night, and each failure looks as if the login had died.",
  fault:
    "The provider knows the login under another client id than the one that the request carries, and answers 400 invalid_client. The program asks every ten minutes.",
  asked: [{ credential: "main", cause: "misconfigured" }],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn({ clientId: "app_of_somebody_else" })
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    yield* stage.advance("61 minutes")
    for (let call = 0; call < 6; call += 1) {
      const told = yield* agent.call("openai-codex")
      yield* stage.check("the request is refused, not the login", told === "RefreshError Misconfigured")
      yield* stage.advance("10 minutes")
    }
    yield* agent.close
  })
}
