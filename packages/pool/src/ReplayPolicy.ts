/**
 * Whether a refresh token whose outcome is unknown may be sent again: a property of the provider.
 */
export type ReplayPolicy =
  /** Refresh tokens do not rotate, or a replay gives the same successor. */
  | { readonly _tag: "anytime" }
  /** A replay within so many milliseconds gives the same successor; after that it is punished. */
  | { readonly _tag: "withinGrace"; readonly millis: number }
  /** A replay may cost the whole family, so only when the access token is of no more use. */
  | { readonly _tag: "afterExpiry" }
  | { readonly _tag: "never" }
