/**
 * Grows the lineage of a grant, event by event. What counts after each event is what the fold says; this only remembers
 * whom it replaced. A generation that is named and was never brought (its events were archived) is a member too.
 */
import { catalogue, type EventOf, grantOf, type PoolEvent } from "../Event.ts"
import { type Generation, type GenerationRef, isSame } from "../Generation.ts"
import type { ActorId, AttemptId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { evolveGrant } from "../internal/evolveGrant.ts"
import { followed, going, standing, untold } from "../internal/generationEndings.ts"
import type { Grant } from "../PoolState.ts"
import type { Envelope, Recorded } from "../Recorded.ts"
import type { Ending, Fork, Lineage, Mark, Member, Origin, Outcome, Sending } from "./Lineage.ts"

type Event = Envelope & PoolEvent

interface Growing extends Member {
  generation: Generation
  origin: Origin
  brought: Mark | undefined
  readonly children: Array<number>
  readonly sendings: Array<Sending>
  adopted: number
  returns: number
  revivals: number
  ending: Ending
}

/** Types of all events that a family is grown from. */
export const familyEvents: ReadonlySet<string> = new Set(
  Object.entries(catalogue).flatMap(([type, { refresh }]) => (refresh ? [type] : []))
)

export class Family {
  #grant: Grant
  readonly #members: Array<Growing> = []
  readonly #byName = new Map<string, Growing>()
  /** The newest with each refresh token. */
  readonly #byRefresh = new Map<string, Growing>()
  /** One text for each, since the text of an event's actor keeps the whole line that it was read from. */
  readonly #actors = new Map<ActorId, ActorId>()
  readonly #attempts = new Map<AttemptId, { readonly member: Growing; readonly place: number }>()

  /** `before`: the grant as it was before the first event, with what its state still tells of archived ones. */
  constructor(before: Grant) {
    this.#grant = before
    for (const { at, by, generation, seq } of before.lineage) {
      const parent = this.#members.at(-1)
      const member = this.#add(generation, parent, { _tag: "Earlier" }, { at, by, seq })
      if (parent !== undefined)
        parent.ending = { ...going, how: "succeeded", at, by: { at, by, seq }, next: member.number }
    }
  }

  /** Events of other grants change nothing. */
  take(event: Recorded): void {
    if (event.type === "Unknown" || grantOf(event) !== this.#grant.id) return
    const before = this.#grant
    const after = evolveGrant(before, event)
    this.#grant = after
    this.#noteSending(event)
    if (after.current !== undefined && after.current !== before.current) this.#arrive(before, after.current, event)
    if (after.health !== before.health) this.#judge(before, after, event)
    if (event.type === "RaceAdopted" && event.data.winner.actor !== undefined) this.#noteAdopted(event.data.found)
  }

  /** As it stands at a moment not before the last event. */
  lineage(moment: Instant): Lineage {
    const { current } = this.#grant
    const last = current === undefined ? undefined : this.#find(current)
    return {
      grant: this.#grant.id,
      generations: this.#members.map((member) =>
        member === last ? { ...member, ending: standing(this.#grant, member, moment) } : member
      ),
      forks: this.#members.filter(({ children }) => children.length > 1).map((member) => this.#forkAt(member)),
      current: last?.number
    }
  }

  #noteSending(event: Event): void {
    switch (event.type) {
      case "RefreshStarted": {
        const { attempt, generation, trigger } = event.data
        const member = this.#named(generation)
        const place = member.sendings.push({ ...this.#markOf(event), attempt, trigger, outcome: { _tag: "Open" } }) - 1
        this.#attempts.set(attempt, { member, place })
        return
      }
      case "RefreshSucceeded":
        return this.#close(event.data.attempt, { _tag: "Succeeded", at: event.at })
      case "RefreshFailed":
        return this.#close(event.data.attempt, { _tag: "Failed", at: event.at, evidence: event.data.evidence })
      case "OutcomeLost":
        return this.#close(event.data.attempt, { _tag: "Lost", at: event.at })
    }
  }

  #close(attempt: AttemptId, outcome: Outcome): void {
    const sent = this.#attempts.get(attempt)
    const sending = sent?.member.sendings[sent.place]
    if (sent !== undefined && sending !== undefined) sent.member.sendings[sent.place] = { ...sending, outcome }
  }

  #arrive(before: Grant, generation: Generation, event: Event): void {
    const known = this.#byName.get(nameOf(generation))
    const member = known ?? this.#born(before, generation, event)
    member.generation = generation
    if (known?.brought === undefined || event.type === "RefreshSucceeded") member.origin = originOf(event)
    member.brought ??= this.#markOf(event)
    if (before.current !== undefined && isSame(before.current, generation)) return
    const left = before.current === undefined ? undefined : this.#find(before.current)
    if (left !== undefined) left.ending = followed(before, left, member, event, this.#markOf(event))
    if (known !== undefined && known.ending.how !== "unknown") known.returns++
    member.ending = going
  }

  /** Its parent is sought first, which may become a member by that. */
  #born(before: Grant, generation: Generation, event: Event): Growing {
    const parent = this.#parentOf(before, event)
    return this.#byName.get(nameOf(generation)) ?? this.#add(generation, parent, originOf(event), this.#markOf(event))
  }

  /** A verdict about what counts, or its end by a person; what a newer one replaces stays dead. */
  #judge(before: Grant, after: Grant, event: Event): void {
    if (event.type === "CredentialQuarantined" && after.health._tag === "Dead") {
      const { reason } = after.health
      const member = this.#named(after.current ?? after.health.generation)
      member.ending = { ...going, how: "quarantined", by: this.#markOf(event), at: event.at, reason }
    } else if (event.type === "QuarantineLifted" && event.data.by === "operator" && before.current !== undefined) {
      const member = this.#named(before.current)
      member.ending = going
      member.revivals++
    }
  }

  #noteAdopted(found: GenerationRef): void {
    const member = this.#find(found)
    if (member !== undefined) member.adopted++
  }

  /** Whom the event says it came for; what another program put into a store came, for all we know, for what it took the place of. */
  #parentOf({ current }: Grant, event: Event): Growing | undefined {
    switch (event.type) {
      case "RefreshSucceeded":
        return this.#named(event.data.generation)
      case "SuccessorStashed":
        return this.#named(event.data.consumed)
      case "RaceAdopted":
        return event.data.fallback === true ? undefined : this.#heldIn(event.data)
      case "RecoveryAdopted":
        return undefined
      case "GenerationObserved":
        return isLogin(event.data.how) || current === undefined ? undefined : fertile(this.#find(current))
    }
    return undefined
  }

  /** A pair that stood in the store when ours was to be put there came for the same one as ours, not for ours. */
  #heldIn({ held, phase }: EventOf<"RaceAdopted">["data"]): Growing | undefined {
    const ours = this.#named(held)
    const consumed = ours.parent === undefined ? undefined : this.#members[ours.parent - 1]
    return fertile(phase === "after success" ? (consumed ?? ours) : ours)
  }

  #markOf({ actor, at, seq }: Event): Mark {
    const by = this.#actors.get(actor) ?? actor
    this.#actors.set(by, by)
    return { seq, at, by }
  }

  /** Its name, or its refresh token alone, if nothing but that was left of it. */
  #find(ref: GenerationRef): Growing | undefined {
    return this.#byName.get(nameOf(ref)) ?? (ref.refresh === undefined ? undefined : this.#byRefresh.get(ref.refresh))
  }

  #named(ref: GenerationRef): Growing {
    const found = this.#find(ref)
    if (found !== undefined) return found
    const member = this.#add(ref, undefined, { _tag: "Earlier" }, undefined)
    member.ending = untold
    return member
  }

  #add(generation: Generation, parent: Growing | undefined, origin: Origin, brought: Mark | undefined): Growing {
    const number = this.#members.length + 1
    const member: Growing = {
      number,
      generation,
      parent: parent?.number,
      children: [],
      origin,
      brought,
      sendings: [],
      adopted: 0,
      returns: 0,
      revivals: 0,
      ending: going
    }
    this.#members.push(member)
    this.#byName.set(nameOf(generation), member)
    if (generation.refresh !== undefined) this.#byRefresh.set(generation.refresh, member)
    parent?.children.push(number)
    return member
  }

  #forkAt({ children, generation, number, returns }: Growing): Fork {
    const born = children.map((child) => this.#members[child - 1] as Growing)
    if (returns > 0) return { of: number, kind: "back" }
    if (born.some(({ origin }) => origin._tag !== "Refresh")) return { of: number, kind: "outside" }
    const isShared =
      generation.refresh !== undefined && born.every((one) => one.generation.refresh === generation.refresh)
    return { of: number, kind: isShared ? "shared" : "race" }
  }
}

const nameOf = ({ access, refresh }: GenerationRef): string => `${access ?? ""} ${refresh ?? ""}`

/** What takes the place of a dead pair in a store is a new login, unless the pair died because somebody had spent it. */
const fertile = (parent: Growing | undefined): Growing | undefined =>
  parent?.ending.how === "quarantined" && parent.ending.reason !== "Reused" ? undefined : parent

type Seen = EventOf<"GenerationObserved">["data"]["how"]
type Login = Extract<Origin, { readonly _tag: "Login" }>["how"]

const isLogin = (how: Seen): how is Login => how === "enrol" || how === "login" || how === "import"

const originOf = (event: Event): Origin => {
  switch (event.type) {
    case "GenerationObserved": {
      const { how, where } = event.data
      return isLogin(how) ? { _tag: "Login", how, where } : { _tag: "Seen", where }
    }
    case "RefreshSucceeded":
      return { _tag: "Refresh", rotated: event.data.rotated, recovered: event.data.recovered === true }
    case "SuccessorStashed":
      return { _tag: "Refresh", rotated: event.data.consumed.refresh !== event.data.next.refresh, recovered: false }
    case "RaceAdopted":
      return event.data.fallback === true
        ? { _tag: "Earlier" }
        : { _tag: "Adopted", phase: event.data.phase, where: event.data.winner.store }
    case "RecoveryAdopted":
      return { _tag: "Recovered", where: event.data.from }
    default:
      return { _tag: "Earlier" }
  }
}
