/**
 * How a request to a model API carries a credential: in the provider's own headers, in place of whatever stood there.
 * Ask `mayReceiveTokens` first.
 */
import { Redacted } from "effect"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { apiHeadersOf } from "./Describe.ts"
import type { Provider } from "./Provider.ts"
import type { CredentialKind } from "./Rule.ts"

type Api = Pick<Provider, "apiHeaders" | "keyHeader">

/** Headers with the token in clear, names in lower case. An API key says by itself whose it is. */
export const revealForApi = (provider: Api, kind: CredentialKind, tokens: TokenSet): Record<string, string> => {
  const token = tokens.access === undefined ? "" : Redacted.value(tokens.access)
  if (kind === "apiKey" && provider.keyHeader !== undefined) return { [provider.keyHeader.toLowerCase()]: token }
  const bearer = { authorization: `Bearer ${token}` }
  return kind === "apiKey" ? bearer : { ...lowerCased(apiHeadersOf(provider, tokens)), ...bearer }
}

/** Whether a header can have it as its value (RFC 9110 section 5.5). Blanks around it are no part of it. */
export const isCarriable = ({ access }: TokenSet): boolean =>
  access === undefined || /^[\t\x20-\x7e\x80-\xff]*$/.test(Redacted.value(access).trim())

/**
 * The caller's headers with the credential's. What a client library put where a credential stands is a placeholder and
 * goes. What the caller says itself beside that counts: features are added to its own, fixed words yield to its own.
 */
export const carrying = (own: Headers, provider: Api, revealed: Readonly<Record<string, string>>): Headers => {
  const headers = new Headers(own)
  for (const name of placesOfCredentials) headers.delete(name)
  for (const [name, value] of Object.entries(revealed)) headers.set(name, joined(headers, provider, name, value))
  return headers
}

/** RFC 9110 section 11.6.2; Anthropic; Google; Azure. */
const placesOfCredentials = ["authorization", "x-api-key", "x-goog-api-key", "api-key"]

const joined = (headers: Headers, { apiHeaders }: Api, name: string, value: string): string => {
  const said = headers.get(name)
  if (said === null) return value
  if (isFeatures(name)) return said.split(/\s*,\s*/).includes(value) ? said : `${said},${value}`
  return isFixed(apiHeaders, name) ? said : value
}

/** A list (RFC 9110 section 5.3), such as `anthropic-beta`. */
const isFeatures = (name: string): boolean => name.endsWith("-beta")

/** Not read from a token: then the caller's word would be about another login. */
const isFixed = (apiHeaders: Api["apiHeaders"], name: string): boolean =>
  Object.entries(apiHeaders).some(([header, value]) => header.toLowerCase() === name && typeof value === "string")

const lowerCased = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
