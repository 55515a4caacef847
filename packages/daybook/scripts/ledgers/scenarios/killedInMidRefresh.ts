import { Effect, Fiber } from "effect"
import type { Scenario } from "../Scenario.ts"

export const killedInMidRefresh: Scenario = {
  name: "killed-in-mid-refresh",
  story:
    "A program crashed while it renewed the login, and since then the login is refused: the new refresh token was lost with the process.",
  fault:
    "The provider has rotated the token and begun its answer when the process that asked gets SIGKILL. The provider forgives no second use of a refresh token.",
  asked: [
    { credential: "main", at: "2026-03-02T09:50:00Z", cause: "answer-lost" },
    { credential: "main", cause: "answer-lost", next: "hermes auth add openai-codex" }
  ],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn()
    yield* stage.write([{ id: "main", login, seeded: true }])
    const crashing = yield* stage.start("crashing")
    yield* crashing.call("openai-codex")
    const steady = yield* stage.start("steady")
    yield* steady.call("openai-codex")
    yield* stage.advance("40 minutes")
    const hold = yield* stage.sandbox.hold("afterHeaders", { grant: login.grant })
    const asking = yield* Effect.forkChild(crashing.refresh("main"))
    yield* hold.parked()
    yield* crashing.kill
    yield* Fiber.join(asking)
    yield* hold.release
    yield* stage.advance("5 minutes")
    yield* stage.check("its access token still serves", (yield* steady.call("openai-codex")) === "main 200")
    yield* steady.refresh("main") // whoever holds the lock next writes down that an answer was lost
    yield* stage.advance("20 minutes")
    const told = yield* steady.call("openai-codex")
    yield* stage.check("the spent token is sent once more, and refused", told === "RefreshError ResponseLost")
    yield* stage.advance("5 minutes")
    yield* steady.call("openai-codex")
    yield* steady.close
  })
}
