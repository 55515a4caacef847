/**
 * Why a pool gave no token. `NoneAvailable` carries every credential that was passed over, and the earliest
 * instant at which asking again makes sense.
 */
import { isAddress } from "@daybook/pool/decisions/Membership"
import type { CredentialId } from "@daybook/pool/Ids"
import { format, type Instant } from "@daybook/pool/Instant"
import type { RefreshError } from "@daybook/pool/RefreshError"
import type { StoreError } from "@daybook/vault/StoreError"
import { Data } from "effect"

export interface PassedOver {
  readonly credential: CredentialId
  readonly label?: string | undefined
  readonly why: string
  /** The same as it is recorded: without what is for this reader only. */
  readonly reason: string
  readonly until?: Instant | undefined
}

export class NoneAvailable extends Data.TaggedError("NoneAvailable")<{
  readonly provider: string
  readonly passed: ReadonlyArray<PassedOver>
  /** When the first of them may be back; absent if only a person can help. */
  readonly until: Instant | undefined
  /** Where credentials were looked for, if the pool has none of this provider. */
  readonly looked?: ReadonlyArray<string>
  /** What could not be read there. */
  readonly problems?: ReadonlyArray<StoreError>
}> {
  override get message(): string {
    if (this.passed.length === 0) return nothingThere(this)
    const reasons = this.passed.map(({ credential, why }) => `  ${credential}: ${why}`)
    return [`No credential of "${this.provider}" is available; ${whenBack(this)}.`, ...reasons].join("\n")
  }
}

/** Of one that nothing else keeps from being used. */
export const refusedAlready = "refused already for this very request"

const whenBack = ({ passed, until }: NoneAvailable): string => {
  if (until !== undefined) return `try again at ${format(until)}`
  return passed.some(({ reason }) => reason === refusedAlready) ? "no other is left" : "a person has to act first"
}

const nothingThere = ({ looked = [], problems = [], provider }: NoneAvailable): string => {
  if (problems.length > 0) return problems.map(({ message }) => message).join("\n")
  const places = looked.length === 0 ? "" : ` and none is in ${looked.join(" or ")}`
  return `No credential of "${provider}" is in this pool${places}. \`daybook login ${provider}\` or \`daybook enrol\` puts one there.`
}

export class UnknownCredential extends Data.TaggedError("UnknownCredential")<{
  readonly credential: string
  readonly known: ReadonlyArray<string>
}> {
  override get message(): string {
    const known = `No credential "${this.credential}" is in this pool. It has: ${this.known.toSorted().join(", ") || "none"}.`
    // The ledger keeps no address, so the views take it from the store.
    return isAddress(this.credential)
      ? `${known} An address is not a name: take the id that \`daybook list\` shows beside it.`
      : known
  }
}

/** Several credentials have the label; their ids tell them apart. */
export class AmbiguousCredential extends Data.TaggedError("AmbiguousCredential")<{
  readonly label: string
  readonly ids: ReadonlyArray<CredentialId>
}> {
  override get message(): string {
    return `"${this.label}" is the label of several credentials. Name one by its id: ${this.ids.join(", ")}.`
  }
}

/** Nobody has defined a provider of this name, and no credential in the pool is of one. */
export class UnknownProvider extends Data.TaggedError("UnknownProvider")<{
  readonly provider: string
  readonly known: ReadonlyArray<string>
}> {
  override get message(): string {
    return `No provider "${this.provider}" is defined here, and the pool has no API key of it. Defined are: ${this.known.join(", ")}. Name one of these, put a key into a store of the pool, or define the provider and hand it to \`openPool({ providers })\`.`
  }
}

/** The pool was closed before this call, or while it waited. */
export class PoolClosed extends Data.TaggedError("PoolClosed") {
  override get message(): string {
    return "This pool is closed. Open another one with `openPool()`, and close it after its last use."
  }
}

/** A request was about to carry a credential to where its provider is not. It was not sent. */
export class ForbiddenOrigin extends Data.TaggedError("ForbiddenOrigin")<{
  readonly provider: string
  readonly origin: string
  readonly allowed: ReadonlyArray<string>
}> {
  override get message(): string {
    const where = this.allowed.length === 0 ? "nowhere, so far" : `to ${this.allowed.join(", ")} only`
    return `The request to ${this.origin} was not sent: credentials of "${this.provider}" go ${where}. If they belong there, name the origin in \`apiOrigins\` of the provider's definition.`
  }
}

export type TokenError = RefreshError | NoneAvailable | UnknownCredential | AmbiguousCredential | UnknownProvider
