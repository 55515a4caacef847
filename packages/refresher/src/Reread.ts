/**
 * Looks at the authority again, under its lock, and says which tokens count now. Newer ones than the ledger
 * knows are adopted; older ones, and another account's, never.
 */
import { compareFound, type Standing } from "@daybook/pool/decisions/CompareFound"
import { isSame, refOf } from "@daybook/pool/Generation"
import type { Grant } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import { Stash } from "@daybook/vault/Stash"
import { Effect } from "effect"
import { adopt, noteRace, type Phase } from "./Adoption.ts"
import { displacedAs } from "./Displaced.ts"
import { about, grantState, record } from "./GrantState.ts"
import { type Held, recalling } from "./Held.ts"
import { anotherLogin } from "./NoToken.ts"
import { putBack } from "./StoreSuccessor.ts"
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
      return yield* putBack(target, grant, yield* keptElsewhere(target, grant))
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

/** The current generation's tokens, if this process has them, or the stash, or if they were displaced once. */
export const keptElsewhere = Effect.fnUntraced(function* (target: Target, grant: Grant) {
  const memory = yield* TokenMemory
  const inHand = memory.get(target.grant)
  if (inHand !== undefined && isCurrent(grant, inHand)) return inHand
  const stash = yield* Stash
  for (const entry of yield* stash.forGrant(target.grant)) {
    const held = yield* holding(target, entry.tokens)
    if (isCurrent(grant, held)) return held
  }
  const displaced = yield* displacedAs(target, grant.current?.refresh)
  return displaced !== undefined && isCurrent(grant, displaced) ? displaced : undefined
})

const isCurrent = (grant: Grant, held: Held): boolean =>
  grant.current !== undefined && isSame(grant.current, held.generation)
