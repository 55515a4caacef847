/**
 * The family of a grant: every generation it ever had, who brought each, who spent it, how it ended, and what came of it.
 * A state holds the newest of them only; the events hold all. A generation has one parent at most, and stands behind it.
 */
import type { EventOf } from "../Event.ts"
import type { Evidence } from "../Evidence.ts"
import type { Generation } from "../Generation.ts"
import type { ActorId, AttemptId, GrantId, Seq } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { StoreKind } from "../StoreRef.ts"
import type { TerminalReason } from "../Verdict.ts"

export interface Lineage {
  readonly grant: GrantId
  /** In the order in which they came. */
  readonly generations: ReadonlyArray<Member>
  readonly forks: ReadonlyArray<Fork>
  /** Number of the one that counts. */
  readonly current: number | undefined
}

export interface Member {
  /** Its place in the lineage, from 1. */
  readonly number: number
  readonly generation: Generation
  /** The one it came for; none for a login. */
  readonly parent: number | undefined
  readonly children: ReadonlyArray<number>
  readonly origin: Origin
  /** When, where in the ledger and by whom it was recorded first; unknown if that was archived. */
  readonly brought: Mark | undefined
  readonly sendings: ReadonlyArray<Sending>
  /** How often an actor came for a refresh and went on with this generation of another one. */
  readonly adopted: number
  /** How often the grant went back to it after something newer. */
  readonly returns: number
  /** How often a person revived it after it was judged dead. */
  readonly revivals: number
  readonly ending: Ending
}

export interface Mark {
  readonly seq: Seq
  readonly at: Instant
  readonly by: ActorId
}

/** Where a generation came from. */
export type Origin =
  /** An answer to a refresh. `recovered`: its sender died, and another actor found the answer. */
  | { readonly _tag: "Refresh"; readonly rotated: boolean; readonly recovered: boolean }
  /** It was enrolled, or somebody logged in. */
  | { readonly _tag: "Login"; readonly how: "enrol" | "login" | "import"; readonly where: StoreKind }
  /** It stood in the grant's store, where another program had put it; `where` is absent for the stash. */
  | { readonly _tag: "Adopted"; readonly phase: Phase; readonly where: StoreKind | undefined }
  | { readonly _tag: "Seen"; readonly where: StoreKind }
  /** A login of another program stood in for a dead one. */
  | { readonly _tag: "Recovered"; readonly where: StoreKind }
  /** The events that tell are not in the ledger any more. */
  | { readonly _tag: "Earlier" }

export type Phase = EventOf<"RaceAdopted">["data"]["phase"]

/** One request that carried its refresh token. */
export interface Sending extends Mark {
  readonly attempt: AttemptId
  readonly trigger: EventOf<"RefreshStarted">["data"]["trigger"]
  readonly outcome: Outcome
}

export type Outcome =
  | { readonly _tag: "Open" }
  | { readonly _tag: "Succeeded"; readonly at: Instant }
  | { readonly _tag: "Failed"; readonly at: Instant; readonly evidence: Evidence }
  | { readonly _tag: "Lost"; readonly at: Instant }

export interface Ending {
  /**
   * `current`: it has not ended. `succeeded`: by what came for it. `displaced`: by something else. `refused`: for good,
   * without a quarantine. `lost`: the answer to it. `expired`: its time was over. `unknown`: the ledger does not tell.
   */
  readonly how: "current" | "succeeded" | "displaced" | "refused" | "quarantined" | "lost" | "expired" | "unknown"
  /** What ended it; absent if it has not ended, or by time alone. */
  readonly by: Mark | undefined
  /** When it ended. */
  readonly at: Instant | undefined
  readonly reason: TerminalReason | undefined
  /** Which one counted after it. */
  readonly next: number | undefined
}

/** A generation with several children. */
export interface Fork {
  readonly of: number
  /**
   * `race`: several requests with it were answered. `shared`: the same, where the provider does not rotate. `outside`: another
   * program has a successor beside ours. `back`: the grant went back to it from what came after it.
   */
  readonly kind: "race" | "shared" | "outside" | "back"
}

/** Milliseconds from when it was brought to its end, or to a moment if it has not ended. */
export const ageOf = ({ brought, ending }: Member, moment: Instant): number | undefined =>
  brought === undefined ? undefined : (ending.at ?? moment) - brought.at
