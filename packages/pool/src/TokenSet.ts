/**
 * The secret half of a generation: what a credential file or a token response holds.
 * It never becomes part of an event; `Generation` is what may be recorded of it.
 */
import type { Redacted } from "effect"
import type { Instant } from "./Instant.ts"

export interface TokenSet {
  /** The access token, or the API key. */
  readonly access?: Redacted.Redacted<string>
  readonly refresh?: Redacted.Redacted<string>
  readonly idToken?: Redacted.Redacted<string>
  /** The provider's stable name of the account; a workspace id for Codex. */
  readonly account?: string
  readonly expiresAt?: Instant
  /** When the store says that these tokens were written. */
  readonly refreshedAt?: Instant
  /** When the login itself was made, where the store knows; a grant's deadline may count from it. */
  readonly loggedInAt?: Instant
  /** When the whole grant ends, as an answer announced it. */
  readonly deadline?: Instant
  /** The address of the API that came with the tokens, such as Qwen's `resource_url`. */
  readonly resource?: string
}

/** Neither token is there, or both are blank: an observation of nothing, never of a rotation. */
export const isBlank = (tokens: TokenSet): boolean => tokens.access === undefined && tokens.refresh === undefined
