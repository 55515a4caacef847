/**
 * A program that uses a token of the pool: it calls the sandbox's model API and tells the pool what came back.
 */
import type { ApiVerdict } from "@daybook/pool/Verdict"
import { Effect, Redacted } from "effect"
import { codex, type Instance } from "./Instance.ts"
import type { Scene } from "./Scene.ts"

/** The verdict that the pool came to; undefined if the call was accepted. */
export const call = (
  { sandbox }: Scene,
  { pool }: Instance,
  token: string,
  provider = codex
): Effect.Effect<ApiVerdict | undefined> =>
  Effect.promise(async () => {
    const response = await fetch(`${sandbox.origin}/v1/models`, { headers: { authorization: `Bearer ${token}` } })
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
  }).pipe(
    Effect.flatMap((answer) => pool.report(provider, Redacted.make(token), answer)),
    Effect.orDie
  )

const usageEndpoints = new Set(["/backend-api/wham/usage", "/api/oauth/usage"])

/** The questions about a quota that reached the sandbox. */
export const questions = ({ sandbox }: Scene) =>
  Effect.orDie(Effect.map(sandbox.apiCalls, (calls) => calls.filter(({ path }) => usageEndpoints.has(path))))
