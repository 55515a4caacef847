import type { Recorded } from "@daybook/pool/Recorded"
import { Effect } from "effect"
import type { Scenario } from "../Scenario.ts"

const arrivals = (events: ReadonlyArray<Recorded>): number =>
  events.filter(({ type }) => type === "GenerationObserved").length

export const twoLoginsInOneFile: Scenario = {
  name: "two-logins-in-one-file",
  story:
    "Two programs keep their logins of one account in the same place. Each finds the other's tokens there, takes them up, is refused, and goes back to its own.",
  fault:
    "Another program logs in to the account three times, writes its pair over the pool's, and logs out again, which ends that login at the provider but leaves it in the file. Each time the pool takes the pair up, is refused, and goes back.",
  asked: [{ credential: "claude", cause: "healthy" }],
  loops: ["adopt-ping-pong"],
  run: Effect.fnUntraced(function* (stage) {
    const mine = { dialect: "anthropic", accessLifetime: 24 * 3600 } as const
    const row = { id: "claude", provider: "anthropic" }
    yield* stage.write([{ ...row, login: yield* stage.logIn(mine) }])
    const agent = yield* stage.start("agent")
    yield* stage.check("the login works at first", (yield* agent.call("anthropic")) === "claude 200")
    for (let round = 0; round < 3; round += 1) {
      yield* stage.advance("1 hour")
      const theirs = yield* stage.logIn(mine)
      yield* stage.write([{ ...row, login: theirs }])
      yield* stage.until((events) => arrivals(events) === round + 2)
      yield* stage.sandbox.revoke({ grant: theirs.grant })
      yield* stage.check("the pool goes back to its own", (yield* agent.call("anthropic")) === "claude 200")
      yield* stage.advance("10 minutes")
      yield* stage.check("which serves on", (yield* agent.call("anthropic")) === "claude 200")
    }
    yield* agent.close
  })
}
