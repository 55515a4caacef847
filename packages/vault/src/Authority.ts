/**
 * The one store a grant lives in, seen as a slot for its tokens. Whoever spends the grant holds `lock` around
 * `read`, `store` and `clear`; the last two look again at what is there and change nothing that they did not expect.
 */
import type { Instant } from "@daybook/pool/Instant"
import type { StoreRef } from "@daybook/pool/StoreRef"
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { type Duration, Effect, type Scope } from "effect"
import type { AuthError } from "./Login.ts"
import { StoreError, type StoreOperation } from "./StoreError.ts"

export interface Authority {
  readonly ref: StoreRef
  /** False if the login is borrowed or the store is bound to another ledger; then all but `read` fail. */
  readonly writable: boolean
  readonly whyReadOnly?: string
  /** For how many milliseconds the lock may be held at most, since other programs wait for it too. */
  readonly holdLimit?: number
  /** The grant's lock; it ends with the scope, and with the process. Answers since when it is held. */
  readonly lock: (wait: Duration.Input) => Effect.Effect<Instant, StoreError, Scope.Scope>
  /** Blank if nothing is there. Blank strings are nothing. */
  readonly read: Effect.Effect<TokenSet, StoreError>
  /**
   * Whether the store proves that its program removed the login, which was known under this source. What is unreadable,
   * missing or begun anew proves nothing. Absent where nothing can be proven.
   */
  readonly hasRemoved?: (source: string) => Effect.Effect<boolean>
  /** What the store says of a login whose tokens its program took away; absent where stores say nothing. */
  readonly lastAuthError?: Effect.Effect<AuthError | undefined, StoreError>
  /**
   * Writes if `replaces(found)`, durably. What `next` does not say of the login is kept, such as its account, deadline
   * and refresh token: an answer without a new one leaves the old one valid (RFC 6749 section 6).
   */
  readonly store: (next: TokenSet, replaces: (found: TokenSet) => boolean) => Effect.Effect<Stored, StoreError>
  /** Removes the tokens if `isDead(found)`, and says in the store why. */
  readonly clear: (isDead: (found: TokenSet) => boolean, note: Note) => Effect.Effect<Cleared, StoreError>
  /** Takes the whole login away, durably; only where no other program reads it. Gone already is done. */
  readonly remove?: Effect.Effect<void, StoreError>
}

export interface Note {
  readonly code: string
  readonly message: string
  readonly at: Instant
}

export type Stored = { readonly _tag: "Stored" } | { readonly _tag: "Mismatch"; readonly found: TokenSet }

/** `removed` are the ids of rows that went with the login; `why` says why nothing was cleared. */
export interface Cleared {
  readonly cleared: boolean
  readonly removed: ReadonlyArray<string>
  readonly why?: string
}

/**
 * What the slot holds after `store`: all that was there but the access token and its end, under what `next` says. What
 * stands beside blank tokens was another login's.
 */
export const successor = (found: TokenSet, next: TokenSet, now: Instant): TokenSet => {
  if (isBlank(found)) return { refreshedAt: now, ...next }
  const { access: _access, expiresAt: _expiresAt, ...kept } = found
  return { ...kept, refreshedAt: now, ...next }
}

/** What the slot holds after `clear`: when the login was made, and when its grant ends, is no fact of the next one. */
export const withoutLogin = (found: TokenSet): TokenSet => {
  const { access: _access, deadline: _deadline, loggedInAt: _loggedInAt, refresh: _refresh, ...kept } = found
  return kept
}

/** The answer of `clear` when it must not touch what is there; nothing when it may. */
export const notCleared = (found: TokenSet, isDead: (found: TokenSet) => boolean): Cleared | undefined => {
  if (isBlank(found)) return { cleared: false, removed: [], why: "the store holds no tokens" }
  if (!isDead(found)) return { cleared: false, removed: [], why: "the store holds other tokens by now" }
  return undefined
}

/** An authority that only answers `read`. */
export const readOnly = (options: {
  readonly ref: StoreRef
  readonly why: string
  /** Folder of the ledger that may write. */
  readonly owner?: string
  readonly read: Effect.Effect<TokenSet, StoreError>
}): Authority => {
  const { owner, read, ref, why } = options
  const refuse = (operation: StoreOperation) =>
    Effect.fail(
      new StoreError({
        operation,
        path: ref.path ?? ref.slot,
        reason: { _tag: "ReadOnly", why, ...(owner !== undefined && { owner }) }
      })
    )
  return {
    ref,
    writable: false,
    whyReadOnly: why,
    read,
    lock: () => refuse("lock"),
    store: () => refuse("store"),
    clear: () => refuse("clear")
  }
}
