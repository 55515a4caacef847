/** A fault, what a ledger must show of it, and how it comes about. */
import type { Policy } from "@daybook/pool/Policy"
import type { SandboxError } from "@daybook/sandbox/SandboxError"
import type { Effect, Scope } from "effect"
import type { Expected } from "./Expected.ts"
import type { OffScript } from "./Program.ts"
import type { Stage } from "./Stage.ts"

export interface Scenario extends Expected {
  /** Overrides of the default policy, for every program of the story. */
  readonly policy?: Partial<Policy>
  /** Policies to be compared, by the name of the file that is written beside the ledger. */
  readonly policies?: Readonly<Record<string, Policy>>
  /** Fails if the story took another course than the fault wants. */
  readonly run: (stage: Stage) => Effect.Effect<void, OffScript | SandboxError, Scope.Scope>
}
