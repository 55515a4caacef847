/**
 * What token values are made of: random text, and signed JWTs. How a dialect spells its tokens stands with the dialect.
 *
 * Every value holds at least 32 random characters, so that finding one in a file means that it leaked. Values are plain
 * strings: this package is the judge that has to name them.
 */
import { Effect } from "effect"
import { SignJWT } from "jose/jwt/sign"
import { randomBytes } from "node:crypto"

/** The person behind a login. */
export interface Subject {
  readonly account: string
  readonly user: string
  readonly email: string
  readonly plan: string
}

/** One answer's worth of tokens; `accessExpiresAt` is epoch milliseconds. */
export interface TokenSet {
  readonly accessToken: string
  readonly refreshToken: string
  readonly idToken: string | null
  readonly accessExpiresAt: number
}

/** What tokens are made from: `lifetime` of the access token in seconds, `now` in epoch milliseconds. */
export interface Minting {
  readonly key: Uint8Array
  readonly subject: Subject
  readonly lifetime: number
  readonly now: number
  /** What the id token must repeat, at a login that asked for it. */
  readonly nonce: string | null
}

/** Claims of an id token, beside those of every token. */
export const idClaims = ({ nonce }: Minting): Readonly<Record<string, unknown>> => (nonce === null ? {} : { nonce })

/** Claim under which the vendor of codex keeps account data. */
export const authClaim = "https://api.openai.com/auth"

export const random = () => randomBytes(32).toString("base64url")

export const randomHex = () => randomBytes(12).toString("hex")

export const randomId = (prefix: string) => `${prefix}_${randomHex()}`

/** A new signing key, for HS256. */
export const signingKey = (): Uint8Array => randomBytes(32)

export const opaqueRefreshToken = () => `rt_${random()}`

/** Opaque tokens, as RFC 6749 leaves them. `lifetime` in seconds, `now` in epoch milliseconds. */
export const mintOpaque = (lifetime: number, now: number): TokenSet => ({
  accessToken: `at_${random()}`,
  refreshToken: opaqueRefreshToken(),
  idToken: null,
  accessExpiresAt: now + lifetime * 1000
})

/** `exp` of a token that counts in whole seconds, from the second of `now`. */
export const expirySeconds = ({ lifetime, now }: Minting): number => Math.floor(now / 1000) + lifetime

/** A JWT (RFC 7519) about the subject, with `iat`, `exp`, `sub`, `jti` and the claims given. */
export const signJwt = (minting: Minting, claims: Readonly<Record<string, unknown>>): Effect.Effect<string> =>
  Effect.promise(() =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setIssuedAt(Math.floor(minting.now / 1000))
      .setExpirationTime(expirySeconds(minting))
      .setSubject(minting.subject.user)
      .setJti(random())
      .sign(minting.key)
  )
