import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"
import { spend } from "../Outsider.ts"

export const nestedReuse: Scenario = {
  name: "spent-by-another-program",
  story:
    "It suddenly asks for a new login, and the refusal was so nested that nobody read it. A copy of the login was at work in another program.",
  fault:
    "A program without a ledger sends the refresh token first and keeps the answer to itself. The pool's own refresh is refused with refresh_token_reused.",
  asked: [
    { credential: "main", at: "2026-03-02T09:30:00Z", cause: "healthy" },
    { credential: "main", cause: "replayed", next: "hermes auth add openai-codex" }
  ],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn()
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    yield* stage.advance("45 minutes")
    yield* spend(stage, login)
    yield* stage.advance("16 minutes")
    const told = yield* agent.call("openai-codex")
    yield* stage.check("the pool's own refresh is refused", told === "RefreshError Reused")
    yield* stage.advance("10 minutes")
    yield* agent.call("openai-codex")
    yield* agent.close
  })
}
