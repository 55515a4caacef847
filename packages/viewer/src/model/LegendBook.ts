/**
 * The names that columns stand for, each at the place it got first. It also knows which credential an event is about, from
 * the credentials it has seen.
 */
import { credentialOf, grantOf } from "@daybook/pool/Event"
import type { ActorId, CredentialId, EventId, GrantId } from "@daybook/pool/Ids"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import { actorName } from "@daybook/pool/queries/why/Words"
import type { Recorded } from "@daybook/pool/Recorded"
import { HashMap } from "effect"
import { type ActorName, type Lane, type Legend, noLane } from "../Picture.ts"
import { ownText } from "./Lines.ts"

/** Columns have numbers of 16 bits for actors, and of 8 bits for types; whatever comes later shares the last place. */
const actorsMost = 0xffff
const typesMost = 0xff

const others = { id: "", name: "another process" }

export class LegendBook {
  readonly #lanes: Array<Lane> = []
  readonly #actors: Array<ActorName> = []
  readonly #types: Array<string> = []
  readonly #laneOf = new Map<string, number>()
  readonly #actorOf = new Map<string, number>()
  readonly #typeOf = new Map<string, number>()
  readonly #nameless = new Set<string>()
  readonly #holders = new Map<GrantId, CredentialId>()

  /** As it is now. */
  get legend(): Legend {
    return { lanes: [...this.#lanes], actors: [...this.#actors], types: [...this.#types] }
  }

  get credentials(): Iterable<string> {
    return this.#laneOf.keys()
  }

  /** Makes lanes of the credentials of a state, and of those that were removed. */
  meet(state: PoolState): void {
    for (const credential of HashMap.values(state.credentials)) this.enrol(credential)
  }

  /** `isNewest`: what it is called now, which a look at the past does not take back. */
  enrol({ enrolledAt, enrolledSeq, grant, id, kind, label, provider }: Credential, isNewest = false): void {
    if (!this.#holders.has(grant)) this.#holders.set(grant, id)
    const place = this.#laneOf.get(id) ?? this.#lanes.length
    if (place >= noLane || (place < this.#lanes.length && !isNewest)) return
    this.#laneOf.set(id, place)
    const enrolled = { seq: enrolledSeq, at: enrolledAt }
    this.#lanes[place] = { credential: id, label, provider, kind, enrolled }
  }

  /** `noLane` for one that was never in the pool. */
  lane(credential: string | undefined): number {
    return (credential === undefined ? undefined : this.#laneOf.get(credential)) ?? noLane
  }

  /** The one it names, else the first that had its grant. */
  credential(event: Recorded): CredentialId | undefined {
    if (event.type === "Unknown") return event.credential
    const grant = grantOf(event)
    return credentialOf(event) ?? (grant === undefined ? undefined : this.#holders.get(grant))
  }

  /** By the state behind its event. Who opens a ledger writes before it joins, and is named when it has. */
  actor(id: ActorId, state: PoolState): number {
    const place = this.#actorOf.get(id) ?? this.#newActor(id)
    if (this.#nameless.size > 0 && this.#nameless.has(id) && HashMap.has(state.actors, id)) {
      this.#nameless.delete(id)
      this.#actors[place] = { id, name: actorName(state, id) }
    }
    return place
  }

  #newActor(id: ActorId): number {
    const place = Math.min(this.#actors.length, actorsMost)
    this.#actors[place] = place === actorsMost ? others : { id, name: id.slice(-8) }
    if (place === actorsMost) return place
    this.#actorOf.set(id, place)
    this.#nameless.add(id)
    return place
  }

  /** For what is kept longer than the line: its names are texts of their own, not parts of the line's. */
  withOwnNames(event: Recorded): Recorded {
    const place = this.#actorOf.get(event.actor)
    const known = place === undefined ? undefined : this.#actors[place]
    return { ...event, actor: (known?.id ?? ownText(event.actor)) as ActorId, id: ownText(event.id) as EventId }
  }

  actorName(id: string): string | undefined {
    const place = this.#actorOf.get(id)
    return place === undefined ? undefined : this.#actors[place]?.name
  }

  type(name: string): number {
    const known = this.#typeOf.get(name)
    if (known !== undefined) return known
    const place = Math.min(this.#types.length, typesMost)
    this.#types[place] = place === typesMost ? "Unknown" : name
    if (place < typesMost) this.#typeOf.set(name, place)
    return place
  }

  /** Places of a name in the columns; undefined where it has none of its own. */
  placeOf(column: "lane" | "actor" | "type", name: string): number | undefined {
    return { lane: this.#laneOf, actor: this.#actorOf, type: this.#typeOf }[column].get(name)
  }
}

/** As its writer called it. */
export const typeOf = (event: Recorded): string => (event.type === "Unknown" ? event.data.type : event.type)
