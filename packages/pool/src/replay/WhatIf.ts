/**
 * A history under another policy, or under the rules of today. What was observed stays as it was; what was decided from
 * it is decided again, on a state that follows from these decisions. It can say which requests would not have been made.
 * It cannot say what a request would have met that nobody made.
 */
import { endedByOperator } from "../decisions/Bench.ts"
import { evolve } from "../Evolve.ts"
import type { EventId } from "../Ids.ts"
import type { Policy } from "../Policy.ts"
import { empty, type PoolState } from "../PoolState.ts"
import type { Draft, Recorded } from "../Recorded.ts"
import type { Instant } from "../Instant.ts"
import { allBenchesOf } from "../queries/Account.ts"
import { type Act, Acts } from "./Act.ts"
import { type Admission, Branch, elsewhere, grantOfAct } from "./Branch.ts"
import { type Change, changesIn } from "./Change.ts"
import { credentialIn } from "./CredentialIn.ts"
import { decide, isUneventful } from "./Decide.ts"
import { isSameDecision } from "./Difference.ts"
import { Policies } from "./Policies.ts"
import { decisionsIn, draftsOf, recover, type Recovered, unrecovered } from "./Recover.ts"
import type { Rules } from "./Rules.ts"
import { StatesBefore } from "./StatesBefore.ts"
import type { Report } from "./Report.ts"
import { Tally } from "./Tally.ts"

export interface Options {
  readonly rules: Rules
  /** In the place of each actor's own; without it theirs stay, and only the rules are those of today. */
  readonly policy?: Policy | undefined
  /** The first event that is decided on otherwise; default all. */
  readonly from?: number | undefined
  /** Where the events go on from; default the beginning of a ledger. */
  readonly start?: PoolState
  /** Of actors whose policy is not among the events; default the default policy. */
  readonly recordedPolicy?: Policy
  readonly onChange?: (change: Change) => void
}

export class WhatIf {
  private readonly acts: Acts
  private readonly options: Options
  private readonly policies: Policies
  private readonly branch: Branch
  private readonly tally: Tally
  private readonly before = { recorded: new StatesBefore(), other: new StatesBefore() }
  private recorded: PoolState

  constructor(options: Options) {
    const { policy, recordedPolicy, rules, start = empty } = options
    this.options = options
    this.acts = new Acts(this.take)
    this.policies = new Policies(recordedPolicy)
    this.branch = new Branch(start, rules, this.policies, (recorded) => policy ?? recorded)
    this.tally = new Tally(rules)
    this.recorded = start
  }

  readonly add = (event: Recorded): void => this.acts.add(event)

  /** After the last event. */
  end(): Report {
    this.acts.end()
    return this.tally.report(this.recorded, this.branch.apart)
  }

  /** The pool as it would be. */
  get state(): PoolState {
    return this.branch.state
  }

  private readonly take = (act: Act, isWhole: boolean): void => {
    const { recorded } = this
    this.before.recorded.add(recorded, act)
    this.before.other.add(this.branch.state, act)
    for (const event of act) {
      this.policies.hear(event)
      this.recorded = evolve(this.recorded, event)
    }
    if (act[0].seq < (this.options.from ?? 0)) for (const event of act) this.branch.take(event)
    else this.takeOtherwise(act, recorded, isWhole)
    this.tally.pass(this.recorded, this.branch.state)
  }

  private takeOtherwise(act: Act, before: PoolState, isWhole: boolean): void {
    const admission = this.branch.admit(act, before)
    this.tally.count(act, admission, before, this.branch.state)
    if (admission._tag === "Seen") this.decideAgain(act, isWhole)
    if (admission._tag === "Rejoins") this.rejoin(act)
    this.unmade(act, admission)
  }

  /** What was decided from what is not seen here is not decided here. */
  private unmade(act: Act, admission: Admission): void {
    if (admission._tag === "NotMade" || admission._tag === "NotSeen") this.tally.undecided(decisionsIn(act).length)
  }

  private decideAgain(act: Act, isWhole: boolean): void {
    const [first] = act
    const recorded = this.policies.of(first.actor)
    const other = this.options.policy ?? recorded
    const { rules } = this.options
    const states = this.before.recorded.possible
    const isQuiet =
      states.slice(0, 1).every((state) => isUneventful(state, act)) && isUneventful(this.branch.state, act)
    if (!mayDecide.has(first.type) || isQuiet) return this.follow(act)
    const sought = { act, states, policy: recorded, rules }
    const found = recover(sought)
    const luck: Recovered = found ?? unrecovered(sought)
    const [then, now] = [sought.states[luck.lag], this.before.other.possible[luck.lag]]
    if (then === undefined || now === undefined) return
    const again = decide(then, act, { ...luck, policy: recorded, rules })
    const would = decide(luck.lag === 0 ? this.branch.state : now, act, { ...luck, policy: other, rules })
    if (again._tag === "NotJudged") this.tally.notJudged(act, again.why)
    if (again._tag !== "Decided" && would._tag !== "Decided") return this.follow(act)
    const recordedNow = again._tag === "Decided" ? draftsOf(again) : decisionsIn(act)
    const asRecorded = isWhole ? decisionsIn(act) : completed(decisionsIn(act), recordedNow)
    const base = this.options.policy === undefined ? asRecorded : recordedNow
    const drafts = would._tag === "Decided" ? would : { before: [], after: [] }
    this.tally.judged(act, found === undefined, this.policies.knows(first.actor))
    if (isSameDecision(base, draftsOf(drafts))) return this.follow(act)
    const changes = changesIn(base, draftsOf(drafts), { act, state: then, luck, rules, recorded, other })
    this.tally.changed(changes, draftsOf(drafts))
    changes.forEach((change) => this.options.onChange?.(change))
    this.turn(act, drafts)
  }

  /** As recorded. What an operator ends of one bench ends of another bench too. */
  private follow(act: Act): void {
    for (const event of act) {
      this.branch.take(event)
      const isPardon = event.type === "CooldownCleared" && event.data.by === "operator"
      if (event.type === "CredentialResumed" || isPardon) this.pardon(act, event)
    }
  }

  /** Only benches that the recorded course has not: what it has still, the operator left. */
  private pardon(act: Act, { at, credential: id }: Pardon): void {
    const credential = credentialIn(this.branch.state, id)
    if (credential === undefined) return
    for (const draft of endedByOperator(this.branch.state, credential, at)) {
      if (!isBenched(this.recorded, draft, at)) this.branch.take(recordedAs(act, draft))
    }
  }

  /** Otherwise than recorded. */
  private turn(
    act: Act,
    { after, before }: { readonly before: ReadonlyArray<Draft>; readonly after: ReadonlyArray<Draft> }
  ): void {
    const decisions = new Set(decisionsIn(act))
    for (const draft of before) this.branch.take(recordedAs(act, draft))
    for (const event of act) {
      if (!decisions.has(event) && !isFallback(event)) this.branch.take(event)
    }
    for (const draft of after) this.branch.take(recordedAs(act, draft))
    const grant = grantOfAct(this.recorded, act)
    const isLeft = act.some(isFallback) && !after.some(({ type }) => type === "RaceAdopted")
    if (isLeft && grant !== undefined) this.branch.part(grant, elsewhere)
  }

  private rejoin(act: Act): void {
    const grant = grantOfAct(this.recorded, act)
    const { at } = act[0]
    const { policy, rules } = this.options
    const setting = { now: at, chance: 0, policy: policy ?? this.policies.of(act[0].actor), rules }
    const decided = decide(this.branch.state, act, setting)
    if (decided._tag === "Decided") for (const draft of decided.after) this.branch.take(recordedAs(act, draft))
    if (grant !== undefined) this.branch.adopt(grant, this.recorded)
  }
}

type Pardon = Extract<Recorded, { readonly type: "CredentialResumed" | "CooldownCleared" }>

const isBenched = (state: PoolState, draft: Draft, at: Instant): boolean => {
  const credential = draft.type === "CooldownCleared" ? credentialIn(state, draft.credential) : undefined
  if (credential === undefined || draft.type !== "CooldownCleared") return false
  return allBenchesOf(credential, at).some(({ model }) => model === draft.data.model)
}

/** What an act that was cut would have had too. */
const completed = (
  recorded: ReadonlyArray<Recorded>,
  whole: ReadonlyArray<Draft | Recorded>
): ReadonlyArray<Draft | Recorded> => [
  ...recorded,
  ...whole.filter(({ type }) => recorded.every((decision) => decision.type !== type))
]

/** What an act begins with that has a decision in it, or whose decision is counted. */
const mayDecide: ReadonlySet<Recorded["type"]> = new Set([
  "ApiOutcomeObserved",
  "ErrorClassified",
  "QuarantineLifted",
  "GenerationObserved",
  "RaceAdopted",
  "QuotaObserved",
  "OutcomeLost",
  "CooldownCleared",
  "CooldownStarted",
  "CredentialQuarantined",
  "RecoveryAdopted",
  "RecoveryRejected",
  "SelectionExhausted"
])

const isFallback = (event: Recorded): boolean => event.type === "RaceAdopted" && event.data.fallback === true

/** In the place of the recorded decision, if there was one; else beside what it follows from. */
const recordedAs = (act: Act, draft: Draft): Recorded => {
  const like = act.find(({ type }) => type === draft.type) ?? act[act.length - 1] ?? act[0]
  const { actor, at, id, seq } = like
  return { seq, at, actor, ...draft, id: draft.id ?? (id satisfies EventId) } as Recorded
}
