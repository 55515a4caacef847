/** One sending of a refresh token: what it goes by, and what came of it. */
import type { Trigger } from "@daybook/pool/events/RefreshEvents"
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { AttemptId, EventId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Failure, Grant } from "@daybook/pool/PoolState"
import type { Reservation } from "@daybook/vault/Stash"
import type { Redacted } from "effect"
import type { Held } from "./Held.ts"
import type { Target } from "./Target.ts"

/** What is being sent. */
export interface Sending {
  readonly target: Target
  /** What was asked for: a replay may be sent for any of these. */
  readonly wanted: Trigger
  readonly grant: Grant
  readonly held: Held
  readonly refresh: Redacted.Redacted<string>
  readonly consumed: Fingerprint
  readonly attempt: AttemptId
  readonly intent: EventId
  /** Later than this nothing leaves: what the intent says of the last moment of an answer would not hold. */
  readonly leaveBy: Instant
  readonly reservation: Reservation
}

export type Attempted =
  | { readonly _tag: "Kept"; readonly held: Held }
  /** The failure as recorded; it is not classified yet. */
  | { readonly _tag: "Failed"; readonly failure: Failure }
  /** Nothing was sent, since something moved; look again. */
  | { readonly _tag: "Moved" }
