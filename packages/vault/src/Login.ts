/** One login or API key as a store shows it: who may use it how, and the tokens it holds now. */
import type { Instant } from "@daybook/pool/Instant"
import type { StoreRef } from "@daybook/pool/StoreRef"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { StoreError } from "./StoreError.ts"

export interface Login {
  /** Its authority: the one place that counts. Other places that show the same grant are not logins of their own. */
  readonly store: StoreRef
  readonly provider: string
  readonly kind: "oauth" | "apiKey"
  /** `borrowed`: another program's, never spent and never written. */
  readonly ownership: "owned" | "borrowed"
  /** In the store's words, such as `device_code`, `manual` or `env:OPENAI_API_KEY`. */
  readonly source: string
  /** The store's own short name for it. */
  readonly id?: string
  readonly label?: string
  /** The lowest is preferred. */
  readonly priority: number
  /** Blank when the login is there but its tokens are gone. */
  readonly tokens: TokenSet
  /** Why the tokens are gone, or why the program that keeps them says that they are dead. */
  readonly lastAuthError?: AuthError
}

export interface AuthError {
  readonly code: string
  readonly message: string
  /** In the store's words, on which way that came about. */
  readonly reason?: string
  readonly at?: Instant
}

/** What could be listed, and what could not: one bad file hides no other. */
export interface Survey {
  readonly logins: ReadonlyArray<Login>
  readonly problems: ReadonlyArray<StoreError>
}
