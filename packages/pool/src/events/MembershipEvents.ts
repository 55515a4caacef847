/**
 * STORAGE CONTRACT. What operators and logins did to the pool's membership.
 * Never rename a type or a field and never reuse one: add an optional field, or a new event.
 */
import { Schema } from "effect"
import { Fingerprint } from "../Fingerprint.ts"
import { GrantId, LedgerId } from "../Ids.ts"
import { credentialEvent, poolEvent } from "../internal/define.ts"
import { StoreKind, StoreRef } from "../StoreRef.ts"

/** A label that looks like an address is recorded as a fingerprint only. */
const label = { label: Schema.optionalKey(Schema.String), labelFingerprint: Schema.optionalKey(Fingerprint) }

export const CredentialEnrolled = credentialEvent("CredentialEnrolled", {
  provider: Schema.NonEmptyString,
  kind: Schema.Literals(["oauth", "apiKey"]),
  grant: GrantId,
  ...label,
  /** 0 comes first. */
  priority: Schema.Int,
  /** The store's own word for where the login came from: `device_code`, `manual`, `env:NAME`. */
  source: Schema.String,
  ownership: Schema.Literals(["owned", "borrowed"]),
  store: StoreRef
})

export const CredentialRemoved = credentialEvent("CredentialRemoved", {
  by: Schema.Literals(["operator", "store", "quarantine"])
})
export const CredentialPaused = credentialEvent("CredentialPaused", { keepalive: Schema.optionalKey(Schema.Boolean) })
export const CredentialResumed = credentialEvent("CredentialResumed", {})
export const CredentialRelabelled = credentialEvent("CredentialRelabelled", label)
export const CredentialPrioritised = credentialEvent("CredentialPrioritised", { priority: Schema.Int })
/** A file that only one ledger may spend from was taken from another one. */
export const StoreTakenOver = poolEvent("StoreTakenOver", {
  store: StoreKind,
  path: Schema.String,
  /** The ledger that it was bound to, and its folder. */
  from: LedgerId,
  folder: Schema.String
})
export const LoginCompleted = credentialEvent("LoginCompleted", { grant: GrantId })
export const LogoutPerformed = credentialEvent("LogoutPerformed", { grant: GrantId, revoked: Schema.Boolean })
