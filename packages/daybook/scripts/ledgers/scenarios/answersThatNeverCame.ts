import type { TokenFault } from "@daybook/sandbox/Faults"
import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

/** After each of them nobody knows whether the token is spent. It is not. */
const faults: ReadonlyArray<TokenFault> = [{ _tag: "Status", status: 503 }, { _tag: "Reset" }, { _tag: "Garbage" }]

export const answersThatNeverCame: Scenario = {
  name: "answers-that-never-came",
  story:
    "The token endpoint is down for a while: an error, a cut connection, a page that is no answer. The program calls the login dead, or sends the token again at once and is punished for it.",
  fault:
    "A refresh meets a 503. Once the access token has ended the token is sent again, an hour apart, and meets a reset connection and a page in place of an answer; the next sending is answered. The provider never saw the token spent.",
  asked: [
    { credential: "main", at: "2026-03-02T09:55:00Z", cause: "answer-lost" },
    { credential: "main", cause: "healthy" }
  ],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn()
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    yield* stage.advance("40 minutes")
    yield* Effect.forEach(faults, (fault) => stage.sandbox.fault({ fault }), { discard: true })
    yield* agent.refresh("main")
    yield* stage.check("its access token goes on", (yield* agent.call("openai-codex")) === "main 200")
    for (let outage = 1; outage < faults.length; outage += 1) {
      yield* stage.advance("1 hour")
      yield* stage.check("there is no answer yet", (yield* agent.call("openai-codex")) !== "main 200")
    }
    yield* stage.advance("1 hour")
    yield* stage.check("the login was good all the time", (yield* agent.call("openai-codex")) === "main 200")
    yield* agent.close
  })
}
