/**
 * The other course of a history: a state that is folded from what was recorded, except for decisions that come out
 * otherwise, requests that would not have been made, and what those showed. Nothing is made up in their place. A login
 * whose recorded tokens come from such a request is out of comparison until both courses have the same tokens again.
 */
import { HashMap } from "effect"
import { evolve } from "../Evolve.ts"
import type { AttemptId, CredentialId, EventId, GrantId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { grantById, type PoolState } from "../PoolState.ts"
import type { Recorded } from "../Recorded.ts"
import type { Act } from "./Act.ts"
import { isFoundInStore } from "./Arrival.ts"
import { credentialIn } from "./CredentialIn.ts"
import type { Obstruction } from "./Obstruct.ts"
import { type Policies } from "./Policies.ts"
import { refreshObstruction, useObstruction } from "./Obstruct.ts"
import type { Policy } from "../Policy.ts"
import type { Rules } from "./Rules.ts"

export type Admission =
  /** It happens here as well. */
  | { readonly _tag: "Seen" }
  /** A request that is not made here. */
  | { readonly _tag: "NotMade"; readonly obstruction: Obstruction }
  /** It shows what a request found that is not made here. */
  | { readonly _tag: "NotSeen"; readonly missed: Obstruction | undefined }
  /** It is about a login that has other tokens here. */
  | { readonly _tag: "Beyond" }
  /** New tokens from outside, which this course finds as well. */
  | { readonly _tag: "Rejoins" }

const seen: Admission = { _tag: "Seen" }

/** Calls that were under way already when their credential was benched or died are made all the same, in milliseconds. */
const underWay = 2_000

export class Branch {
  state: PoolState
  private readonly rules: Rules
  private readonly policies: Policies
  private readonly policyOf: (recorded: Policy) => Policy
  /** When a login is taken up again; without an instant, when new tokens come from outside. */
  private readonly parted = new Map<GrantId, Obstruction>()
  private readonly unsent = new Map<GrantId, { readonly attempt: AttemptId; readonly obstruction: Obstruction }>()
  private readonly unseen = new Set<EventId>()
  private readonly benched = new Map<CredentialId, Instant>()

  constructor(state: PoolState, rules: Rules, policies: Policies, policyOf: (recorded: Policy) => Policy) {
    this.state = state
    this.rules = rules
    this.policies = policies
    this.policyOf = policyOf
  }

  take(event: Recorded): void {
    if (event.type === "CooldownStarted") this.benched.set(event.credential, event.at)
    this.state = evolve(this.state, event)
  }

  /** Grants that are out of comparison. */
  get apart(): ReadonlyArray<GrantId> {
    return [...this.parted.keys()]
  }

  /** Whether an act happens here; `before` is the recorded state. */
  admit(act: Act, before: PoolState): Admission {
    const grant = grantOfAct(before, act)
    if (grant === undefined) return seen
    this.takeUpAgain(grant, before, act[0].at)
    if (this.parted.has(grant)) return this.admitApart(act)
    if (act.some(({ id, cause }) => this.unseen.has(id) || (cause !== undefined && this.unseen.has(cause)))) {
      return this.notSeen(act)
    }
    return this.admitTogether(act, grant, before)
  }

  /** The recorded tokens count here too, from now on. */
  adopt(grant: GrantId, from: PoolState): void {
    this.parted.delete(grant)
    this.unsent.delete(grant)
    this.state = { ...this.state, grants: HashMap.set(this.state.grants, grant, grantById(from, grant)) }
  }

  /** What was recorded of this login happened with other tokens than it has here. */
  part(grant: GrantId, obstruction: Obstruction): void {
    this.unsent.delete(grant)
    this.parted.set(grant, obstruction)
  }

  private takeUpAgain(grant: GrantId, before: PoolState, at: Instant): void {
    const until = this.parted.get(grant)?.until
    if (until !== undefined && until <= at) this.adopt(grant, before)
  }

  private admitApart(act: Act): Admission {
    if (act.some(isFromOutside)) return { _tag: "Rejoins" }
    const [first] = act
    return first.type === "ApiOutcomeObserved" || (first.type !== "Unknown" && "grant" in first.data)
      ? { _tag: "Beyond" }
      : seen
  }

  private admitTogether(act: Act, grant: GrantId, before: PoolState): Admission {
    const [first] = act
    const unsent = this.unsent.get(grant)
    switch (first.type) {
      case "RefreshStarted":
        return this.admitRefresh(first, grant, before)
      case "RefreshFailed":
      case "OutcomeLost":
        return first.data.attempt === unsent?.attempt ? this.forget(act, grant) : seen
      case "RefreshSucceeded":
        return first.data.attempt === unsent?.attempt ? this.miss(grant, unsent.obstruction) : seen
      case "SuccessorStashed":
        return unsent === undefined ? seen : this.miss(grant, unsent.obstruction)
      case "RecoveryAdopted":
        return isLostOnlyThere(grantById(before, grant), this.state) ? this.miss(grant, elsewhere) : seen
      case "ApiOutcomeObserved":
        return this.admitCall(act, first, before)
      default:
        return seen
    }
  }

  private admitRefresh(
    event: Extract<Recorded, { readonly type: "RefreshStarted" }>,
    grant: GrantId,
    before: PoolState
  ): Admission {
    const then = this.policies.of(event.actor)
    const [recorded, other] = [
      { state: before, policy: then },
      { state: this.state, policy: this.policyOf(then) }
    ]
    const obstruction = refreshObstruction(event, recorded, other, this.rules)
    if (obstruction !== undefined) {
      this.unsent.set(grant, { attempt: event.data.attempt, obstruction })
      return { _tag: "NotMade", obstruction }
    }
    const { refresh } = event.data.generation
    const isCurrent = (state: PoolState) => grantById(state, grant).current?.refresh === refresh
    if (isCurrent(this.state) || !isCurrent(before)) return seen
    this.part(grant, elsewhere)
    return { _tag: "Beyond" }
  }

  private admitCall(
    act: Act,
    { at, credential, data }: Extract<Recorded, { readonly type: "ApiOutcomeObserved" }>,
    before: PoolState
  ): Admission {
    const obstruction = useObstruction({ credential, model: data.model, at: data.last ?? at }, before, this.state)
    const since = obstruction?.since ?? this.benched.get(credential)
    if (obstruction === undefined || (since !== undefined && at - since < underWay)) return seen
    for (const { id } of act) this.unseen.add(id)
    return { _tag: "NotMade", obstruction }
  }

  private forget(act: Act, grant: GrantId): Admission {
    this.unsent.delete(grant)
    return this.notSeen(act)
  }

  private notSeen(act: Act): Admission {
    for (const { id } of act) this.unseen.add(id)
    return { _tag: "NotSeen", missed: undefined }
  }

  private miss(grant: GrantId, obstruction: Obstruction): Admission {
    this.part(grant, obstruction)
    return { _tag: "NotSeen", missed: obstruction }
  }
}

/** Tokens that only the recorded course has. */
export const elsewhere: Obstruction = { why: "held back", until: undefined, since: undefined }

const isLostOnlyThere = (
  { health, id }: { readonly health: { readonly _tag: string }; readonly id: GrantId },
  state: PoolState
) => health._tag === "Dead" && grantById(state, id).health._tag !== "Dead"

/** A login by a person or another program: it comes whatever this pool decides. */
const isFromOutside = (event: Recorded): boolean =>
  event.type === "GenerationObserved" || (event.type === "RaceAdopted" && isFoundInStore(event.data))

/** The grant that an act is about, by name or by its credential. */
export const grantOfAct = (state: PoolState, [first]: Act): GrantId | undefined => {
  if (first.type === "Unknown") return first.data.grant
  if ("grant" in first.data) return first.data.grant
  return "credential" in first ? credentialIn(state, first.credential)?.grant : undefined
}
