/**
 * Which store a grant lives in, and where in it. A grant has exactly one such place, its authority.
 */
import { Schema } from "effect"

/**
 * `own`: Daybook's own file per grant; `file`: another program's file, read as its provider declares it; the rest are
 * files with a reader of their own, the environment, or this process.
 */
export const StoreKind = Schema.Literals(["own", "hermes", "codex-cli", "file", "env", "memory"])
export type StoreKind = typeof StoreKind.Type

export const StoreRef = Schema.Struct({
  kind: StoreKind,
  /** Absolute path of the file; absent for the environment and for memory. */
  path: Schema.optionalKey(Schema.String),
  /** The place inside it, such as `providers.openai-codex`, `claudeAiOauth` or `env:NAME`. */
  slot: Schema.String
})
export type StoreRef = typeof StoreRef.Type
