/**
 * Credentials in the forms that client libraries ask for them: a function for the key, a function for a token with its
 * end. Both are asked anew before each request, so they follow the pool; `pool.fetch` also recovers within a request.
 */
import type { GetTokenOptions, Token } from "./Pool.ts"

type GetToken = (options: GetTokenOptions) => Promise<Token>

export type KeyOptions = Pick<GetTokenOptions, "credential" | "model">

/** For `apiKey` of `openai` and `@anthropic-ai/sdk`. */
export const keyFunction =
  (getToken: GetToken, options: KeyOptions = {}) =>
  async (): Promise<string> =>
    (await getToken(options)).token

/** For `credentials` of `@anthropic-ai/sdk`: its `AccessTokenProvider`. */
export type AccessTokenFunction = (options?: { readonly forceRefresh?: boolean }) => Promise<{
  token: string
  /** In seconds since 1970; null if nobody knows. */
  expiresAt: number | null
}>

/** Requests that were refused with one token say so one after the other, within so many milliseconds. */
const together = 5_000

/**
 * `forceRefresh` says that the API refused the token that was handed out last: whatever took its place since is as good
 * as a refresh. It does not say which token that was, so one that has just been brought is not taken for refused.
 */
export const accessTokenFunction = (getToken: GetToken, options: KeyOptions = {}): AccessTokenFunction => {
  let last: string | undefined
  let broughtAt = -Infinity
  return async ({ forceRefresh = false } = {}) => {
    const isForced = forceRefresh && performance.now() - broughtAt >= together
    const { expiresAt, token } = await getToken({ ...options, ...(isForced ? unlike(last) : {}) })
    if (isForced) broughtAt = performance.now()
    last = token
    return { token, expiresAt: expiresAt === undefined ? null : Math.floor(expiresAt.getTime() / 1000) }
  }
}

const unlike = (last: string | undefined): GetTokenOptions =>
  last === undefined ? { forceRefresh: true } : { failedToken: last }
