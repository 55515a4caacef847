import { Effect, Fiber } from "effect"
import type { Scenario } from "../Scenario.ts"

const deaths = 4

export const killedAgainAndAgain: Scenario = {
  name: "killed-again-and-again",
  story:
    "Something ends the program after a few seconds, always in the middle of a refresh, and nothing remembers from one start to the next that it was tried.",
  fault:
    "Four processes get SIGKILL, one after the other, each between the provider's rotation and the end of its answer. The provider answers a second use of the token with the same successor for a day; the fifth process is left alone.",
  asked: [
    { credential: "main", at: "2026-03-02T12:40:00Z", cause: "answer-lost" },
    { credential: "main", cause: "healthy" }
  ],
  loops: ["claim-without-outcome"],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn({ reuse: "grace", graceMillis: 24 * 3_600_000 })
    yield* stage.write([{ id: "main", login, seeded: true }])
    yield* stage.advance("61 minutes")
    for (let death = 0; death < deaths; death += 1) {
      const doomed = yield* stage.start("short-lived")
      const hold = yield* stage.sandbox.hold("afterHeaders", { grant: login.grant })
      const calling = yield* Effect.forkChild(doomed.call("openai-codex"))
      yield* hold.parked()
      yield* doomed.kill
      yield* Fiber.join(calling)
      yield* hold.release
      yield* stage.advance("1 hour")
    }
    const spared = yield* stage.start("short-lived")
    yield* stage.check("the answer comes at last", (yield* spared.call("openai-codex")) === "main 200")
    yield* spared.close
  })
}
