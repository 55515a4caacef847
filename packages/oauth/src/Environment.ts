/** How a program finds a credential in its environment: in the variables that the provider's client libraries read. */
import type { Provider } from "./Provider.ts"
import type { CredentialKind } from "./Rule.ts"

/**
 * The variable for a login's access token or an API key, if there is one. For the keys of a provider that nobody has
 * defined, the custom of the field: `OPENROUTER_API_KEY` for `openrouter`.
 */
export const variableOf = (
  provider: Pick<Provider, "variables"> | undefined,
  id: string,
  kind: CredentialKind
): string | undefined => {
  if (provider !== undefined) return kind === "apiKey" ? provider.variables?.key : provider.variables?.login
  return kind === "apiKey" && /^[a-z]/i.test(id) ? `${nameIn(id)}_API_KEY` : undefined
}

/** The other variable of the same provider: client libraries that find both may use the wrong one. */
export const otherVariableOf = (
  provider: Pick<Provider, "variables"> | undefined,
  variable: string
): string | undefined => Object.values(provider?.variables ?? {}).find((name) => name !== variable)

/** An id as part of a variable's name. */
export const nameIn = (id: string): string => id.toUpperCase().replace(/[^A-Z0-9]+/g, "_")
