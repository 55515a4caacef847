/** What an account counts, and what each event counts for. */
import { catalogue } from "../Event.ts"
import type { ActorId, CredentialId } from "../Ids.ts"
import type { Recorded } from "../Recorded.ts"

/** What came of an attempt counts for the process that began it, whoever found out. */
export interface Counts {
  /** Attempts whose refresh token may have reached a provider. */
  readonly sent: number
  readonly succeeded: number
  /** With an answer that was no success, or without one. */
  readonly failed: number
  /** Its process died before it could say what was answered. */
  readonly lost: number
  /** Attempts that ended before anything was sent. */
  readonly unsent: number
  /** Tokens of somebody else that are used from then on. */
  readonly adopted: number
  /** Calls of a model API that were refused. */
  readonly refused: number
  readonly quarantined: number
  readonly enrolled: number
  readonly removed: number
  /** What else operators did: logins, pauses, names, priorities, revivals. */
  readonly acts: number
}

/** One process on one credential; without a credential, what concerns none. */
export interface Row extends Counts {
  readonly actor: ActorId
  readonly credential: CredentialId | undefined
}

export type Writable<A> = { -readonly [Key in keyof A]: A[Key] }

/** Sums by any key, in the order in which the keys are met. */
export const sumBy = <Key>(rows: ReadonlyArray<Row>, keyOf: (row: Row) => Key): ReadonlyMap<Key, Counts> =>
  new Map(Array.from(Map.groupBy(rows, keyOf), ([key, group]) => [key, sum(group)]))

export const sum = (all: ReadonlyArray<Counts>): Counts => {
  const total: Writable<Counts> = { ...none }
  for (const counts of all) for (const name of names) total[name] += counts[name]
  return total
}

export const none: Counts = {
  sent: 0,
  succeeded: 0,
  failed: 0,
  lost: 0,
  unsent: 0,
  adopted: 0,
  refused: 0,
  quarantined: 0,
  enrolled: 0,
  removed: 0,
  acts: 0
}
export const names = Object.keys(none) as ReadonlyArray<keyof Counts>

type Count = readonly [keyof Counts, number]

/** Outcomes of attempts aside, which count for whoever began them. */
export const countsOf = (event: Recorded): ReadonlyArray<Count> => {
  switch (event.type) {
    case "Unknown":
      return []
    case "RaceAdopted":
      return event.data.fallback === true ? [] : [["adopted", 1]]
    case "RecoveryAdopted":
      return [["adopted", 1]]
    case "ApiOutcomeObserved":
      return event.data.accepted ? [] : [["refused", event.data.count]]
    case "CredentialQuarantined":
      return [["quarantined", 1]]
    case "QuarantineLifted":
      return event.data.by === "operator" ? [["acts", 1]] : []
    case "CredentialEnrolled":
      return [["enrolled", 1]]
    case "CredentialRemoved":
      return [["removed", 1]]
    default:
      return catalogue[event.type].kind === "operator" ? [["acts", 1]] : []
  }
}
