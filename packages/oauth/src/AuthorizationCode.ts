/**
 * Logs in by a browser: the authorization code grant (RFC 6749 section 4.1) as a native app makes it (RFC 8252), with
 * PKCE (RFC 7636). The browser's part is not here: `RedirectListener` receives its answer, or a person pastes it.
 */
import { Clock, Context, Effect, Layer, Redacted, Result } from "effect"
import { type AuthorizationRequest, authorizationRequest } from "./AuthorizationRequest.ts"
import { lacksSecret } from "./ClientSecret.ts"
import type { Granted } from "./DeviceAnswer.ts"
import { asking, type Ask, type Unsupported } from "./internal/Ask.ts"
import { claimsOf } from "./internal/Claims.ts"
import * as Endpoints from "./internal/Endpoints.ts"
import { exchangeCode } from "./internal/ExchangeCode.ts"
import { isConfidential } from "./internal/Loopback.ts"
import { faultEvidence } from "./ParseAnswer.ts"
import { newVerifier, unguessable } from "./Pkce.ts"
import type { Provider } from "./Provider.ts"
import type { Refused } from "./TokenEndpoint.ts"

export interface CodeOptions {
  /** For one request: connecting, sending and reading the whole answer. */
  readonly timeLimitMillis: number
}

/** Ready for the browser. */
export interface Authorizing extends AuthorizationRequest {
  readonly _tag: "Authorizing"
}

/** The id token is not one for this login (OpenID Connect Core section 3.1.3.7); its tokens are not used. */
export interface WrongNonce {
  readonly _tag: "WrongNonce"
}

export type AuthorizeAnswer = Authorizing | Refused | Unsupported

export type ExchangeAnswer = Granted | Refused | WrongNonce

const refused = (fault: string, durationMillis: number): Refused => ({
  _tag: "Refused",
  evidence: faultEvidence(fault, false),
  durationMillis
})

const authorizeWith = (endpoints: Endpoints.FindEndpoints) =>
  Effect.fn("AuthorizationCode.authorize")(function* (
    provider: Provider,
    redirectUri: string,
    { timeLimitMillis }: CodeOptions
  ): Effect.fn.Return<AuthorizeAnswer> {
    const began = yield* Clock.currentTimeMillis
    if (lacksSecret(provider)) return refused("client-secret-missing", 0)
    const found = yield* endpoints(provider, timeLimitMillis)
    const elapsed = (yield* Clock.currentTimeMillis) - began
    if (Result.isFailure(found)) return refused(found.failure, elapsed)
    const { authorizationEndpoint: endpoint, issuer, namesIssuer = false } = found.success
    if (endpoint === undefined || provider.clientId === undefined) return { _tag: "Unsupported" }
    // A provider need not come from `defineProvider`.
    if (!URL.canParse(endpoint) || !isConfidential(new URL(endpoint))) return refused("insecure-endpoint", elapsed)
    const parts = {
      endpoint,
      redirectUri,
      state: unguessable("state"),
      verifier: newVerifier(),
      ...(provider.nonce ? { nonce: unguessable("nonce") } : {}),
      issuer: issuer ?? new URL(endpoint).origin,
      namesIssuer
    }
    return { _tag: "Authorizing", ...authorizationRequest(provider, parts) }
  })

const exchangeWith = (ask: Ask) =>
  Effect.fn("AuthorizationCode.exchange")(function* (
    provider: Provider,
    request: AuthorizationRequest,
    code: Redacted.Redacted<string>,
    { timeLimitMillis }: CodeOptions
  ): Effect.fn.Return<ExchangeAnswer> {
    const { redirectUri, verifier } = request
    const answer = yield* exchangeCode(ask, provider, { code, verifier, redirectUri }, timeLimitMillis)
    return answer._tag === "Granted" && !repeatsNonce(request, answer) ? { _tag: "WrongNonce" } : answer
  }, Effect.uninterruptible)

/** An answer without an id token has no place for a nonce. */
const repeatsNonce = ({ nonce }: AuthorizationRequest, { tokens }: Granted): boolean =>
  nonce === undefined || tokens.idToken === undefined || claimsOf(tokens.idToken)["nonce"] === Redacted.value(nonce)

export class AuthorizationCode extends Context.Service<
  AuthorizationCode,
  {
    /** Makes the request for the browser, with the answer to come to `redirectUri`. */
    readonly authorize: (
      provider: Provider,
      redirectUri: string,
      options: CodeOptions
    ) => Effect.Effect<AuthorizeAnswer>
    /**
     * RFC 6749 section 4.1.3, sent once. Uninterruptible; an interrupt still loses the answer right after it came, so
     * run this and what stores the tokens in one uninterruptible region.
     */
    readonly exchange: (
      provider: Provider,
      request: AuthorizationRequest,
      code: Redacted.Redacted<string>,
      options: CodeOptions
    ) => Effect.Effect<ExchangeAnswer>
  }
>()("@daybook/oauth/AuthorizationCode") {
  static readonly layer = Layer.sync(AuthorizationCode, () => {
    const endpoints = Endpoints.make()
    return { authorize: authorizeWith(endpoints), exchange: exchangeWith(asking(endpoints)) }
  })
}
