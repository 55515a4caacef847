/**
 * The token endpoint of a provider. One refresh is one request: never sent twice, never redirected, never cut off by an
 * impatient caller, and whatever comes back, or does not, is a value.
 */
import { Clock, Context, Effect, Layer, type Redacted, Result } from "effect"
import type { Evidence } from "@daybook/pool/Evidence"
import type { TokenSet } from "@daybook/pool/TokenSet"
import * as Endpoints from "./internal/Endpoints.ts"
import { type Exchange, sendOnce } from "./internal/OneShot.ts"
import { revealForRequest, secretsOf } from "./internal/TokenRequest.ts"
import { faultEvidence, parseAnswer, type ParsedAnswer, type Received } from "./ParseAnswer.ts"
import type { Provider } from "./Provider.ts"

/** RFC 6749 section 5.1. Without a refresh token in `tokens` the one that was sent goes on. */
export interface Granted {
  readonly _tag: "Granted"
  readonly tokens: TokenSet
  /** The answer carried a refresh token other than the one that was sent. */
  readonly rotated: boolean
  readonly requestId?: string
  readonly durationMillis: number
}

/** RFC 6749 section 5.2, or no answer at all: `evidence.left` tells whether the token may be spent. */
export interface Refused {
  readonly _tag: "Refused"
  readonly evidence: Evidence
  /** Tokens that came all the same; they must be kept. */
  readonly successor?: TokenSet
  readonly durationMillis: number
}

export type TokenAnswer = Granted | Refused

export interface RefreshOptions {
  /** For connecting, sending and reading the whole answer. */
  readonly timeLimitMillis: number
}

const outcomeOf = (provider: Provider, exchange: Exchange, received: Received): ParsedAnswer =>
  exchange._tag === "Answered"
    ? parseAnswer(provider, exchange.answer, received)
    : { _tag: "Refusal", evidence: faultEvidence(exchange.fault, exchange.left, exchange.status) }

const answerOf = (outcome: ParsedAnswer, durationMillis: number): TokenAnswer => {
  const { _tag, ...rest } = outcome
  return "tokens" in rest ? { _tag: "Granted", ...rest, durationMillis } : { _tag: "Refused", ...rest, durationMillis }
}

const unsent = (fault: string, durationMillis: number): TokenAnswer => ({
  _tag: "Refused",
  evidence: faultEvidence(fault, false),
  durationMillis
})

const lacksSecret = ({ clientAuthentication, clientSecret }: Provider): boolean =>
  clientAuthentication !== "none" && clientSecret === undefined

/** Uninterruptible as a whole; the time limit holds over discovery and request together. */
const refreshWith = (endpoints: Endpoints.FindEndpoints) =>
  Effect.fn("TokenEndpoint.refresh")(function* (
    provider: Provider,
    refreshToken: Redacted.Redacted<string>,
    { timeLimitMillis }: RefreshOptions
  ): Effect.fn.Return<TokenAnswer> {
    const began = yield* Clock.currentTimeMillis
    if (lacksSecret(provider)) return unsent("client-secret-missing", 0)
    const found = yield* endpoints(provider, timeLimitMillis)
    const elapsed = (yield* Clock.currentTimeMillis) - began
    if (Result.isFailure(found)) return unsent(found.failure, elapsed)
    const request = revealForRequest(provider, found.success.tokenEndpoint, refreshToken)
    const exchange = yield* sendOnce(request, Math.max(1, timeLimitMillis - elapsed))
    const now = yield* Clock.currentTimeMillis
    return answerOf(outcomeOf(provider, exchange, { now, secrets: secretsOf(provider, refreshToken) }), now - began)
  }, Effect.uninterruptible)

export class TokenEndpoint extends Context.Service<
  TokenEndpoint,
  {
    /**
     * RFC 6749 section 6. Uninterruptible and bounded by the time limit. An interrupt still loses the answer right
     * after it came, so run this and what stores the answer in one uninterruptible region.
     */
    readonly refresh: (
      provider: Provider,
      refreshToken: Redacted.Redacted<string>,
      options: RefreshOptions
    ) => Effect.Effect<TokenAnswer>
  }
>()("@daybook/oauth/TokenEndpoint") {
  static readonly layer = Layer.sync(TokenEndpoint, () => ({ refresh: refreshWith(Endpoints.make()) }))
}
