/**
 * What one answer or one file gave us, as far as it may be recorded: fingerprints and times.
 * Two generations may share a refresh token, when a provider does not rotate it.
 */
import { Schema } from "effect"
import { Fingerprint } from "./Fingerprint.ts"
import { Instant } from "./Instant.ts"

/** Names a generation: the pair of fingerprints. */
export const GenerationRef = Schema.Struct({
  access: Schema.optionalKey(Fingerprint),
  refresh: Schema.optionalKey(Fingerprint)
})
export type GenerationRef = typeof GenerationRef.Type

export const Generation = Schema.Struct({
  ...GenerationRef.fields,
  /** When the access token ends, as far as anyone said. */
  expiresAt: Schema.optionalKey(Instant),
  issuedAt: Schema.optionalKey(Instant),
  /** Fingerprint of provider and stable subject. */
  account: Schema.optionalKey(Fingerprint),
  /** Who it is in an account of several, fingerprinted alike: each has a quota of his own. */
  seat: Schema.optionalKey(Fingerprint),
  /** When the whole grant ends, whatever is refreshed. */
  deadline: Schema.optionalKey(Instant)
})
export type Generation = typeof Generation.Type

export const refOf = (generation: GenerationRef): GenerationRef => ({
  ...(generation.access === undefined ? {} : { access: generation.access }),
  ...(generation.refresh === undefined ? {} : { refresh: generation.refresh })
})

export const isSame = (a: GenerationRef, b: GenerationRef): boolean => a.access === b.access && a.refresh === b.refresh
