/**
 * Everything the refresh protocol stands on.
 */
import type { Ledger } from "@daybook/ledger/Ledger"
import type { Providers } from "@daybook/oauth/Providers"
import type { TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import type { UsageEndpoint } from "@daybook/oauth/UsageEndpoint"
import type { Fingerprints } from "@daybook/pool/Fingerprint"
import type { Quarantine } from "@daybook/vault/Quarantine"
import type { Stash } from "@daybook/vault/Stash"
import type { Vault } from "@daybook/vault/Vault"
import type { TokenMemory } from "./TokenMemory.ts"
import type { Uses } from "./Uses.ts"

export type RefreshServices =
  | Fingerprints
  | Ledger
  | Providers
  | Quarantine
  | Stash
  | TokenEndpoint
  | TokenMemory
  | UsageEndpoint
  | Uses
  | Vault
