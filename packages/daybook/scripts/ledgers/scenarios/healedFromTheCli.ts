import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

export const healedFromTheCli: Scenario = {
  name: "healed-from-the-cli",
  story:
    "The pool's login is dead, while the Codex CLI on the same machine has a good one of the same account, and nobody thinks of it.",
  fault:
    "The provider ends the pool's login. An hour later the person logs in with the Codex CLI, and the pool may look into its file: it uses that login beside its own, which stays dead.",
  asked: [{ credential: "main", cause: "revoked", next: "hermes auth add openai-codex" }],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    const login = yield* stage.logIn({ account: "account-ada" })
    yield* stage.write([{ id: "main", login, seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    yield* stage.sandbox.revoke({ grant: login.grant })
    yield* stage.advance("61 minutes")
    const told = yield* agent.call("openai-codex")
    yield* stage.check("the refresh is refused for good", told === "RefreshError Revoked")
    yield* stage.advance("1 hour")
    const others = yield* stage.logIn({ account: "account-ada" })
    yield* stage.writeCodex(others)
    const served = yield* agent.call("openai-codex")
    yield* stage.check("another credential serves", served.endsWith(" 200") && served !== "main 200")
    yield* agent.close
    const posts = yield* stage.sandbox.journal
    yield* stage.check("the CLI's refresh token is not sent", !posts.some(({ grant }) => grant === others.grant))
  })
}
