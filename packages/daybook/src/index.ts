/**
 * Daybook: an event-sourced credential ledger. Programs that share OAuth logins get tokens from one pool,
 * and a ledger that says what happened to each.
 */
export { LockError } from "@daybook/files/LockError"
export { AppendError, LedgerError } from "@daybook/ledger/LedgerError"
export {
  defineProvider,
  InvalidProvider,
  type Provider,
  providerAt,
  type ProviderOptions
} from "@daybook/oauth/Provider"
export { defaultProviders } from "@daybook/oauth/Providers"
export { apiKeyProvider, type ApiKeyProviderOptions } from "@daybook/oauth/ApiKeyProvider"
export { oauth2, type OAuth2Options } from "@daybook/oauth/OAuth2"
export { anthropic } from "@daybook/oauth/providers/Anthropic"
export { copilot } from "@daybook/oauth/providers/Copilot"
export { googleGemini } from "@daybook/oauth/providers/GoogleGemini"
export { kimi } from "@daybook/oauth/providers/Kimi"
export { minimaxOAuth } from "@daybook/oauth/providers/MinimaxOAuth"
export { nous } from "@daybook/oauth/providers/Nous"
export { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
export { qwenOAuth } from "@daybook/oauth/providers/QwenOAuth"
export { xaiOAuth } from "@daybook/oauth/providers/XaiOAuth"
export type { Rule } from "@daybook/oauth/Rule"
export { InvalidPolicy } from "@daybook/pool/CheckedPolicy"
export { hermes as hermesPolicy, olderHermes as olderHermesPolicy } from "@daybook/pool/HermesPolicy"
export { defaults as defaultPolicy, type Policy } from "@daybook/pool/Policy"
export type { Recorded } from "@daybook/pool/Recorded"
export type { Candidate, Explanation } from "@daybook/pool/queries/Explain"
export type { PoolStatus } from "@daybook/pool/queries/Status"
export { RefreshError } from "@daybook/pool/RefreshError"
export type { ApiVerdict } from "@daybook/pool/Verdict"
export { CredentialPool } from "@daybook/refresher/CredentialPool"
export type { LoginMethod } from "@daybook/oauth/LoginMethods"
export { ImportError } from "@daybook/refresher/ImportError"
export { type Imported, ImportLogin, type Looked } from "@daybook/refresher/ImportLogin"
export { LogIn, type Wish } from "@daybook/refresher/LogIn"
export { LogInError } from "@daybook/refresher/LogInError"
export { type LoggedOut, LogOut } from "@daybook/refresher/LogOut"
export { LogOutError } from "@daybook/refresher/LogOutError"
export type { Person, Prompt } from "@daybook/refresher/Person"
export { Operator } from "@daybook/refresher/Operator"
export { OperatorError } from "@daybook/refresher/OperatorError"
export { type Attempted, CredentialUse, type Step, type UseOptions } from "@daybook/refresher/CredentialUse"
export {
  AmbiguousCredential,
  ForbiddenOrigin,
  NoneAvailable,
  PoolClosed,
  UnknownCredential,
  UnknownProvider
} from "@daybook/refresher/PoolError"
export type { OnEvent } from "@daybook/refresher/Listeners"
export type { Notice } from "@daybook/refresher/PoolNotice"
export type { ApiAnswer } from "@daybook/refresher/ReportAnswer"
export type { StoreSource } from "@daybook/vault/Vault"
export { credentialOf, type FetchOptions } from "./Fetch.ts"
export { codexCliAuthFile, daybookHome, hermesAuthFile } from "./Home.ts"
export type { AccessTokenFunction, KeyOptions } from "./KeyFunctions.ts"
export { loginFilesOf } from "./LoginFiles.ts"
export { history, type HistoryOptions } from "./History.ts"
export { type ExplainOptions, type GetTokenOptions, openPool, type Pool, type Token } from "./Pool.ts"
export { layer, type PoolOptions, type PoolServices } from "./PoolLayer.ts"
export type { ProviderId } from "./ProviderId.ts"
export { type DaybookError, isDaybookError, result, type Result } from "./Result.ts"
export type { Credential, Report, WithCredentialOptions } from "./WithCredential.ts"
