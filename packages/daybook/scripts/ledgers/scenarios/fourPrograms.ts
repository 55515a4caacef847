import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Fiber } from "effect"
import type { Scenario } from "../Scenario.ts"

const names = ["agent-1", "agent-2", "agent-3", "agent-4"]
const rounds = 3

/** In each round, all of them are, and want the next token then. */
const refusals = (events: ReadonlyArray<Recorded>): number =>
  events.filter(({ type }) => type === "ErrorClassified").length

export const fourPrograms: Scenario = {
  name: "four-programs-one-login",
  story:
    "Several programs share one login whose refresh token is good for one use, and all want the next one at the same moment. Without a common record they log each other out.",
  fault:
    "None: three times the access token ends under four programs at once, and the first refresh is held up until all of them want it. One sends, the others adopt what it got.",
  asked: [{ credential: "main", cause: "healthy" }],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn()
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agents = yield* Effect.forEach(names, (name) => stage.start(name), { concurrency: "unbounded" })
    const callAll = Effect.forEach(agents, (agent) => agent.call("openai-codex"), { concurrency: "unbounded" })
    yield* callAll
    for (let round = 0; round < rounds; round += 1) {
      yield* stage.advance("50 minutes")
      const hold = yield* stage.sandbox.hold("beforeReading", { grant: login.grant })
      yield* stage.sandbox.expireAccess({ grant: login.grant })
      const calling = yield* Effect.forkChild(callAll)
      yield* hold.parked()
      yield* stage.until((events) => refusals(events) === names.length * (round + 1))
      yield* hold.release
      const told = yield* Fiber.join(calling)
      yield* stage.check(
        "every call succeeds in the end",
        told.every((word) => word === "main 200")
      )
    }
    yield* stage.advance("10 minutes")
    yield* callAll
    yield* Effect.forEach(agents, ({ close }) => close, { discard: true })
    const posts = yield* stage.sandbox.journal
    yield* stage.check("each refresh token is sent once", posts.length === rounds)
  })
}
