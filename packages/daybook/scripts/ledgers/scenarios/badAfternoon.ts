import type { TokenFault } from "@daybook/sandbox/Faults"
import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

/** None of them says anything about the login. */
const faults: ReadonlyArray<TokenFault> = [
  { _tag: "Status", status: 429, headers: { "retry-after": "60" } },
  { _tag: "HtmlChallenge" },
  { _tag: "Redirect" }
]

export const badAfternoon: Scenario = {
  name: "a-bad-afternoon",
  story:
    "A rate limit, a challenge page and a redirect in front of the token endpoint, and the program takes the login for dead and asks for a new one.",
  fault:
    "Three refreshes in a row meet a 429 with Retry-After, a page that wants a browser, and a redirect to another origin. The fourth is answered.",
  asked: [{ credential: "main", cause: "healthy" }],
  loops: [],
  run: Effect.fnUntraced(function* (stage) {
    yield* stage.write([{ id: "main", login: yield* stage.logIn(), seeded: true }])
    const agent = yield* stage.start("agent")
    yield* agent.call("openai-codex")
    yield* stage.advance("40 minutes")
    for (const fault of faults) {
      yield* stage.sandbox.fault({ fault })
      yield* agent.refresh("main")
      yield* stage.check("its access token goes on", (yield* agent.call("openai-codex")) === "main 200")
      yield* stage.advance("5 minutes")
    }
    yield* stage.advance("10 minutes")
    yield* stage.check("the login was never in danger", (yield* agent.call("openai-codex")) === "main 200")
    yield* agent.close
    yield* stage.check("nothing followed the redirect", (yield* stage.sandbox.trapped).length === 0)
  })
}
