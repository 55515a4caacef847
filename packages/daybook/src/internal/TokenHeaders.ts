/** The headers of a token, read out of it once: a token is served a thousand times, and its claims are JSON. */
import { revealForApi } from "@daybook/oauth/ApiRequest"
import type { Provider } from "@daybook/oauth/Provider"
import type { Token } from "@daybook/refresher/CredentialPool"

const known = new WeakMap<Token, Readonly<Record<string, string>>>()

/** In clear, names in lower case. A token is of one provider, whose definition does not change while a pool is open. */
export const headersOf = (provider: Provider, token: Token): Readonly<Record<string, string>> => {
  const before = known.get(token)
  if (before !== undefined) return before
  const headers = Object.freeze(revealForApi(provider, token.kind, token.tokens))
  known.set(token, headers)
  return headers
}
