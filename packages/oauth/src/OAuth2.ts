/** Any authorization server that keeps to RFC 6749, for which nothing special is known. */
import { defineProvider, type Provider, type ProviderOptions } from "./Provider.ts"

/**
 * Refreshes as RFC 6749 section 6 says, with a form-encoded body; expiry from `expires_in`, else from the access
 * token's `exp` if that is a JWT.
 * @throws InvalidProvider
 */
export const oauth2 = (options: ProviderOptions): Provider => defineProvider(options)
