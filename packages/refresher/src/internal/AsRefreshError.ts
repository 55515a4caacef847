/**
 * Failures of ledger and stores, as reasons to wait: the grant itself is not judged by them.
 */
import type { AppendError, LedgerError } from "@daybook/ledger/LedgerError"
import type { RefreshError } from "@daybook/pool/RefreshError"
import type { StoreError } from "@daybook/vault/StoreError"
import { type Target, transient } from "../Target.ts"

export type Trouble = RefreshError | AppendError | LedgerError | StoreError

/** The grant moved between reading and deciding: look again, and decide again. */
export const isMoved = (trouble: Trouble): boolean =>
  trouble._tag === "AppendError" && trouble.reason._tag === "Conflict"

export const asRefreshError = (target: Target, trouble: Trouble): RefreshError => {
  switch (trouble._tag) {
    case "RefreshError":
      return trouble
    case "StoreError":
      return transient(target.credential, trouble.reason._tag === "Busy" ? "Busy" : "StoreUnavailable", trouble.message)
    case "AppendError":
    case "LedgerError":
      return transient(target.credential, "LedgerUnavailable", trouble.message)
  }
}
