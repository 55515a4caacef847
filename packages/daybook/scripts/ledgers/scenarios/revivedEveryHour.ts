import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

export const revivedEveryHour: Scenario = {
  name: "revived-every-hour",
  story:
    "A login that is dead is put back into the rotation again and again, without anybody being told, and fails each time.",
  fault:
    "The provider ends the login. A script revives it every hour and asks for a token, four times; each time the provider refuses the refresh token again.",
  asked: [{ credential: "main", cause: "revoked", next: "hermes auth add openai-codex" }],
  loops: ["quarantine-flapping"],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn()
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    yield* stage.sandbox.revoke({ grant: login.grant })
    yield* stage.advance("61 minutes")
    yield* agent.call("openai-codex")
    for (let revival = 0; revival < 4; revival += 1) {
      yield* stage.advance("1 hour")
      yield* agent.revive("main")
      const told = yield* agent.call("openai-codex")
      yield* stage.check("it dies again", told === "RefreshError Revoked")
    }
    yield* agent.close
  })
}
