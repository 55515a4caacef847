import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

export const leftAlone: Scenario = {
  name: "left-alone-for-weeks",
  story:
    "A login that nobody used for weeks is dead when it is wanted: its refresh token was not renewed in time, and nothing reminds anyone of that.",
  fault:
    "The provider lets a refresh token rest for 30 days. The login is renewed once, then no program runs for 40 days, and the next refresh is refused.",
  asked: [
    { credential: "main", at: "2026-03-05T00:00:00Z", cause: "healthy" },
    { credential: "main", cause: "idle", next: "hermes auth add openai-codex" }
  ],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn({ refreshLifetime: 30 * 24 * 3600 })
    yield* stage.write([{ id: "main", login, seeded: true }])
    const before = yield* stage.start("agent")
    yield* before.call("openai-codex")
    yield* stage.advance("61 minutes")
    yield* before.call("openai-codex")
    yield* before.close
    yield* stage.advance("40 days")
    const after = yield* stage.start("agent")
    const told = yield* after.call("openai-codex")
    yield* stage.check("the provider says that it has expired", told === "RefreshError Expired")
    yield* after.close
  })
}
