/**
 * From a recorded failure to its conclusion: classified, and if the generation is dead, quarantined,
 * moved aside and cleared from its store. Each part can be done again by the next holder of the lock.
 */
import { classifyToken } from "@daybook/oauth/Classify"
import { classifierVersion } from "@daybook/oauth/Rules"
import { concludeFailure, quarantine, quarantineOf } from "@daybook/pool/decisions/ClassifyFailure"
import { underPolicy } from "@daybook/pool/decisions/TerminalAtOnce"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import { type GenerationRef, isSame, refOf } from "@daybook/pool/Generation"
import type { Instant } from "@daybook/pool/Instant"
import type { Dead, Failure, Grant } from "@daybook/pool/PoolState"
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import type { TerminalReason } from "@daybook/pool/Verdict"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Clock, Effect, Random } from "effect"
import { backToDisplaced, findDisplaced } from "./Displaced.ts"
import { about, decide, grantState, record } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { generationOf } from "./internal/GenerationOf.ts"
import { newEventId } from "./internal/NewIds.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { putBack } from "./StoreSuccessor.ts"
import type { Target } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"
import { relogin } from "./Relogin.ts"

/** What the failure means; given its evidence and the policy, any holder comes to the same verdict. */
export const verdictOn = Effect.fnUntraced(function* ({ provider }: Target, { evidence }: Failure) {
  const verdict = classifyToken(provider, evidence, yield* Clock.currentTimeMillis)
  return underPolicy(yield* PoolPolicy, provider.id, evidence, verdict)
})

/** Appends the conclusion, with the quarantine in the same write if the generation is dead. */
export const conclude = Effect.fnUntraced(function* (target: Target, failure: Failure) {
  const { grant, state } = yield* grantState(target)
  if (grant.unclassified?.event !== failure.event) return
  const context = {
    grant: target.grant,
    credential: target.credential.id,
    provider: target.credential.provider,
    classifier: classifierVersion,
    now: yield* Clock.currentTimeMillis,
    chance: yield* Random.next,
    replay: target.provider.replay,
    policy: yield* PoolPolicy
  }
  const verdict = yield* verdictOn(target, failure)
  const events = concludeFailure(state, failure, verdict, context, newEventId()).map((event) => ({
    ...event,
    correlation: target.correlation
  }))
  const displaced =
    verdict.verdict === "Terminal" ? yield* findDisplaced(target, grant, failure, verdict.reason) : undefined
  if (displaced === undefined) {
    yield* decide(target, grant.version, ...events)
    return yield* bury(target)
  }
  const [classified] = events
  if (classified === undefined) return
  yield* decide(
    target,
    grant.version,
    classified,
    backToDisplaced(target, failure, displaced, "after rejection", classified.id)
  )
  yield* goBackTo(target, displaced, { generation: failure.generation, reason: verdict.reason, since: context.now })
})

/** The verdict stands, and the grant goes on with the pair that the refused one had displaced. */
const goBackTo = Effect.fnUntraced(function* (target: Target, displaced: Held, refused: Refused) {
  yield* moveAside(target, refused, yield* deadPair(target, refused))
  ;(yield* TokenMemory).set(target.grant, displaced)
  yield* putBack(target, (yield* grantState(target)).grant, displaced)
})

/** A terminal verdict was recorded and its author died before the quarantine was. */
export const quarantineCondemned = Effect.fnUntraced(function* (target: Target, grant: Grant) {
  if (grant.condemned === undefined) return
  const about = { grant: target.grant, credential: target.credential.id }
  yield* decide(target, grant.version, { ...quarantine(grant.condemned, about), correlation: target.correlation })
  yield* bury(target)
})

/** The provider never forgives a replay, the answer is lost and the access token is over: nothing is left to try. */
export const giveUp = Effect.fnUntraced(function* (target: Target, grant: Grant) {
  if (grant.current === undefined) return
  const about = { grant: target.grant, credential: target.credential.id }
  const event = quarantineOf(about, refOf(grant.current), "refresh", "ResponseLost", "replay/never", undefined)
  yield* decide(target, grant.version, { ...event, correlation: target.correlation })
  yield* bury(target)
})

/** Moves a dead pair aside and takes it out of its store. What was done already stays done. */
export const bury = Effect.fnUntraced(function* (target: Target) {
  const { grant } = yield* grantState(target)
  const { health } = grant
  if (health._tag !== "Dead" || health.cleared || health.bound === "access") return
  const isDead = yield* deadPair(target, health)
  yield* moveAside(target, health, isDead)
  yield* clearStore(target, health, isDead)
})

/** Tells the dead pair, or another access token that came with its refresh token. */
export const deadPair = (target: Target, { generation }: Pick<Dead, "generation">) =>
  Effect.map(
    Fingerprints,
    (fingerprints) =>
      (found: TokenSet): boolean =>
        isSame(generationOf(fingerprints, target.provider, found), generation) ||
        (found.refresh !== undefined && fingerprints.of(found.refresh) === generation.refresh)
  )

interface Refused {
  readonly generation: GenerationRef
  readonly reason: string
  readonly since: Instant
}

/** A copy of the dead pair, for an operator who knows better than the verdict. */
const moveAside = Effect.fnUntraced(function* (target: Target, dead: Refused, isDead: (found: TokenSet) => boolean) {
  const inHand = (yield* TokenMemory).get(target.grant)?.tokens
  const tokens = inHand !== undefined && isDead(inHand) ? inHand : yield* target.authority.read
  const name = dead.generation.refresh ?? dead.generation.access
  if (name === undefined || isBlank(tokens) || !isDead(tokens)) return
  const quarantine = yield* Quarantine
  yield* quarantine.put(name, {
    tokens,
    grant: target.grant,
    provider: target.provider.id,
    reason: dead.reason,
    at: dead.since
  })
})

const clearStore = Effect.fnUntraced(function* (target: Target, dead: Dead, isDead: (found: TokenSet) => boolean) {
  const { authority, credential } = target
  if (credential.ownership === "borrowed" || !authority.writable) return
  const cleared = yield* authority.clear(isDead, {
    code: noteCode[dead.reason] ?? "invalid_grant",
    message: `${noteStart}${dead.reason} under rule ${dead.rule}. ${relogin(target.provider, credential)}`,
    at: dead.since
  })
  yield* record(about(target, "StoreCleared", { generation: dead.generation, store: authority.ref.kind, ...cleared }))
})

const noteStart = "Daybook: "

/** What we wrote into a store ourselves when we cleared it. */
export const isOurNote = ({ message }: { readonly message: string }): boolean => message.startsWith(noteStart)

/** What other programs that read the store take for an error code of the provider. */
const noteCode: { readonly [Reason in TerminalReason]?: string } = {
  Reused: "refresh_token_reused",
  Expired: "refresh_token_expired",
  Revoked: "invalid_grant",
  AccountClosed: "account_deactivated"
}
