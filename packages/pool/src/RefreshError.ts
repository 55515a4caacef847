/**
 * Why a refresh gave no token. Callers branch on `reason._tag`: wait, log in again, or look again.
 */
import { Schema } from "effect"
import { GenerationRef } from "./Generation.ts"
import { CredentialId, GrantId } from "./Ids.ts"
import { format, Instant } from "./Instant.ts"
import { TerminalReason, TransientReason } from "./Verdict.ts"
import { Winner } from "./events/RefreshEvents.ts"

/** The grant is presumed alive. Without `retryAt`: not before something changes. */
export class Transient extends Schema.TaggedError<Transient>()("Transient", {
  reason: TransientReason,
  retryAt: Schema.optionalKey(Instant),
  /** What happened, for people. */
  detail: Schema.String
}) {}

/** This generation is dead; only a new login, or an operator, brings the credential back. */
export class Terminal extends Schema.TaggedError<Terminal>()("Terminal", {
  reason: TerminalReason,
  rule: Schema.String,
  since: Schema.optionalKey(Instant),
  /** What a person does now. */
  remedy: Schema.String
}) {}

/** Another actor moved the grant on; the generation it left is there to be used. */
export class Raced extends Schema.TaggedError<Raced>()("Raced", {
  found: GenerationRef,
  winner: Winner
}) {}

export class RefreshError extends Schema.TaggedError<RefreshError>()("RefreshError", {
  provider: Schema.String,
  credential: CredentialId,
  grant: GrantId,
  reason: Schema.Union([Transient, Terminal, Raced])
}) {
  override get message(): string {
    return `${this.provider} (${this.credential}): ${describe(this.reason)}`
  }
}

const describe = (reason: Transient | Terminal | Raced): string => {
  switch (reason._tag) {
    case "Transient":
      return `${reason.reason}, ${reason.detail}${reason.retryAt === undefined ? "" : `; not before ${format(reason.retryAt)}`}`
    case "Terminal":
      return `the login is dead (${reason.reason}, rule ${reason.rule}). ${reason.remedy}`
    case "Raced":
      return "another process refreshed it first; ask for the token again"
  }
}
