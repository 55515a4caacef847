import { Effect, Fiber } from "effect"
import { spend } from "../Outsider.ts"
import type { Scenario } from "../Scenario.ts"

export const winnerOutside: Scenario = {
  name: "another-program-wins",
  story:
    "Two programs renew one login at the same moment. One wins, the other is refused, declares the login dead and clears it, although the winner's tokens are good.",
  fault:
    "A program that takes no lock sends the refresh token first. The pool's own refresh is refused as reused, and only then does the other program write its new pair into the shared file.",
  asked: [{ credential: "main", cause: "raced" }],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn()
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    yield* stage.advance("61 minutes")
    const won = yield* spend(stage, login)
    const calling = yield* Effect.forkChild(agent.call("openai-codex"))
    yield* stage.until((events) => events.some(({ type }) => type === "RefreshFailed"))
    yield* stage.write([{ id: "main", login: won, seeded: true }])
    yield* stage.check("the winner's token serves", (yield* Fiber.join(calling)) === "main 200")
    yield* agent.close
  })
}
