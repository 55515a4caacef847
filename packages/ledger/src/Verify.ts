/**
 * Is a ledger what its writers wrote? A walk over every byte of every segment, from the oldest that is here, with nothing
 * believed beforehand. Two questions are answered apart. *Consistent*: the lines hang together. *Complete*: it still holds
 * what it held when checkpoints were taken that were kept elsewhere; a chain alone cannot tell, since whoever can write the
 * files can write another chain.
 */
import type { LedgerId, Seq } from "@daybook/pool/Ids"
import { Effect } from "effect"
import type { Checkpoint } from "./Checkpoint.ts"
import * as Audit from "./internal/Audit.ts"
import * as Evidence from "./internal/Evidence.ts"
import type { LedgerError } from "./LedgerError.ts"

export interface Options {
  /** Judges a sealed segment by the sum of its bytes, if its last line holds one, instead of line by line. */
  readonly fast?: boolean | undefined
  /** Looked for in the ledger. */
  readonly checkpoints?: ReadonlyArray<Checkpoint> | undefined
  /** Told now and then, in bytes. */
  readonly onProgress?: ((progress: Progress) => Effect.Effect<void>) | undefined
}

export interface Progress {
  readonly done: number
  readonly total: number
}

export interface VerifyReport {
  /** The ledger file that was named, or the live one in the folder. */
  readonly path: string
  /** Every line is whole and continues the one before it; archived segments and accepted damage aside. */
  readonly isConsistent: boolean
  /** Every checkpoint is held. `undefined`: there was none, or what it is about is archived or damaged. */
  readonly isComplete: boolean | undefined
  /** None if the very first line is bad. */
  readonly ledger: LedgerId | undefined
  readonly segments: ReadonlyArray<SegmentReport>
  /** Events that are here, up to the first bad line. */
  readonly events: number
  /** Events of types or versions that this program does not know; those in segments judged by their sum are not counted. */
  readonly unknown: number
  readonly head: { readonly seq: Seq; readonly h: string }
  /** Older events that are not here: archived, or never copied. */
  readonly missing: EventRange | undefined
  /** Older events are not here, nor is the state that they left behind: nothing can be folded before they are put back. */
  readonly lacksBase: { readonly path: string; readonly why: string } | undefined
  /** What dead writers left behind and later ones sealed. */
  readonly junk: ReadonlyArray<ByteRange>
  /** Damage that an operator accepted with `repair`, and the events it cost. */
  readonly accepted: ReadonlyArray<ByteRange & { readonly lost: EventRange | undefined }>
  /** Half a line at the end: not yet sealed, or being written now. */
  readonly tornTail: ByteRange | undefined
  /** `seq` is the event that should stand there. */
  readonly firstBad: Bad | undefined
  readonly checkpoints: ReadonlyArray<CheckpointReport>
}

export interface SegmentReport {
  readonly path: string
  readonly first: Seq
  readonly last: Seq
  readonly bytes: number
  readonly isSealed: boolean
  /** It was judged by its sum. */
  readonly bySum: boolean
}

/** Lines count from 1 in each file, offset and length are in bytes. */
export interface ByteRange {
  readonly path: string
  readonly line: number
  readonly offset: number
  readonly length: number
}

/** Both included. */
export interface EventRange {
  readonly from: Seq
  readonly to: Seq
}

export interface Bad {
  readonly path: string
  readonly line: number
  readonly offset: number
  readonly seq: Seq
  readonly why: string
}

export interface CheckpointReport {
  readonly checkpoint: Checkpoint
  /**
   * `rewritten`: another event stands there. `truncated`: the ledger ends before it. `archived`, `damaged`: what it is
   * about cannot be read here.
   */
  readonly verdict: "held" | "rewritten" | "truncated" | "another ledger" | "archived" | "damaged"
}

/**
 * Takes the folder of a ledger or its `ledger.jsonl`, and checks all segments; or any other file, and checks it alone.
 * Damage is an answer; the failures are those of reading at all.
 */
export const verify = Effect.fn("verify")(function* (
  path: string,
  options: Options = {}
): Effect.fn.Return<VerifyReport, LedgerError> {
  const audit = yield* Audit.run(path, options)
  const checkpoints = (options.checkpoints ?? []).map((checkpoint) => ({
    checkpoint,
    verdict: Evidence.judge(audit, checkpoint)
  }))
  const { heads: _heads, ...report } = audit
  return { ...report, checkpoints, isComplete: Evidence.isComplete(checkpoints) }
})
