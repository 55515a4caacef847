/**
 * Why another program's login did not become one of the pool's. Nothing was changed then.
 */
import type { Credential } from "@daybook/pool/PoolState"
import { Data } from "effect"

export type ImportReason =
  /** Something is not there, or is over, as a clause: `its access token is over`. */
  | { readonly _tag: "Flawed"; readonly why: string }
  /** The provider was asked about it and did not say yes. */
  | { readonly _tag: "Refused"; readonly why: string }
  /** Its program wrote it anew while it was looked at. */
  | { readonly _tag: "Changed" }
  /** It stands in a store that Daybook may refresh, and no import is needed. */
  | { readonly _tag: "Shared" }
  /** A credential of the pool, or a removed one, has its refresh token; or had it, and has spent it. */
  | { readonly _tag: "Twin"; readonly twin: Credential; readonly spent: boolean }

export class ImportError extends Data.TaggedError("ImportError")<{
  readonly path: string
  /** What its own program does about it: `it belongs to the Codex CLI; run codex to renew it`. */
  readonly owner: string
  readonly reason: ImportReason
}> {
  override get message(): string {
    return `The login in ${this.path} is not imported: ${clause(this)}.`
  }
}

const clause = ({ owner, reason }: ImportError): string => {
  switch (reason._tag) {
    case "Flawed":
      return `${reason.why}; ${owner}, then import it again`
    case "Refused":
      return `${reason.why}; ${owner}, then import it again`
    case "Changed":
      return "its program has just written it anew; import it again"
    case "Shared":
      return "Daybook may refresh what is in this store; enrol the store in place of importing from it"
    case "Twin":
      return twin(reason)
  }
}

const twin = ({ spent, twin: { id, removed } }: Extract<ImportReason, { readonly _tag: "Twin" }>): string => {
  if (removed) return `${id}, which was removed from this pool, has spent its refresh token; log in again`
  return `${id} in this pool has ${spent ? "spent its refresh token" : "the same refresh token"}, and is all that is needed`
}
