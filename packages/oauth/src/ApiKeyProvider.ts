/** A provider without logins: its credentials are API keys, so there is nothing to ask an authorization server. */
import { defineProvider, type Provider } from "./Provider.ts"

export type ApiKeyProviderOptions = Pick<Provider, "id" | "apiOrigins"> &
  Partial<Pick<Provider, "name" | "keyHeader" | "rules" | "relogin">>

/** Resolves nowhere (RFC 2606 section 2). */
const nowhere = "https://no-token-endpoint.invalid/"

/**
 * @throws InvalidProvider
 * @example
 * apiKeyProvider({ id: "openrouter", apiOrigins: ["https://openrouter.ai"] })
 */
export const apiKeyProvider = (options: ApiKeyProviderOptions): Provider =>
  defineProvider({
    tokenEndpoint: nowhere,
    relogin: `Put a new API key for ${options.name ?? options.id} in its place.`,
    ...options
  })
