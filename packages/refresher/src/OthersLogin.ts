/**
 * A login in another program's file: looked at in memory, and confirmed by its provider with a question that spends
 * nothing of it. Its refresh token is neither copied nor sent by that.
 */
import { describe } from "@daybook/oauth/Describe"
import { UsageEndpoint } from "@daybook/oauth/UsageEndpoint"
import type { Evidence } from "@daybook/pool/Evidence"
import { isSame } from "@daybook/pool/Generation"
import type { Login } from "@daybook/vault/Login"
import { Effect } from "effect"
import type { Held } from "./Held.ts"
import { newCredentialId, newGrantId } from "./internal/NewIds.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { holding, type Target, targetOf } from "./Target.ts"

export interface OthersLogin {
  readonly login: Login
  /** As the member that it would become. */
  readonly target: Target
  readonly held: Held
  /** The provider's name of the account and its address, in clear: to be shown and not recorded. */
  readonly account?: string
  readonly email?: string
}

export const lookAt = Effect.fnUntraced(function* (login: Login) {
  const target = yield* targetOf({ ...login, id: newCredentialId(), grant: newGrantId() })
  const held = yield* holding(target, login.tokens)
  const { email, subject } = describe(target.provider, login.tokens)
  return {
    login,
    target,
    held,
    ...(subject === undefined ? {} : { account: subject }),
    ...(email === undefined ? {} : { email })
  } satisfies OthersLogin
})

type Confirmation =
  | { readonly _tag: "Accepted" }
  /** The provider has no endpoint that could be asked for nothing: only the form is known to be right. */
  | { readonly _tag: "Unasked" }
  | { readonly _tag: "Refused"; readonly why: string }

/** Shows the access token to the provider's usage endpoint. */
export const confirm = Effect.fnUntraced(function* ({ held, target }: OthersLogin) {
  const { timeLimit } = yield* PoolPolicy
  const answer = yield* UsageEndpoint.use((usage) => usage.read(target.provider, held.tokens, timeLimit))
  switch (answer._tag) {
    case "Windows":
      return { _tag: "Accepted" } satisfies Confirmation
    case "Unasked":
      return { _tag: "Unasked" } satisfies Confirmation
    case "Refused":
      return { _tag: "Refused", why: refusal(target.provider.name, answer.evidence) } satisfies Confirmation
  }
})

const refusal = (provider: string, { code, fault, status }: Evidence): string => {
  const words = [status, code, fault].filter((part) => part !== undefined).join(" ")
  return status === undefined
    ? `${provider} could not be asked about it (${words})`
    : `${provider} did not accept its access token (${words})`
}

/** Whether the file still holds the very pair that was looked at. */
export const isUnchanged = Effect.fnUntraced(function* ({ held, target }: OthersLogin) {
  const found = yield* holding(target, yield* target.authority.read)
  return isSame(found.generation, held.generation)
})
