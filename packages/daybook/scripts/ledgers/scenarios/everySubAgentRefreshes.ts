import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

export const everySubAgentRefreshes: Scenario = {
  name: "every-sub-agent-refreshes",
  story:
    "Each sub-agent renews the login before it begins, although the token at hand was got a moment ago, until the provider says that it is too much.",
  fault:
    "Twelve sub-agents begin one after the other, within half an hour, and each asks for another token than the one that is there.",
  asked: [{ credential: "main", cause: "healthy" }],
  loops: ["refresh-storm"],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn()
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    for (let subAgent = 0; subAgent < 12; subAgent += 1) {
      yield* agent.renew("openai-codex")
      yield* stage.check("its call is accepted", (yield* agent.call("openai-codex")) === "main 200")
      yield* stage.advance("2 minutes")
    }
    yield* agent.close
    yield* stage.check("each had its own refresh", (yield* stage.sandbox.journal).length === 12)
  })
}
