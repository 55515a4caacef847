import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

export const sessionOf61Hours: Scenario = {
  name: "session-of-61-hours",
  story:
    "However often it is renewed, the login ends two and a half days after it was made, and nobody can say whether the program or the provider did it.",
  fault:
    "The provider lets the login live for 61 hours from the day it was made and never longer. It is renewed every ten hours.",
  asked: [
    { credential: "main", at: "2026-03-04T20:00:00Z", cause: "healthy" },
    { credential: "main", cause: "expired", next: "hermes auth add openai-codex" }
  ],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn({ accessLifetime: 10 * 3600, grantLifetime: 61 * 3600 })
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    for (let call = 0; call < 6; call += 1) {
      yield* stage.check("every call is accepted until then", (yield* agent.call("openai-codex")) === "main 200")
      yield* stage.advance("601 minutes")
    }
    yield* stage.check("the sixth renewal is the last", (yield* agent.call("openai-codex")) === "main 200")
    yield* stage.advance("601 minutes")
    const told = yield* agent.call("openai-codex")
    yield* stage.check("the provider says that it has expired", told === "RefreshError Expired")
    yield* agent.close
  })
}
