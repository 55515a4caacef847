import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

/** Nothing happens to it. */
export const quiet: Scenario = {
  name: "quiet",
  story:
    "One program works a morning long with one login. Whoever looks at the ledger wants to hear that nothing is wrong.",
  fault: "None: the login is renewed before each access token ends, and the API accepts every call.",
  asked: [{ credential: "main", cause: "healthy" }],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    yield* stage.write([{ id: "main", login: yield* stage.logIn(), seeded: true }])
    const agent = yield* stage.start("agent")
    for (let call = 0; call < 16; call += 1) {
      yield* stage.check("every call is accepted", (yield* agent.call("openai-codex")) === "main 200")
      yield* stage.advance("15 minutes")
    }
    yield* agent.close
  })
}
