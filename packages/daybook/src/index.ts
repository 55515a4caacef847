/**
 * Daybook: an event-sourced credential ledger. Programs that share OAuth logins get tokens from one pool,
 * and a ledger that says what happened to each.
 */
export { LockError } from "@daybook/files/LockError"
export { AppendError, LedgerError } from "@daybook/ledger/LedgerError"
export { defineProvider, type Provider, type ProviderOptions } from "@daybook/oauth/Provider"
export { oauth2 } from "@daybook/oauth/OAuth2"
export { openAiCodex, openAiCodexAt } from "@daybook/oauth/OpenAiCodex"
export type { Policy } from "@daybook/pool/Policy"
export type { Recorded } from "@daybook/pool/Recorded"
export type { PoolStatus } from "@daybook/pool/queries/Status"
export { RefreshError } from "@daybook/pool/RefreshError"
export type { ApiVerdict } from "@daybook/pool/Verdict"
export { CredentialPool } from "@daybook/refresher/CredentialPool"
export { NoneAvailable, UnknownCredential } from "@daybook/refresher/PoolError"
export type { ApiAnswer } from "@daybook/refresher/ReportAnswer"
export type { StoreSource } from "@daybook/vault/Vault"
export { codexCliAuthFile, daybookHome, hermesAuthFile } from "./Home.ts"
export { history, type HistoryOptions } from "./History.ts"
export { type GetTokenOptions, openPool, type Pool, type Token } from "./Pool.ts"
export { layer, type PoolOptions, type PoolServices } from "./PoolLayer.ts"
