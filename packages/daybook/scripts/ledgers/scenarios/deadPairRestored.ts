import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

export const deadPairRestored: Scenario = {
  name: "dead-pair-restored-from-a-backup",
  story:
    "A dead login comes back with every restart: something seeds it from a store that still has it, and it is tried again.",
  fault:
    "The provider ends the login. After the refusal another program puts the old file back, twice, and each time the agent is started again.",
  asked: [{ credential: "main", cause: "revoked", next: "hermes auth add openai-codex" }],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn()
    const rows = [{ id: "main", login, seeded: true }]
    yield* stage.write(rows)
    const first = yield* stage.start("agent")
    yield* first.call("openai-codex")
    yield* stage.sandbox.revoke({ grant: login.grant })
    yield* stage.advance("61 minutes")
    const told = yield* first.call("openai-codex")
    yield* stage.check("the refresh is refused for good", told === "RefreshError Revoked")
    yield* first.close
    for (let restart = 0; restart < 2; restart += 1) {
      yield* stage.advance("1 hour")
      yield* stage.write(rows)
      const again = yield* stage.start("agent")
      yield* stage.check("it is not served", (yield* again.call("openai-codex")) !== "main 200")
      yield* again.close
    }
    const posts = yield* stage.sandbox.journal
    yield* stage.check("the dead token is sent once", posts.length === 1)
  })
}
