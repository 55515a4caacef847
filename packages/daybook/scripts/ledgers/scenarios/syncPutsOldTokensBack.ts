import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

export const syncPutsOldTokensBack: Scenario = {
  name: "sync-puts-old-tokens-back",
  story:
    "A tool that keeps files the same on several machines puts an old copy of the login over the new one. The tokens go backwards, and one day a spent one is sent.",
  fault:
    "Each time the pool has renewed the login, another program writes the pair from before into the shared file, five times in five hours.",
  asked: [{ credential: "main", cause: "healthy" }],
  loops: ["dead-token-replayed"],
  run: Effect.fnUntraced(function* (stage) {
    yield* stage.write([{ id: "main", login: yield* stage.logIn(), seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    let putBack = yield* stage.backUp
    for (let round = 0; round < 5; round += 1) {
      yield* stage.advance("61 minutes")
      yield* stage.check("the pool goes on with its own", (yield* agent.call("openai-codex")) === "main 200")
      const newer = yield* stage.backUp
      yield* putBack
      putBack = newer
    }
    yield* stage.advance("30 minutes")
    yield* stage.check("the login lives", (yield* agent.call("openai-codex")) === "main 200")
    yield* agent.close
    const posts = yield* stage.sandbox.journal
    yield* stage.check("no spent token was sent", !posts.some(({ reuse }) => reuse))
  })
}
