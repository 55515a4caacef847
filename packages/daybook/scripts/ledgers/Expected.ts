/**
 * What a recorded ledger is expected to show: written from the fault that is about to be injected, before the run, and
 * never adjusted to what a query answers.
 */
import { CauseWord } from "@daybook/pool/queries/Cause"
import { loopKinds } from "@daybook/pool/queries/Loops"
import { Schema } from "effect"

/** What a credential is asked about, and the cause that must be named. */
export const Asked = Schema.Struct({
  credential: Schema.String,
  /** The moment that is asked about; the head of the ledger if absent. */
  at: Schema.optionalKey(Schema.String),
  cause: CauseWord,
  /** What a person must be told to do next, where only that helps. */
  next: Schema.optionalKey(Schema.String)
})

export const Expected = Schema.Struct({
  name: Schema.String,
  /** The complaint that it stands for. */
  story: Schema.String,
  /** What was done to it on purpose. */
  fault: Schema.String,
  asked: Schema.NonEmptyArray(Asked),
  /** Kinds of loops, each once; empty: no loop. */
  loops: Schema.Array(Schema.Literals(loopKinds)),
  /** Requests that carry the token after the provider called it dead, by the name of a policy file beside it. */
  deadTokenRequests: Schema.optionalKey(Schema.Record(Schema.String, Schema.Natural))
})
export type Expected = typeof Expected.Type
