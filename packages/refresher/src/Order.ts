/**
 * In which order this process asks the credentials of a provider: by the policy's strategy, with the turns that this process
 * has taken, and with what all processes use at the moment.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { isSteady, type Occasion, rank } from "@daybook/pool/decisions/Rank"
import type { ActorId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import { explain } from "@daybook/pool/queries/Explain"
import { Effect } from "effect"
import { Leases } from "./Leases.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { Uses } from "./Uses.ts"

export const makeOrder = Effect.gen(function* () {
  const { actor } = yield* Ledger
  const leases = yield* Leases
  const policy = yield* PoolPolicy
  const uses = yield* Uses
  const turns = new Map<string, number>()
  const beginning = placeOf(actor)
  const occasion = (provider: string, now: Instant): Occasion => ({
    now,
    turn: turns.get(provider) ?? beginning,
    leases: leases.count,
    uncounted: uses.pending
  })
  return {
    /** Takes a turn, if there is anything to choose. */
    next: (state: PoolState, provider: string, credentials: ReadonlyArray<Credential>, now: Instant) => {
      if (credentials.length < 2) return credentials
      const occasioned = occasion(provider, now)
      turns.set(provider, occasioned.turn + 1)
      return rank(state, policy, credentials, occasioned)
    },
    /** Whether the next pick among these is the same as this one, while the state is the same. */
    isSteady: (credentials: ReadonlyArray<Credential>): boolean => credentials.length < 2 || isSteady(policy),
    /** What `next` would come to. */
    explain: (state: PoolState, provider: string, model: string | undefined, now: Instant) =>
      explain(state, policy, { provider, model }, occasion(provider, now))
  }
})

/** The last part of an actor's id is chance: processes that begin together begin at different places. */
const placeOf = (actor: ActorId): number => Number.parseInt(actor.slice(-8), 16)
