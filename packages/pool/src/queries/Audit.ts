/**
 * An account of a stretch of a ledger, event by event: of each process, for each credential, what it sent and what came of
 * it, what it took over, what was refused, what people did; and what the ledger says of its own life.
 */
import { HashMap } from "effect"
import { catalogue, credentialOf, type EventOf, type EventType, grantOf } from "../Event.ts"
import type { ActorId, AttemptId, CredentialId, GrantId, Seq } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { PoolState } from "../PoolState.ts"
import type { Recorded } from "../Recorded.ts"
import { type Counts, countsOf, names, none, type Row, sum, type Writable } from "./AuditCounts.ts"
import { type Life, unlived, withEvent } from "./LedgerLife.ts"

/** An actor began to decide by a policy that the one before it in the ledger did not. */
export interface PolicyChange {
  readonly seq: Seq
  readonly at: Instant
  readonly actor: ActorId
  readonly hash: string
}

export interface Account {
  readonly rows: ReadonlyArray<Row>
  readonly totals: Counts
  readonly policies: ReadonlyArray<PolicyChange>
  readonly life: Life
}

/** All at once, over events at hand. */
export const audit = (events: Iterable<Recorded>, state: PoolState): Account => {
  const audit = new Audit(state)
  for (const event of events) audit.take(event)
  return audit.account()
}

/** For events that come one by one. `state` is a fold that reaches at least to the last of them. */
export class Audit {
  readonly #credentials: ReadonlyMap<GrantId, CredentialId>
  readonly #rows = new Map<string, Writable<Row>>()
  /** Attempts without an outcome yet. */
  readonly #open = new Map<AttemptId, Writable<Row>>()
  readonly #policies: Array<PolicyChange> = []
  #life: Life = unlived
  #policy: string | undefined

  constructor(state: PoolState) {
    this.#credentials = holdersIn(state)
  }

  take(event: Recorded): void {
    this.#life = withEvent(this.#life, event)
    if (event.type === "PolicyApplied") this.#takePolicy(event)
    const row = this.#rowOf(event)
    switch (event.type) {
      case "RefreshStarted":
        this.#open.set(event.data.attempt, row)
        row.sent += 1
        return
      case "RefreshSucceeded":
        this.#beginner(event, row).succeeded += 1
        return
      case "RefreshFailed":
        return this.#takeFailure(event, row)
      case "OutcomeLost":
        this.#beginner(event, row).lost += 1
        return
      default:
        for (const [name, count] of countsOf(event)) row[name] += count
    }
  }

  account(): Account {
    const rows = [...this.#rows.values()].filter((row) => names.some((name) => row[name] > 0))
    return { rows, totals: sum(rows), policies: this.#policies, life: this.#life }
  }

  /** If its beginning is in the stretch, else who tells of it. */
  #beginner({ data: { attempt } }: Ended, teller: Writable<Row>): Writable<Row> {
    const row = this.#open.get(attempt) ?? teller
    this.#open.delete(attempt)
    return row
  }

  #takeFailure(event: EventOf<"RefreshFailed">, teller: Writable<Row>): void {
    const isCounted = this.#open.has(event.data.attempt)
    const row = this.#beginner(event, teller)
    if (event.data.evidence.left) row.failed += 1
    else {
      row.unsent += 1
      if (isCounted) row.sent -= 1
    }
  }

  #takePolicy({ actor, at, data: { hash }, seq }: Recorded & EventOf<"PolicyApplied">): void {
    if (hash !== this.#policy) this.#policies.push({ seq, at, actor, hash })
    this.#policy = hash
  }

  #rowOf(event: Recorded): Writable<Row> {
    const credential = this.#credentialOf(event)
    const key = `${event.actor} ${credential ?? ""}`
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    const row = { actor: event.actor, credential, ...none }
    this.#rows.set(key, row)
    return row
  }

  #credentialOf(event: Recorded): CredentialId | undefined {
    const named = event.type === "Unknown" ? event.credential : credentialOf(event)
    const grant = event.type === "Unknown" ? event.data.grant : grantOf(event)
    return named ?? (grant && this.#credentials.get(grant))
  }
}

type Ended = EventOf<"RefreshSucceeded" | "RefreshFailed" | "OutcomeLost">

/** Members before those that were removed. */
const holdersIn = (state: PoolState): ReadonlyMap<GrantId, CredentialId> =>
  new Map(
    Array.from(HashMap.values(state.credentials))
      .toSorted((one, other) => Number(other.removed) - Number(one.removed) || other.enrolledSeq - one.enrolledSeq)
      .map(({ grant, id }) => [grant, id])
  )

/** What an account is made of; other events count for nothing in it. */
export const auditedTypes: ReadonlySet<EventType> = new Set([
  ...(Object.keys(catalogue) as ReadonlyArray<EventType>).filter((type) => catalogue[type].kind === "operator"),
  "SegmentOpened",
  "SegmentSealed",
  "TailSealed",
  "ActorJoined",
  "PolicyApplied",
  "RefreshStarted",
  "RefreshSucceeded",
  "RefreshFailed",
  "OutcomeLost",
  "RaceAdopted",
  "RecoveryAdopted",
  "ApiOutcomeObserved",
  "CredentialQuarantined",
  "QuarantineLifted"
] as const)
