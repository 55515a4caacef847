/**
 * What another course of a history would have saved and cost, in numbers.
 */
import type { CredentialId, GrantId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { grantById, members, type PoolState } from "../PoolState.ts"
import { obstacleOf } from "../queries/Obstacle.ts"
import type { Draft, Recorded } from "../Recorded.ts"
import type { Act } from "./Act.ts"
import type { Admission } from "./Branch.ts"
import type { Change } from "./Change.ts"
import { credentialIn } from "./CredentialIn.ts"
import type { WhyNotJudged } from "./Decided.ts"
import { decisionsIn } from "./Recover.ts"
import { Unjudged } from "./NotJudged.ts"
import type { CredentialTimes, LostLogin, Missed, Report, Requests } from "./Report.ts"
import type { Rules } from "./Rules.ts"
import { type Spent, Times } from "./Times.ts"

class Counter implements Requests {
  recorded = 0
  saved = 0
  beyond = 0

  count(admission: Admission, times = 1): void {
    this.recorded += times
    if (admission._tag === "NotMade" || admission._tag === "NotSeen") this.saved += times
    if (admission._tag === "Beyond") this.beyond += times
  }
}

export class Tally {
  private readonly rules: Rules
  private readonly deadRequests = new Counter()
  private readonly refreshes = new Counter()
  private readonly refusedCalls = new Counter()
  private readonly acceptedCalls = new Counter()
  private stopped = 0
  private readonly decisions = { judged: 0, changed: 0, unmade: 0, otherwiseToday: 0, underUnknownPolicy: 0 }
  private readonly unjudged = new Unjudged()
  private readonly sooner = { refreshes: 0, calls: 0 }
  private readonly missed: Array<Missed> = []
  private readonly lost = new Map<string, LostLogin>()
  private readonly times = { recorded: new Times(), would: new Times() }

  constructor(rules: Rules) {
    this.rules = rules
  }

  pass(recorded: PoolState, would: PoolState): void {
    this.times.recorded.see(recorded, recorded.latest)
    this.times.would.see(would, recorded.latest)
  }

  /** Requests, and what they met. */
  count(act: Act, admission: Admission, recorded: PoolState, would: PoolState): void {
    const [event] = act
    if (event.type === "RefreshStarted") this.refreshes.count(admission)
    if (event.type === "RefreshFailed" && this.isDeath(event, recorded)) this.deadRequests.count(admission)
    if (event.type === "ApiOutcomeObserved") this.countCall(event, admission, recorded, would)
    if (admission._tag === "NotSeen" && admission.missed !== undefined) this.miss(event, admission.missed.until, would)
  }

  undecided(count: number): void {
    this.decisions.unmade += count
  }

  judged(act: Act, isOtherwise: boolean, isPolicyKnown: boolean): void {
    const { length } = decisionsIn(act)
    this.decisions.judged += length
    if (!isPolicyKnown) this.decisions.underUnknownPolicy += length
    if (isOtherwise) this.decisions.otherwiseToday += length
  }

  changed(changes: ReadonlyArray<Change>, would: ReadonlyArray<Draft>): void {
    this.decisions.changed += changes.length
    for (const change of changes) {
      if (change.type === "ErrorClassified" && isSooner(change, "retryAt")) this.sooner.refreshes++
      if (change.type !== "CooldownStarted") continue
      const isDead = would.some(({ type }) => type === "CredentialQuarantined")
      if (isSooner(change, "until") || (!isDead && isGone(change))) this.sooner.calls++
    }
  }

  notJudged(act: Act, why: WhyNotJudged): void {
    this.unjudged.add(act, why)
  }

  report(recorded: PoolState, apart: ReadonlyArray<GrantId>): Report {
    const spent = [this.times.recorded.spent(recorded.latest), this.times.would.spent(recorded.latest)] as const
    return {
      decisions: { ...this.decisions, notJudged: this.unjudged.all },
      deadRequests: numbersOf(this.deadRequests),
      refreshes: numbersOf(this.refreshes),
      refusedCalls: numbersOf(this.refusedCalls),
      acceptedCalls: { ...numbersOf(this.acceptedCalls), stopped: this.stopped },
      sooner: this.sooner,
      missed: this.missed,
      lostLogins: [...this.lost.values()],
      apart: members(recorded).flatMap(({ grant, id }) => (apart.includes(grant) ? [id] : [])),
      times: timesOf(recorded, spent)
    }
  }

  private countCall(
    event: Extract<Recorded, { readonly type: "ApiOutcomeObserved" }>,
    admission: Admission,
    recorded: PoolState,
    would: PoolState
  ): void {
    const { accepted, count, model } = event.data
    if (!accepted) {
      this.refusedCalls.count(admission, count)
      if (this.isDeath(event, recorded)) this.deadRequests.count(admission, count)
      return
    }
    this.acceptedCalls.count(admission, count)
    if (admission._tag !== "NotMade") return
    if (!hasOther(would, event.credential, event.at, model)) this.stopped += count
    this.prove(event, would, "call")
  }

  /** By the rules of today: a fact about the answer, whatever a policy makes of it. */
  private isDeath(
    event: Extract<Recorded, { readonly type: "RefreshFailed" | "ApiOutcomeObserved" }>,
    state: PoolState
  ): boolean {
    const credential = credentialIn(state, event.credential)
    const { evidence } = event.data
    if (credential === undefined || evidence === undefined || !this.rules.know(credential)) return false
    return event.type === "RefreshFailed"
      ? this.rules.token(credential.provider, evidence, event.at).verdict === "Terminal"
      : this.rules.api(credential.provider, credential.kind, evidence, event.at).verdict === "GrantRevoked"
  }

  private miss(event: Recorded, until: Instant | undefined, would: PoolState): void {
    const credential = "credential" in event ? event.credential : undefined
    if (event.type !== "RefreshSucceeded" && event.type !== "SuccessorStashed") return
    this.missed.push({ seq: event.seq, at: event.at, credential, until })
    this.prove(event, would, "refresh")
  }

  /** An access token may outlive its refresh token: an accepted call says nothing of that. */
  private prove(event: Success, would: PoolState, proof: LostLogin["proof"]): void {
    const credential = credentialIn(would, event.credential)
    const health = credential && grantById(would, credential.grant).health
    if (credential === undefined || health?._tag !== "Dead") return
    if (proof === "call" && health.bound === "refresh") return
    const key = `${credential.id} ${health.since}`
    if (!this.lost.has(key))
      this.lost.set(key, { credential: credential.id, since: health.since, seq: event.seq, proof })
  }
}

type Success = Extract<Recorded, { readonly type: "RefreshSucceeded" | "SuccessorStashed" | "ApiOutcomeObserved" }>

const numbersOf = ({ beyond, recorded, saved }: Requests): Requests => ({ recorded, saved, beyond })

const isSooner = ({ fields }: Change, name: string): boolean =>
  fields.some(
    ({ field, now, recorded }) =>
      field === name && typeof now === "number" && typeof recorded === "number" && now < recorded
  )

const isGone = ({ fields }: Change): boolean => fields.some(({ field, now }) => field === "event" && now === undefined)

/** Whether a call could have gone to another credential of the provider. */
const hasOther = (state: PoolState, id: CredentialId, at: Instant, model: string | undefined): boolean => {
  const provider = credentialIn(state, id)?.provider
  return members(state).some(
    (other) => other.id !== id && other.provider === provider && obstacleOf(state, other, at, model) === undefined
  )
}

const timesOf = (
  state: PoolState,
  [recorded, would]: readonly [ReadonlyMap<CredentialId, Spent>, ReadonlyMap<CredentialId, Spent>]
): ReadonlyArray<CredentialTimes> =>
  [...recorded].flatMap(([credential, spent]) => {
    const other = would.get(credential)
    return other === undefined || credentialIn(state, credential) === undefined
      ? []
      : [{ credential, recorded: spent, would: other }]
  })
