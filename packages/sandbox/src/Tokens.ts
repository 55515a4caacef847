/**
 * Makes token values: opaque random strings, and for the codex dialect signed JWTs with the claims that the vendor's
 * clients read.
 *
 * Every value holds at least 32 random characters, so that finding one in a file means that it leaked. Values are plain
 * strings: this package is the judge that has to name them.
 */
import { Effect } from "effect"
import { SignJWT } from "jose"
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

/** Claim under which the vendor keeps account data. */
export const authClaim = "https://api.openai.com/auth"

const random = () => randomBytes(32).toString("base64url")

export const randomId = (prefix: string) => `${prefix}_${randomBytes(12).toString("hex")}`

/** A new signing key, for HS256. */
export const signingKey = (): Uint8Array => randomBytes(32)

const refreshToken = () => `rt_${random()}`

/** Opaque tokens, as RFC 6749 leaves them. `lifetime` in seconds, `now` in epoch milliseconds. */
export const mintOpaque = (lifetime: number, now: number): TokenSet => ({
  accessToken: `at_${random()}`,
  refreshToken: refreshToken(),
  idToken: null,
  accessExpiresAt: now + lifetime * 1000
})

/**
 * JWT access and id tokens (RFC 7519) with an opaque refresh token. `exp` is whole seconds, counted from the second of
 * `now`.
 */
export const mintCodex = Effect.fnUntraced(function* (
  key: Uint8Array,
  subject: Subject,
  lifetime: number,
  now: number
): Effect.fn.Return<TokenSet> {
  const issuedAt = Math.floor(now / 1000)
  const auth = {
    chatgpt_account_id: subject.account,
    chatgpt_plan_type: subject.plan,
    chatgpt_user_id: subject.user
  }
  const sign = (claims: Record<string, unknown>) =>
    Effect.promise(() =>
      new SignJWT({ ...claims, [authClaim]: auth })
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetime)
        .setSubject(subject.user)
        .setJti(random())
        .sign(key)
    )
  return {
    accessToken: yield* sign({}),
    refreshToken: refreshToken(),
    idToken: yield* sign({ email: subject.email, email_verified: true }),
    accessExpiresAt: (issuedAt + lifetime) * 1000
  }
})
