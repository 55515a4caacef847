import { Clock, Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

const days = 24 * 3600

export const quotaForFifteenDays: Scenario = {
  name: "quota-for-fifteen-days",
  story:
    "The plan's allowance is used up, and the provider names a day two weeks away. The only login is locked for so long, also after the plan was topped up.",
  fault:
    "The API answers 429 usage_limit_reached with a reset in 15 days. On the third day the allowance is free again, and only asking shows it.",
  asked: [
    { credential: "main", at: "2026-03-02T12:00:00Z", cause: "quota" },
    { credential: "main", cause: "healthy" }
  ],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn({ accessLifetime: 10 * days })
    const { grant } = login
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    const resetsAt = Math.floor((yield* Clock.currentTimeMillis) / 1000) + 15 * days
    yield* stage.sandbox.quota({ grant, secondary: { usedPercent: 100, resetsAt } })
    yield* stage.check("the allowance is used up", (yield* agent.call("openai-codex")) === "main 429")
    yield* stage.advance("4 hours")
    yield* stage.check("the login is benched", (yield* agent.call("openai-codex")) === "NoneAvailable")
    yield* stage.advance("16 hours")
    yield* stage.sandbox.quota({ grant, secondary: { usedPercent: 2, resetsAt } })
    yield* agent.call("openai-codex")
    yield* stage.until((events) => events.some(({ type }) => type === "CooldownCleared"))
    yield* stage.check("the bench ended before its time", (yield* agent.call("openai-codex")) === "main 200")
    yield* agent.close
  })
}
