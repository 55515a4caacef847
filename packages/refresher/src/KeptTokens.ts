/**
 * The tokens that count, where their store does not have them: in this process's memory, in the stash, or in quarantine,
 * where a live pair waits that another program's newer one displaced.
 */
import { type GenerationRef, isSame } from "@daybook/pool/Generation"
import type { Grant } from "@daybook/pool/PoolState"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Stash } from "@daybook/vault/Stash"
import { Effect, Option } from "effect"
import type { Held } from "./Held.ts"
import { holding, type Target } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

/** How the quarantine says that a pair is not there since it died. */
export const displacedReason = "Displaced"

/**
 * The current generation's tokens, if this process has them, or the stash, or if they were displaced once. Where a
 * provider does not rotate, the stash may have its refresh token beside an older access token: that is enough to refresh.
 */
export const keptElsewhere = Effect.fnUntraced(function* (target: Target, grant: Grant) {
  const memory = yield* TokenMemory
  const inHand = memory.get(target.grant)
  if (inHand !== undefined && isCurrent(grant, inHand)) return inHand
  const entries = yield* Stash.use((stash) => stash.forGrant(target.grant))
  const stashed = yield* Effect.forEach(entries, ({ tokens }) => holding(target, tokens))
  const displaced = yield* displacedAs(target, grant.current?.refresh)
  const kept = displaced === undefined ? stashed : [...stashed, displaced]
  const exact = kept.find((held) => isCurrent(grant, held))
  if (exact !== undefined) return exact
  const half = kept.find(({ generation }) => hasRefreshTokenOf(grant, generation))
  return half && (yield* holding(target, withoutAccess(half.tokens)))
})

/** Beside its store. */
export const isOnNoDisk = Effect.fnUntraced(function* (target: Target, { generation }: Held) {
  const entries = yield* Stash.use((stash) => stash.forGrant(target.grant))
  const stashed = yield* Effect.forEach(entries, ({ tokens }) => holding(target, tokens))
  const inStash = stashed.some((held) => isSame(held.generation, generation))
  return !inStash && (yield* displacedAs(target, generation.refresh)) === undefined
})

/** The kept pair with this refresh token, if it was displaced and not judged. A file that cannot be read holds none. */
export const displacedAs = Effect.fnUntraced(function* (target: Target, refresh: Held["generation"]["refresh"]) {
  if (refresh === undefined) return undefined
  const found = yield* Effect.orElseSucceed(
    Quarantine.use((quarantine) => quarantine.find(refresh)),
    Option.none
  )
  const entry = Option.getOrUndefined(found)
  return entry?.reason === displacedReason && entry.grant === target.grant
    ? yield* holding(target, entry.tokens)
    : undefined
})

export const hasRefreshTokenOf = ({ current }: Grant, { refresh }: GenerationRef): boolean =>
  refresh !== undefined && refresh === current?.refresh

export const withoutAccess = ({ access: _access, expiresAt: _expiresAt, ...tokens }: TokenSet): TokenSet => tokens

const isCurrent = (grant: Grant, held: Held): boolean =>
  grant.current !== undefined && isSame(grant.current, held.generation)
