/**
 * A ledger as a regression test: every decision that follows from what was recorded before it is made again by the
 * present code, under the policy of that time, on the state of that time. What cannot be judged is counted, with the reason.
 */
import { evolve } from "../Evolve.ts"
import type { CredentialId } from "../Ids.ts"
import type { EventType } from "../Event.ts"
import type { Instant } from "../Instant.ts"
import type { Policy } from "../Policy.ts"
import { empty, type PoolState } from "../PoolState.ts"
import type { Recorded } from "../Recorded.ts"
import { type Act, Acts } from "./Act.ts"
import { comparisons } from "./Comparisons.ts"
import { decide, isUneventful } from "./Decide.ts"
import type { Decided } from "./Decided.ts"
import { type NotJudged, Unjudged } from "./NotJudged.ts"
import type { JudgedDecision } from "./DecisionTrace.ts"
import { differences, type FieldDifference } from "./Difference.ts"
import { decisionsIn, draftsOf, recover, unrecovered } from "./Recover.ts"
import { Policies } from "./Policies.ts"
import type { Rules } from "./Rules.ts"
import { StatesBefore } from "./StatesBefore.ts"

/** A recorded decision to which the present code does not come. */
export interface Divergence {
  readonly seq: number
  readonly at: Instant
  readonly credential: CredentialId | undefined
  readonly type: EventType
  readonly fields: ReadonlyArray<FieldDifference>
}

export interface Options {
  readonly rules: Rules
  /** Where the events go on from; default the beginning of a ledger. */
  readonly from?: PoolState
  /** Of actors whose policy is not among the events; default the default policy. */
  readonly policy?: Policy
  readonly onDivergence?: (divergence: Divergence) => void
  /** Of each recorded decision that was made again, also one that diverges. */
  readonly onJudged?: (decision: JudgedDecision) => void
}

export class Replay {
  /** How many decisions were made again, those that diverge included. */
  judged = 0
  diverged = 0
  /** Of these, under a policy that is not in the ledger, and was taken to be the default. */
  underUnknownPolicy = 0
  private readonly rules: Rules
  private readonly policies: Policies
  private readonly acts: Acts
  private readonly states: StatesBefore
  private readonly unjudged = new Unjudged()
  private readonly onDivergence: (divergence: Divergence) => void
  private readonly onJudged: (decision: JudgedDecision) => void
  private now: PoolState

  constructor({ from = empty, onDivergence = () => {}, onJudged = () => {}, policy, rules }: Options) {
    this.rules = rules
    this.policies = new Policies(policy)
    this.acts = new Acts(this.judge)
    this.states = new StatesBefore()
    this.onDivergence = onDivergence
    this.onJudged = onJudged
    this.now = from
  }

  readonly add = (event: Recorded): void => this.acts.add(event)

  /** After the last event. */
  end(): void {
    this.acts.end()
  }

  get state(): PoolState {
    return this.now
  }

  get notJudged(): ReadonlyArray<NotJudged> {
    return this.unjudged.all
  }

  private readonly judge = (act: Act, isWhole: boolean): void => {
    this.states.add(this.now, act)
    for (const event of act) {
      this.policies.hear(event)
      this.now = evolve(this.now, event)
    }
    const [first] = act
    const policy = this.policies.of(first.actor)
    const [before] = this.states.possible
    if (before === undefined || isUneventful(before, act)) return
    const compared = comparisons(this.states.possible, act)
    if (compared !== undefined) this.compareInput(act, compared)
    const again = decide(before, act, { now: first.at, chance: 0, policy, rules: this.rules })
    if (again._tag === "Decided" || isUndecided(again, act)) this.compare(act, before, policy, isWhole)
    if (again._tag === "NotJudged" && compared === undefined) this.unjudged.add(act, again.why)
  }

  private compareInput(act: Act, fields: ReadonlyArray<FieldDifference>): void {
    const event = act.find(({ type }) => type === "RaceAdopted") ?? act[0]
    const { type } = event
    this.count(act, event)
    if (fields.length > 0) this.report(act, type as EventType, fields)
  }

  private compare(act: Act, before: PoolState, policy: Policy, isWhole: boolean): void {
    const recorded = decisionsIn(act)
    const sought = { act, states: this.states.possible, policy, rules: this.rules }
    recorded.forEach((event) => this.count(act, event))
    if (!this.policies.knows(act[0].actor)) this.underUnknownPolicy += recorded.length
    if (recover(sought) !== undefined) return
    const again = decide(before, act, { ...unrecovered(sought), policy, rules: this.rules })
    const drafts = again._tag === "Decided" ? draftsOf(again) : []
    for (const { fields, type } of differences(recorded, drafts)) {
      if (isWhole || !isMissing(fields)) this.report(act, type, fields)
    }
  }

  private count(act: Act, { seq, type }: Recorded): void {
    this.judged++
    this.onJudged({ seq, credential: credentialOf(act), type })
  }

  private report(act: Act, type: EventType, fields: ReadonlyArray<FieldDifference>): void {
    this.diverged++
    const { at, seq } = act.find((event) => event.type === type) ?? act[act.length - 1] ?? act[0]
    this.onDivergence({ seq, at, credential: credentialOf(act), type, fields })
  }
}

const credentialOf = (act: Act): CredentialId | undefined =>
  act.flatMap((event) => ("credential" in event && event.credential ? [event.credential] : []))[0]

/** The present code decides nothing where something was decided. */
const isUndecided = ({ _tag }: Decided, act: Act): boolean => _tag === "NoDecision" && decisionsIn(act).length > 0

const isMissing = ([field]: ReadonlyArray<FieldDifference>): boolean =>
  field?.field === "event" && field.recorded === undefined
