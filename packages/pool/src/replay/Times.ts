/**
 * How long each credential could be used, and how long it was benched, dead or paused: by its own bench, not its
 * account's, and not a single model's. Time goes by the ledger's clock, as far as that has run forward.
 */
import { HashMap } from "effect"
import type { CredentialId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { type Credential, type Grant, grantById, type PoolState } from "../PoolState.ts"

/** In milliseconds. */
export interface Spent {
  readonly ready: number
  readonly benched: number
  readonly dead: number
  readonly paused: number
}

interface Watched {
  readonly credential: Credential
  readonly health: Grant["health"]
  readonly since: Instant
  readonly spent: Spent
}

export class Times {
  private readonly watched = new Map<CredentialId, Watched>()

  /** After something happened that left the pool in this state. */
  see(state: PoolState, now: Instant): void {
    for (const credential of HashMap.values(state.credentials)) {
      const { health } = grantById(state, credential.grant)
      const before = this.watched.get(credential.id)
      if (before !== undefined && before.credential === credential && before.health === health) continue
      const spent = before === undefined ? none : spentUntil(before, now)
      this.watched.set(credential.id, { credential, health, since: now, spent })
    }
  }

  /** Up to this moment. */
  spent(until: Instant): ReadonlyMap<CredentialId, Spent> {
    return new Map([...this.watched].map(([id, watched]) => [id, spentUntil(watched, until)]))
  }
}

const none: Spent = { ready: 0, benched: 0, dead: 0, paused: 0 }

const spentUntil = ({ credential, health, since, spent }: Watched, until: Instant): Spent => {
  const length = Math.max(0, until - since)
  if (credential.removed) return spent
  if (credential.operator === "paused") return { ...spent, paused: spent.paused + length }
  if (health._tag === "Dead") return { ...spent, dead: spent.dead + length }
  const benched = Math.min(length, Math.max(0, (credential.cooldown?.until ?? since) - since))
  return { ...spent, benched: spent.benched + benched, ready: spent.ready + length - benched }
}
