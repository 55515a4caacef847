/**
 * Looks at the authority again, under its lock, and says which tokens count now. Newer ones than the ledger
 * knows are adopted; older ones, and another account's, never.
 */
import { compareFound, type Standing } from "@daybook/pool/decisions/CompareFound"
import { type GenerationRef, isSame, refOf } from "@daybook/pool/Generation"
import type { Grant } from "@daybook/pool/PoolState"
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { Stash } from "@daybook/vault/Stash"
import { Effect } from "effect"
import { adopt, noteRace, type Phase } from "./Adoption.ts"
import { displacedAs } from "./Displaced.ts"
import { about, grantState, record } from "./GrantState.ts"
import { type Held, recalling } from "./Held.ts"
import { anotherLogin } from "./NoToken.ts"
import { putBack } from "./StoreSuccessor.ts"
import { heedStore } from "./StoreVerdict.ts"
import { holding, type Target } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

/**
 * The tokens of the grant's current generation; none if no place that we know has them. `had` is what the caller
 * came with: if somebody else has brought another generation since, that is a race, and recorded as one.
 */
export const reread = Effect.fnUntraced(function* (target: Target, phase: Phase, had?: Held) {
  const memory = yield* TokenMemory
  const { grant } = yield* grantState(target)
  const before = memory.get(target.grant)
  const tokens = yield* Effect.tapError(target.authority.read, () => noteFinding(target, "unreadable"))
  if (isBlank(tokens)) {
    if (grant.current !== undefined && grant.health._tag !== "Dead") yield* noteFinding(target, "none")
    yield* heedStore(target)
    return yield* keptElsewhere(target, grant)
  }
  const found = recalling(yield* holding(target, tokens), before, grant.current)
  const standing = compareFound(grant, found.generation)
  switch (standing) {
    case "same":
      yield* noteRace(target, grant, had, phase)
      memory.set(target.grant, found)
      return found
    case "newer":
      yield* adopt(target, grant, found, phase)
      memory.set(target.grant, found)
      return found
    case "stale":
      yield* noteReading(target, found, standing)
      return yield* overStale(target, grant, found)
    case "another login":
      yield* noteReading(target, found, standing)
      memory.forget(target.grant)
      return yield* anotherLogin(target)
  }
})

const noteFinding = (target: Target, found: "none" | "unreadable") =>
  Effect.ignore(record(about(target, "VaultRead", { store: target.authority.ref.kind, found })))

const noteReading = (target: Target, found: Held, standing: Standing) =>
  record(
    about(target, "VaultRead", {
      store: target.authority.ref.kind,
      found: "generation",
      generation: refOf(found.generation),
      standing
    })
  )

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

/** Ours goes over an older pair; where we have none, the older one may still have the refresh token that counts. */
const overStale = Effect.fnUntraced(function* (target: Target, grant: Grant, found: Held) {
  const kept = yield* keptElsewhere(target, grant)
  if (kept === undefined && hasRefreshTokenOf(grant, found.generation)) {
    return yield* holding(target, withoutAccess(found.tokens))
  }
  return yield* putBack(target, grant, kept)
})

const hasRefreshTokenOf = ({ current }: Grant, { refresh }: GenerationRef): boolean =>
  refresh !== undefined && refresh === current?.refresh

const withoutAccess = ({ access: _access, expiresAt: _expiresAt, ...tokens }: TokenSet): TokenSet => tokens

const isCurrent = (grant: Grant, held: Held): boolean =>
  grant.current !== undefined && isSame(grant.current, held.generation)
