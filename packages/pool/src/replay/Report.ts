/** What another course of a history saves and costs, and what nobody can say of it. */
import type { CredentialId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { NotJudged } from "./NotJudged.ts"
import type { Spent } from "./Times.ts"

/** Requests of one kind: how many were made, and what would have become of them. */
export interface Requests {
  readonly recorded: number
  /** Would not have been made. */
  readonly saved: number
  /** Made with tokens that the other course has not; nobody can say. */
  readonly beyond: number
}

export interface Missed {
  readonly seq: number
  readonly at: Instant
  readonly credential: CredentialId | undefined
  /** When the other policy would have tried, at the earliest. */
  readonly until: Instant | undefined
}

/** A login that would have been given up, and proved good afterwards. */
export interface LostLogin {
  readonly credential: CredentialId
  /** When it would have been quarantined. */
  readonly since: Instant
  /** The event that proves it good. */
  readonly seq: number
  readonly proof: "refresh" | "call"
}

export interface CredentialTimes {
  readonly credential: CredentialId
  readonly recorded: Spent
  readonly would: Spent
}

export interface Report {
  readonly decisions: {
    /** Decisions that were made again. */
    readonly judged: number
    readonly changed: number
    /** Would not have been made, since what they follow from would not have been seen. */
    readonly unmade: number
    /** Come out otherwise today, under the policy of that time too. */
    readonly otherwiseToday: number
    /** Under a policy that is not in the ledger, and was taken to be the default. */
    readonly underUnknownPolicy: number
    readonly notJudged: ReadonlyArray<NotJudged>
  }
  /** Refused because the login or its token was dead: the first of them, which found that out, included. */
  readonly deadRequests: Requests
  readonly refreshes: Requests
  /** Refused by a model API. */
  readonly refusedCalls: Requests
  readonly acceptedCalls: Requests & {
    /** Of the saved ones: no other credential of the provider was free. */
    readonly stopped: number
  }
  /** Waits that would have ended sooner: what a request would have met then, nobody knows. */
  readonly sooner: { readonly refreshes: number; readonly calls: number }
  /** Refreshes that succeeded and would have waited. */
  readonly missed: ReadonlyArray<Missed>
  readonly lostLogins: ReadonlyArray<LostLogin>
  /** Logins that are out of comparison at the end. */
  readonly apart: ReadonlyArray<CredentialId>
  readonly times: ReadonlyArray<CredentialTimes>
}
