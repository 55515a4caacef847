/**
 * Writes a history as a pool under a policy does: what is observed is given, what follows is decided by the pool's own
 * functions. Time is given in minutes from the start.
 */
import { acceptances, concludeApiAcceptance, concludeApiRefusal } from "@daybook/pool/decisions/ApiOutcome"
import { concludeFailure } from "@daybook/pool/decisions/ClassifyFailure"
import { underPolicy } from "@daybook/pool/decisions/TerminalAtOnce"
import type { Evidence } from "@daybook/pool/Evidence"
import { evolve } from "@daybook/pool/Evolve"
import { refOf } from "@daybook/pool/Generation"
import type { CredentialId, EventId } from "@daybook/pool/Ids"
import { defaults, type Policy } from "@daybook/pool/Policy"
import { type Credential, empty, grantById, type PoolState } from "@daybook/pool/PoolState"
import type { Draft, Recorded } from "@daybook/pool/Recorded"
import type { Rules } from "@daybook/pool/replay/Rules"
import { HashMap, Option } from "effect"
import {
  credentialId,
  enrolled,
  eventId,
  generation,
  grantId,
  minute,
  observed,
  opened,
  recorded,
  start,
  type Step,
  succeeded,
  failed,
  started
} from "../support.ts"

/** A small classifier, of any provider: 400 is the end of a login, 401 of an access token or, under a code, of a login. */
export const rules: Rules = {
  version: 7,
  know: () => true,
  token: (_provider, { retryAfter, status }) =>
    status === 400
      ? { verdict: "Terminal", reason: "Revoked", confirm: true, rule: "test/400" }
      : status === 401
        ? { verdict: "Transient", reason: "Unrecognized", shape: "401", rule: "test/401" }
        : {
            verdict: "Transient",
            reason: "RateLimited",
            rule: "test/other",
            ...(retryAfter === undefined ? {} : { until: retryAfter })
          },
  api: (_provider, _kind, { code, retryAfter, status }) =>
    status === 401
      ? { verdict: code === undefined ? "AccessExpired" : "GrantRevoked", scope: "credential", rule: "test/401" }
      : {
          verdict: "RateLimited",
          scope: "credential",
          rule: "test/other",
          ...(retryAfter === undefined ? {} : { until: retryAfter })
        },
  replay: () => ({ _tag: "afterExpiry" })
}

export class Scribe {
  readonly events: Array<Recorded> = []
  state: PoolState = empty
  private minutes = 0
  private attempts = 0
  private readonly policy: Policy
  private readonly chance: () => number

  constructor(policy: Policy = defaults, chance: () => number = () => 0.5) {
    this.policy = policy
    this.chance = chance
    this.write(
      opened,
      { type: "PolicyApplied", v: 1, data: { policy, hash: "hash" } },
      enrolled(),
      observed(generation(1))
    )
  }

  get now(): number {
    return start + this.minutes * minute
  }

  /** Time passes. */
  pass(minutes: number): this {
    this.minutes += minutes
    return this
  }

  write(...steps: ReadonlyArray<Step>): this {
    for (const step of steps) {
      const [event] = recorded([{ at: this.now, ...step }], this.state.head)
      if (event === undefined) continue
      this.events.push(event)
      this.state = evolve(this.state, event)
    }
    return this
  }

  refused(evidence: Partial<Evidence>, id = credentialId, model?: string): this {
    const credential = this.credential(id)
    const { current = {} } = grantById(this.state, credential.grant)
    const seen: Evidence = { left: true, ...evidence }
    return this.write(
      ...concludeApiRefusal(this.state, {
        credential,
        generation: refOf(current),
        evidence: seen,
        verdict: rules.api(credential.provider, credential.kind, seen, this.now),
        ...(model === undefined ? {} : { model }),
        now: this.now,
        policy: this.policy,
        classifier: rules.version,
        ids: [this.id(1), this.id(2)]
      })
    )
  }

  accepted(count = 1, id = credentialId): this {
    const credential = this.credential(id)
    const { current = {} } = grantById(this.state, credential.grant)
    const news = concludeApiAcceptance(this.state, { credential, generation: refOf(current), now: this.now })
    const counted = acceptances({ credential: id, generation: refOf(current), count, last: this.now })
    return this.write(...(news.length === 0 ? [counted] : news))
  }

  refreshed(trigger: "expired" | "operator" | "keepalive" = "expired"): this {
    const { current = {} } = grantById(this.state, grantId)
    const attempt = ++this.attempts
    return this.write(
      started(refOf(current), attempt, trigger),
      succeeded(refOf(current), generation(attempt + 1), attempt)
    )
  }

  /** `instead` takes the place of a quarantine. */
  refreshFailed(evidence: Partial<Evidence>, trigger: "expired" | "operator" = "expired", instead?: Step): this {
    const { current = {} } = grantById(this.state, grantId)
    const attempt = ++this.attempts
    this.write(started(refOf(current), attempt, trigger), failed(refOf(current), evidence, attempt))
    const failure = grantById(this.state, grantId).unclassified
    if (failure === undefined) throw new Error("the failure is of another generation")
    const { provider } = this.credential(credentialId)
    const verdict = underPolicy(
      this.policy,
      provider,
      failure.evidence,
      rules.token(provider, failure.evidence, this.now)
    )
    const context = {
      grant: grantId,
      credential: credentialId,
      provider,
      classifier: rules.version,
      now: this.now,
      chance: this.chance(),
      replay: rules.replay(provider),
      policy: this.policy
    }
    const drafts: ReadonlyArray<Draft> = concludeFailure(this.state, failure, verdict, context, this.id(1))
    const [classified, ...consequences] = drafts
    if (classified === undefined) return this
    const id = this.id(1)
    return this.write(classified, ...(instead === undefined ? consequences : [{ ...instead, cause: id }]))
  }

  private id(next: number): EventId {
    return eventId(this.state.head + next)
  }

  private credential(id: CredentialId): Credential {
    return Option.getOrThrow(HashMap.get(this.state.credentials, id))
  }
}
