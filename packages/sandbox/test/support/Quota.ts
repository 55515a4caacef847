/** A login with a plan, its model call and the question how much is left, in the dialects that speak of quota. */
import { Effect } from "effect"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as Client from "./Client.ts"

/** 2026-06-01T02:00:00Z. */
export const soon = 1_780_279_200
/** 2026-06-07T02:40:00Z. */
export const later = 1_780_800_000

export const half = { usedPercent: 42.5, resetsAt: soon }
export const little = { usedPercent: 7, resetsAt: later }
export const full = { usedPercent: 100, resetsAt: soon }

const paths = {
  codex: { call: "/v1/responses", usage: "/backend-api/wham/usage" },
  anthropic: { call: "/v1/messages", usage: "/api/oauth/usage" }
}

/** A sandbox with one login on the plan `pro`. */
export const planned = Effect.fnUntraced(function* (dialect: keyof typeof paths) {
  const sandbox = yield* Sandbox.make()
  const { grant, access_token } = yield* sandbox.issue({ dialect, plan: "pro" })
  const { call, usage } = paths[dialect]
  const authorization = `Bearer ${access_token}`
  return {
    sandbox,
    grant,
    call: Client.postJson(`${sandbox.origin}${call}`, { model: "m" }, { authorization }),
    usage: Client.get(`${sandbox.origin}${usage}`, access_token)
  }
})

/** The headers of a reply whose names begin so. */
export const headersOf = ({ headers }: Client.Reply, prefix: string) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith(prefix)))
