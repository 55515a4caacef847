/**
 * Whether the login in another program's file may stand in for one of ours that is gone: only for a login that the token
 * endpoint called dead, or that its store has lost, and only of the same account. The other program's login is used
 * beside ours, which stays as it is.
 */
import { HashMap, Option } from "effect"
import { type Generation, isSame } from "../Generation.ts"
import type { CredentialId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { type Credential, type Grant, grantById, type PoolState } from "../PoolState.ts"
import { bindingBench } from "../queries/Account.ts"
import type { StoreRef } from "../StoreRef.ts"
import type { TerminalReason } from "../Verdict.ts"

/** Between two questions to a provider about one found generation, in milliseconds. */
const askAgainAfter = 5 * 60_000

/** What stands in another program's file. */
export interface Found {
  readonly generation: Generation
  readonly store: StoreRef
}

export interface RecoveryContext {
  readonly now: Instant
  /** The lost login's own store was read and holds no tokens, nor does any other place of ours. */
  readonly isMissing: boolean
  /** When this process last asked the provider about the found generation. */
  readonly askedAt?: Instant | undefined
}

export type Recovery =
  /** It is to be validated, and then used if this is still the answer. */
  | { readonly _tag: "Adopt" }
  | { readonly _tag: "Reject"; readonly why: string }
  /** Not our case, or already decided. */
  | { readonly _tag: "Nothing" }

export const recover = (state: PoolState, lost: CredentialId, found: Found, context: RecoveryContext): Recovery => {
  const credential = Option.getOrUndefined(HashMap.get(state.credentials, lost))
  if (credential === undefined || !isLost(state, credential, context) || isKnownPlace(state, found.store))
    return nothing
  const grant = grantById(state, credential.grant)
  const rejected = grant.rejected.find(({ generation }) => isSame(generation, found.generation))
  if (isRecent(rejected?.at, context.now) || isRecent(context.askedAt, context.now)) return nothing
  const why = whyNot(grant, found.generation, context.now)
  if (why === undefined) return { _tag: "Adopt" }
  return rejected === undefined ? { _tag: "Reject", why } : nothing
}

const nothing: Recovery = { _tag: "Nothing" }

const isRecent = (at: Instant | undefined, now: Instant): boolean => at !== undefined && now < at + askAgainAfter

/** By an explicit verdict about the refresh token; what another program did to it, or time, is not such a verdict. */
const recoverable: ReadonlySet<TerminalReason> = new Set(["Revoked", "ResponseLost"] as const)

/** Whether a credential is ours, in use, and of no use. A failure that may pass is not a loss. */
export const isLost = (
  state: PoolState,
  credential: Credential,
  { isMissing, now }: Pick<RecoveryContext, "isMissing" | "now">
): boolean => {
  const { kind, operator, ownership, removed } = credential
  if (removed || operator === "paused" || kind !== "oauth" || ownership !== "owned") return false
  const { backoff, blocked, health, open, unclassified } = grantById(state, credential.grant)
  if (blocked) return false
  if (health._tag === "Dead") return health.bound === "refresh" && recoverable.has(health.reason)
  const isUnsettled = open !== undefined || unclassified !== undefined || backoff !== undefined
  return isMissing && !isUnsettled && bindingBench(state, credential, now) === undefined
}

/** It is a member already, or was one and an operator removed it. */
const isKnownPlace = (state: PoolState, place: StoreRef): boolean =>
  Array.from(HashMap.values(state.credentials)).some(({ store }) => isSamePlace(store, place))

export const isSamePlace = (a: StoreRef, b: StoreRef): boolean =>
  a.kind === b.kind && a.path === b.path && a.slot === b.slot

/** Why another program's login cannot be used as it stands, if so. */
export const flawOf = ({ access, expiresAt, refresh }: Generation, now: Instant): string | undefined => {
  if (access === undefined) return "it has no access token"
  if (refresh === undefined) return "it has no refresh token"
  return expiresAt !== undefined && expiresAt <= now ? "its access token is over" : undefined
}

const whyNot = ({ current, lineage }: Grant, found: Generation, now: Instant): string | undefined => {
  const flaw = flawOf(found, now)
  if (flaw !== undefined) return flaw
  if (current?.account === undefined) return "nobody knows whose the lost login was"
  if (found.account === undefined) return "it does not say whose login it is"
  if (found.account !== current.account) return "it is the login of another account"
  return lineage.some(({ generation }) => generation.refresh === found.refresh)
    ? "it is a copy of the lost login"
    : undefined
}
