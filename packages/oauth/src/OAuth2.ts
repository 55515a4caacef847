/** Any authorization server that keeps to RFC 6749, for which nothing special is known. */
import { defineProvider, type Provider, type ProviderOptions } from "./Provider.ts"

/** Its token endpoint, or the issuer at which it is asked for (RFC 8414); then it is believed on the issuer's host and below it. */
export type OAuth2Options = Omit<ProviderOptions, "tokenEndpoint"> &
  ({ readonly tokenEndpoint: ProviderOptions["tokenEndpoint"] } | { readonly issuer: string })

/**
 * Refreshes as RFC 6749 section 6 says, with a form-encoded body; expiry from `expires_in`, else from the access
 * token's `exp` if that is a JWT.
 * @throws InvalidProvider
 */
export const oauth2 = (options: OAuth2Options): Provider => {
  if ("tokenEndpoint" in options) return defineProvider(options)
  const { issuer, ...others } = options
  const hosts = URL.canParse(issuer) ? [new URL(issuer).hostname] : []
  return defineProvider({ ...others, tokenEndpoint: { issuer, document: "oauth", hosts } })
}
