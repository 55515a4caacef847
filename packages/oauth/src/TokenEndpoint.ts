/**
 * The token endpoint of a provider. One refresh is one request: never sent twice, never redirected, never cut off by an
 * impatient caller, and whatever comes back, or does not, is a value.
 */
import { Context, Effect, Layer, type Redacted } from "effect"
import type { Evidence } from "@daybook/pool/Evidence"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { type Answered, type Ask, asking } from "./internal/Ask.ts"
import * as Endpoints from "./internal/Endpoints.ts"
import { revealForRequest } from "./internal/TokenRequest.ts"
import { faultEvidence, parseAnswer } from "./ParseAnswer.ts"
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

const answerOf = (provider: Provider, { answer, durationMillis, received }: Answered): TokenAnswer => {
  const { _tag, ...parsed } = parseAnswer(provider, answer, received)
  return "tokens" in parsed
    ? { _tag: "Granted", ...parsed, durationMillis }
    : { _tag: "Refused", ...parsed, durationMillis }
}

/** Every provider has a token endpoint; `Unsupported` cannot come. */
const noEndpoint: TokenAnswer = {
  _tag: "Refused",
  evidence: faultEvidence("insecure-endpoint", false),
  durationMillis: 0
}

const refreshWith = (ask: Ask) =>
  Effect.fn("TokenEndpoint.refresh", { kind: "client" })(function* (
    provider: Provider,
    refreshToken: Redacted.Redacted<string>,
    { timeLimitMillis }: RefreshOptions
  ): Effect.fn.Return<TokenAnswer> {
    const asked = yield* ask(provider, {
      endpoint: "tokenEndpoint",
      reveal: (url) => revealForRequest(provider, url, refreshToken),
      secrets: [refreshToken],
      timeLimitMillis
    })
    const answer = asked._tag === "Answered" ? answerOf(provider, asked) : asked._tag === "Refused" ? asked : noEndpoint
    yield* Effect.annotateCurrentSpan({ provider: provider.id, ...wordsOf(answer) })
    return answer
  }, Effect.uninterruptible)

/** For a span: of a refusal, what may be recorded of it and is no sentence. */
const wordsOf = (answer: TokenAnswer): Readonly<Record<string, string | number>> => {
  if (answer._tag === "Granted") return { answer: "granted" }
  const { code, fault, status } = answer.evidence
  return {
    answer: status === undefined ? "none" : "refused",
    ...(status === undefined ? {} : { "http.response.status_code": status }),
    ...(code === undefined ? {} : { code }),
    ...(fault === undefined ? {} : { fault })
  }
}

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
  static readonly layer = Layer.sync(TokenEndpoint, () => ({ refresh: refreshWith(asking(Endpoints.make())) }))
}
