/** What a cause is told from, and what is told. */
import type { Instant } from "../../Instant.ts"
import type { Credential, Grant, PoolState } from "../../PoolState.ts"
import type { Recorded } from "../../Recorded.ts"
import type { CauseWord } from "../Cause.ts"
import type { CredentialStatus } from "../Status.ts"
import type { Winner } from "./Words.ts"

/** What is known of a provider's logins. */
export interface Limits {
  /** For how long it lets one rest, in milliseconds. */
  readonly idleMillis?: number
  /** One ends so long after it was made, whatever is refreshed. */
  readonly grantMillis?: number
}

/** A credential at a moment. */
export interface Case {
  readonly state: PoolState
  readonly credential: Credential
  readonly grant: Grant
  readonly status: CredentialStatus
  readonly now: Instant
  /** Those that may matter, in their order, none after the moment. */
  readonly events: ReadonlyArray<Recorded>
  readonly limits: Limits
}

export interface Finding {
  readonly cause: CauseWord
  /** In words. */
  readonly says: string
  /** Who won, or who did it, where that is known: an actor of this ledger, or another program that wrote a store. */
  readonly by?: Winner
  /** What shows it, beside the chain of causes. */
  readonly evidence: ReadonlyArray<Recorded>
}

export const finding = (
  cause: CauseWord,
  says: string,
  evidence: ReadonlyArray<Recorded | undefined> = [],
  by?: Winner
): Finding => ({
  cause,
  says,
  evidence: evidence.filter((event) => event !== undefined),
  ...(by === undefined ? {} : { by })
})
