/**
 * The bands of a piece: whenever an event, or the end of a bench, changes how a credential stands. An event can change that
 * only for whom it names, for whoever shares the grant, and through a bench or a change of account for others of the provider.
 */
import { grantOf } from "@daybook/pool/Event"
import type { CredentialId, GrantId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { type Credential, type Grant, grantById, type PoolState } from "@daybook/pool/PoolState"
import { credentialStatus } from "@daybook/pool/queries/Status"
import type { Recorded } from "@daybook/pool/Recorded"
import { HashMap, Option } from "effect"
import { type Bands, bandWords } from "../Picture.ts"
import { bandWordOf } from "./BandWord.ts"
import type { LegendBook } from "./LegendBook.ts"

/** In place of a word: it is not in the pool. */
const notThere = 255

export class BandTracker {
  readonly #book: LegendBook
  readonly #lane: Array<number> = []
  readonly #since: Array<number> = []
  readonly #word: Array<number> = []
  readonly #words = new Map<CredentialId, number>()
  /** When a bench ends that a credential's word comes from. */
  readonly #ends = new Map<CredentialId, Instant>()
  #soonest = Infinity
  #holders: ReadonlyMap<GrantId, ReadonlyArray<CredentialId>>

  /** `since`: of the event before the first. */
  constructor(book: LegendBook, base: PoolState, since: Instant) {
    this.#book = book
    this.#holders = holdersIn(base)
    book.meet(base)
    for (const id of book.credentials) this.#judge(base, id as CredentialId, since)
  }

  get bands(): Bands {
    return {
      lane: Uint16Array.from(this.#lane),
      since: Float64Array.from(this.#since),
      word: Uint8Array.from(this.#word)
    }
  }

  /** What changes by itself behind the last event, as long as no other comes: the bench that ends last holds back until then. */
  ahead(state: PoolState): Bands {
    const changes = Array.from(this.#ends, ([id, since]) => {
      const { word } = standingOf(state, id, since)
      return { lane: this.#book.lane(id), since, word }
    })
    const inOrder = changes.toSorted((one, other) => one.since - other.since)
    return {
      lane: Uint16Array.from(inOrder, ({ lane }) => lane),
      since: Float64Array.from(inOrder, ({ since }) => since),
      word: Uint8Array.from(inOrder, ({ word }) => word)
    }
  }

  step(before: PoolState, after: PoolState, event: Recorded): void {
    const now = after.latest
    while (this.#soonest < now) this.#end(before, this.#soonest)
    for (const id of this.#affected(before, after, event)) this.#judge(after, id, now)
    if (this.#soonest <= now) this.#end(after, now)
  }

  /** Of the benches that have ended at an instant, and of none later. */
  #end(state: PoolState, now: Instant): void {
    for (const [id, end] of this.#ends) if (end <= now) this.#judge(state, id, now)
  }

  #judge(state: PoolState, id: CredentialId, now: Instant): void {
    const { end, word } = standingOf(state, id, now)
    this.#setEnd(id, end)
    if (this.#words.get(id) === word) return
    this.#words.set(id, word)
    this.#lane.push(this.#book.lane(id))
    this.#since.push(now)
    this.#word.push(word)
  }

  #setEnd(id: CredentialId, end: Instant | undefined): void {
    if (this.#ends.get(id) === end) return
    if (end === undefined) this.#ends.delete(id)
    else this.#ends.set(id, end)
    this.#soonest = Math.min(...this.#ends.values(), Infinity)
  }

  #affected(before: PoolState, after: PoolState, event: Recorded): Iterable<CredentialId> {
    if (event.type === "Unknown") return []
    const own = "credential" in event ? this.#ofCredential(before, after, event.credential) : []
    const grant = grantOf(event)
    return grant === undefined ? own : new Set([...own, ...this.#ofGrant(before, after, grant)])
  }

  #ofCredential(before: PoolState, after: PoolState, id: CredentialId | undefined): Iterable<CredentialId> {
    if (id === undefined || before.credentials === after.credentials) return []
    const [one, other] = [credentialIn(before, id), credentialIn(after, id)]
    if (other === undefined || (one !== undefined && standsAlike(one, other))) return []
    if (one?.grant !== other.grant) this.#holders = holdersIn(after)
    return [id, ...ofProvider(after, [one?.provider, other.provider])]
  }

  #ofGrant(before: PoolState, after: PoolState, id: GrantId): Iterable<CredentialId> {
    const [one, other] = [grantById(before, id), grantById(after, id)]
    const holders = this.#holders.get(id) ?? []
    if (!isSameAccount(one, other)) return [...holders, ...holders.flatMap((holder) => matesOf(after, holder))]
    return one.health === other.health && one.open === other.open ? [] : holders
  }
}

const standingOf = (state: PoolState, id: CredentialId, now: Instant) => {
  const credential = credentialIn(state, id)
  if (credential === undefined || credential.removed) return { word: notThere, end: undefined }
  const status = credentialStatus(state, credential, now)
  return {
    word: bandWords.indexOf(bandWordOf(status)),
    end: status.word === "cooling" ? status.until : undefined
  }
}

const credentialIn = ({ credentials }: PoolState, id: CredentialId): Credential | undefined =>
  Option.getOrUndefined(HashMap.get(credentials, id))

const standsAlike = (one: Credential, other: Credential): boolean =>
  one.removed === other.removed &&
  one.operator === other.operator &&
  one.cooldown === other.cooldown &&
  one.grant === other.grant &&
  one.provider === other.provider

const isSameAccount = ({ current: one }: Grant, { current: other }: Grant): boolean =>
  one?.account === other?.account && one?.seat === other?.seat

const holdersIn = ({ credentials }: PoolState): ReadonlyMap<GrantId, ReadonlyArray<CredentialId>> => {
  const byGrant = Map.groupBy(HashMap.values(credentials), ({ grant }) => grant)
  return new Map(Array.from(byGrant, ([grant, holders]) => [grant, holders.map(({ id }) => id)]))
}

const matesOf = (state: PoolState, id: CredentialId) => ofProvider(state, [credentialIn(state, id)?.provider])

const ofProvider = ({ credentials }: PoolState, providers: ReadonlyArray<string | undefined>) =>
  Array.from(HashMap.values(credentials)).flatMap(({ id, provider }) => (providers.includes(provider) ? [id] : []))
