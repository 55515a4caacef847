/**
 * The append-only store of events: the one service, whichever store is behind it.
 * `seq` is the order, and the only one; what is in the ledger stays in it.
 */
import type { ActorId, GrantId, LedgerId, Seq } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Draft, Recorded } from "@daybook/pool/Recorded"
import { Context, type Effect, type Stream } from "effect"
import type { Moment } from "./Moment.ts"
import type { AppendError, Damaged, LedgerError } from "./LedgerError.ts"

export interface AppendOptions {
  /** The versions the events were decided on; if one has moved, nothing is written and the answer is `Conflict`. */
  readonly expected?: ReadonlyMap<GrantId, Seq> | undefined
}

/** Which events are wanted; all of them, if nothing is said. */
export interface Wanted {
  readonly types?: ReadonlySet<string> | undefined
  /** Ids and the like: at least one of them stands on the line. */
  readonly names?: ReadonlyArray<string> | undefined
}

export interface ScanOptions extends Wanted {
  readonly from?: Seq | undefined
  /** The last event to look at. */
  readonly to?: Seq | undefined
  readonly take: (event: Recorded) => void
}

export interface LinesOptions extends Wanted {
  readonly from?: Seq | undefined
  /** The last event to look at. */
  readonly to?: Seq | undefined
  /** Lines without their newlines, in order. Nothing more is read until it is done with them. */
  readonly take: (lines: ReadonlyArray<string>) => Effect.Effect<void>
}

export interface ScanEnd {
  /** Of the last event that was looked at. */
  readonly seq: Seq
  /** What kept the scan from going on. */
  readonly damage?: Damaged
}

/** The last event: its place, the hash of the chain up to it, and the ledger it is in. */
export interface Head {
  readonly seq: Seq
  readonly h: string
  readonly ledger: LedgerId
}

export class Ledger extends Context.Service<
  Ledger,
  {
    /** The name under which this process appends. */
    readonly actor: ActorId
    /**
     * Answers what was appended, in order. Acknowledged after a sync if any of the events is durable, else after the
     * write. Interrupted before its turn, nothing is written; after that the events are written all the same. Interrupted
     * once the ledger is closed.
     */
    readonly append: (
      events: ReadonlyArray<Draft>,
      options?: AppendOptions
    ) => Effect.Effect<ReadonlyArray<Recorded>, AppendError>
    /** Everything written before this call, by anyone, is durable afterwards. */
    readonly sync: Effect.Effect<void, LedgerError>
    /** The fold, caught up with the store. */
    readonly state: Effect.Effect<PoolState, LedgerError>
    /** The fold as last known here; no I/O. */
    readonly known: () => PoolState
    /** The fold as it stood at a moment. Fails with `NoSuchEvent` for a moment that the ledger does not reach, or not any more. */
    readonly asOf: (moment: Moment) => Effect.Effect<PoolState, LedgerError>
    /** Places to which `asOf` goes fastest, as last known here, in order; no I/O. */
    readonly marks: () => ReadonlyArray<Seq>
    /** What is in the ledger now, from `from` on, or from the oldest event that was not archived. */
    readonly read: (from?: Seq) => Stream.Stream<Recorded, LedgerError>
    /**
     * The fast way over a long ledger: only what is wanted is parsed at all. Sums of lines are checked, the chain is not.
     * It ends before damage, and says so.
     */
    readonly scan: (options: ScanOptions) => Effect.Effect<ScanEnd, LedgerError>
    /** A scan for somebody else who reads lines: nothing is parsed, and each comes as it stands in the ledger. */
    readonly lines: (options: LinesOptions) => Effect.Effect<ScanEnd, LedgerError>
    /** The same as `read`, and then whatever is appended, by anyone: none missed, none twice. Ends with its consumer. */
    readonly tail: (from?: Seq) => Stream.Stream<Recorded, LedgerError>
    readonly head: Effect.Effect<Head, LedgerError>
  }
>()("@daybook/ledger/Ledger") {}
