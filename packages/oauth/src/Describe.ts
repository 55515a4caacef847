/** What tokens say about themselves, unverified and in clear: fingerprint subject and address before recording them. */
import type { Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { type Claims, claimsOf, instantClaim } from "./internal/Claims.ts"
import { defined } from "./internal/Defined.ts"
import { instantIn, textIn, valueAt } from "./internal/Json.ts"
import type { Provider, TokenPath } from "./Provider.ts"

export interface Description {
  readonly expiresAt?: Instant
  readonly issuedAt?: Instant
  /** The provider's stable name of the account. */
  readonly subject?: string
  /** Of the one user, where an account may have several. */
  readonly seat?: string
  readonly email?: string
  /** When the whole grant ends, whatever is refreshed. */
  readonly deadline?: Instant
}

type Described = Pick<Provider, "expiry" | "identity" | "grantMillis">

export const describe = (provider: Described, tokens: TokenSet): Description => {
  const access = claimsOf(tokens.access)
  const said = (paths: ReadonlyArray<TokenPath>) => paths.map((path) => textAt(tokens, path)).find(isSaid)
  return defined({
    expiresAt: expiryOf(provider, tokens, access),
    issuedAt: instantClaim(access, "iat"),
    subject: said(provider.identity.subject),
    seat: said(provider.identity.seat ?? []),
    email: said(provider.identity.email),
    deadline: tokens.deadline ?? deadlineOf(provider, tokens, access)
  })
}

const isSaid = (text: string | undefined): boolean => text !== undefined

/** What the tokens say at this place, if it is text. */
const textAt = (tokens: TokenSet, [place, ...names]: TokenPath): string | undefined =>
  place === "account"
    ? tokens.account
    : textIn(valueAt(claimsOf(place === "access" ? tokens.access : tokens.idToken), names))

const expiryOf = ({ expiry }: Described, tokens: TokenSet, access: Claims): Instant | undefined =>
  expiry
    .map((source) => (source === "claim" ? instantClaim(access, "exp") : tokens.expiresAt))
    .find((instant) => instant !== undefined)

/** OpenID Connect Core section 2 calls the time of the login `auth_time`. */
const deadlineOf = ({ grantMillis }: Described, tokens: TokenSet, access: Claims): Instant | undefined => {
  const loggedInAt = tokens.loggedInAt ?? instantClaim(access, "auth_time")
  return grantMillis === undefined || loggedInAt === undefined ? undefined : instantIn(loggedInAt + grantMillis)
}

/** What a model API wants beside the token: the provider's own headers, filled from the tokens where they name places. */
export const apiHeadersOf = ({ apiHeaders }: Pick<Provider, "apiHeaders">, tokens: TokenSet): Record<string, string> =>
  defined(
    Object.fromEntries(
      Object.entries(apiHeaders).map(([name, value]) => [
        name,
        typeof value === "string" ? value : value.map((path) => textAt(tokens, path)).find(isSaid)
      ])
    )
  ) as Record<string, string>

/** Why an access token is of no use to the model API, if it is not: it lacks the scope that makes it a key. */
export const lacksScope = ({ derivedKey }: Pick<Provider, "derivedKey">, tokens: TokenSet): string | undefined => {
  if (derivedKey === undefined || tokens.access === undefined) return undefined
  const { name, scope } = derivedKey
  return scopesIn(claimsOf(tokens.access)).includes(scope)
    ? undefined
    : `its access token is no ${name}: scope "${scope}" is not among its claims`
}

/** A string of names (RFC 9068 section 2.2.3), or a list of them. */
const scopesIn = ({ scope }: Claims): ReadonlyArray<unknown> =>
  Array.isArray(scope) ? scope : typeof scope === "string" ? scope.split(/\s+/) : []
