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
  /** It is in the pool already, in another place. */
  | { readonly _tag: "Twin"; readonly member: Credential }

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
      return `${reason.member.id} in this pool has the same refresh token, and is all that is needed`
  }
}
