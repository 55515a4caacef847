/** A program that has a login too, keeps no ledger and takes nobody's lock. */
import type { Login } from "@daybook/sandbox/Operations"
import { Effect } from "effect"
import { OffScript } from "./Program.ts"
import type { Stage } from "./Stage.ts"

/** Sends the refresh token by itself; answers what it got, which nobody else has. */
export const spend = Effect.fnUntraced(function* ({ sandbox }: Stage, login: Login) {
  const answer = yield* Effect.promise(async () => {
    const response = await fetch(`${sandbox.origin}/oauth/token`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-sandbox-client": "other" },
      body: JSON.stringify({ grant_type: "refresh_token", refresh_token: login.refresh_token })
    })
    return { ok: response.ok, body: (await response.json()) as Partial<Login> }
  })
  if (!answer.ok) return yield* new OffScript({ message: "The other program's refresh was refused." })
  return { ...login, ...answer.body }
})
