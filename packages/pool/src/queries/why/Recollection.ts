/**
 * One credential's events as they are folded: which of them gave the field its present value, what went wrong last, and
 * those that may matter to either. It holds a bounded number of them, however long the story is.
 */
import { HashMap, Option } from "effect"
import { evolve } from "../../Evolve.ts"
import type { CredentialId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import type { PoolState } from "../../PoolState.ts"
import type { Recorded } from "../../Recorded.ts"
import { credentialStatus } from "../Status.ts"
import { type FieldName, readField } from "./Fields.ts"
import { isRace } from "./Race.ts"

export interface Question {
  readonly credential: CredentialId
  readonly field: FieldName
  /** Benches and waits count if they end after this. */
  readonly now: Instant
}

/** Something that was wrong, and how the pool stood then. */
export interface Trouble {
  readonly event: Recorded
  readonly state: PoolState
}

/** The most events that are held, and how many stay when there are more. */
const most = { held: 8_192, kept: 4_096 }

export class Recollection {
  #state: PoolState
  #key: string | undefined
  #setter: Recorded | undefined
  #trouble: Trouble | undefined
  #held: Array<Recorded> = []
  readonly #question: Question

  /** `before`: the pool as it stood before the first event. */
  constructor(before: PoolState, question: Question) {
    this.#state = before
    this.#question = question
    this.#key = keyOf(before, question)
  }

  /** The next event that names the credential, its grant, or one of its account. */
  add(event: Recorded): void {
    this.#state = evolve(this.#state, event)
    const isNews = !isQuiet(event)
    if (isNews) this.#hold(event)
    if (isNews || event.type === "QuotaObserved") this.#compare(event)
    if (isNews && isTrouble(this.#state, event, this.#question.credential))
      this.#trouble = { event, state: this.#state }
  }

  #compare(event: Recorded): void {
    const key = keyOf(this.#state, this.#question)
    if (key !== this.#key) this.#setter = event
    this.#key = key
  }

  #hold(event: Recorded): void {
    this.#held.push(event)
    if (this.#held.length > most.held) this.#held = this.#held.slice(-most.kept)
  }

  get state(): PoolState {
    return this.#state
  }

  /** None, if the value is as it was before the first event. */
  get setter(): Recorded | undefined {
    return this.#setter
  }

  /** The last moment at which something was wrong. */
  get trouble(): Trouble | undefined {
    return this.#trouble
  }

  get held(): ReadonlyArray<Recorded> {
    return this.#held
  }
}

const keyOf = (state: PoolState, { credential, field, now }: Question): string | undefined =>
  readField(state, credential, field, now)?.key

/** Most events are such: calls that were accepted, quotas, that nothing was available. They explain nothing but themselves. */
const isQuiet = (event: Recorded): boolean => {
  switch (event.type) {
    case "ApiOutcomeObserved":
      return event.data.accepted
    case "QuotaAsked":
    case "QuotaObserved":
    case "SelectionExhausted":
      return true
    default:
      return false
  }
}

/** A pause is what a person wanted. */
const isTrouble = (state: PoolState, event: Recorded, id: CredentialId): boolean => {
  const credential = Option.getOrUndefined(HashMap.get(state.credentials, id))
  if (credential === undefined) return false
  if (isRace(event)) return event.data.grant === credential.grant
  const { reason, word } = credentialStatus(state, credential, event.at)
  return word !== "paused" && (word !== "ok" || reason !== undefined)
}
