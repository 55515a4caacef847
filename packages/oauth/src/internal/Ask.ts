/**
 * One request to an endpoint of an authorization server: the endpoint is found, nothing leaves that may not, and what
 * leaves is sent once. Discovery and request share the time limit; a request that would have less than half of it is
 * left to the next try, which finds the endpoint known.
 */
import { Clock, Effect, type Redacted, Result } from "effect"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import { lacksSecret } from "../ClientSecret.ts"
import { type Answer, faultEvidence, type Received } from "../ParseAnswer.ts"
import type { Provider } from "../Provider.ts"
import type { Refused } from "../TokenEndpoint.ts"
import type { EndpointName } from "./Discover.ts"
import type { FindEndpoints } from "./Endpoints.ts"
import { isConfidential } from "./Loopback.ts"
import { sendOnce } from "./OneShot.ts"
import { secretsOf } from "./TokenRequest.ts"

export interface Question {
  /** By its name, or where it is. */
  readonly endpoint: EndpointName | { readonly at: string }
  readonly reveal: (endpoint: string) => HttpClientRequest
  /** What the request carries and nobody may see, beside the client's own. */
  readonly secrets: ReadonlyArray<Redacted.Redacted<string>>
  readonly timeLimitMillis: number
}

export interface Answered {
  readonly _tag: "Answered"
  readonly answer: Answer
  readonly received: Received
  readonly durationMillis: number
}

/** Neither the provider's definition nor its issuer names the endpoint. */
export interface Unsupported {
  readonly _tag: "Unsupported"
}

export type Asked = Answered | Refused | Unsupported

export type Ask = (provider: Provider, question: Question) => Effect.Effect<Asked>

const refused = (fault: string, left: boolean, durationMillis: number, status?: number): Refused => ({
  _tag: "Refused",
  evidence: faultEvidence(fault, left, status),
  durationMillis
})

const locate = Effect.fnUntraced(function* (
  endpoints: FindEndpoints,
  provider: Provider,
  endpoint: Question["endpoint"],
  limitMillis: number
) {
  if (typeof endpoint === "object") return Result.succeed(endpoint.at)
  return Result.map(yield* endpoints(provider, limitMillis), (known) => known[endpoint])
})

/** Uninterruptible as a whole. */
export const asking = (endpoints: FindEndpoints): Ask =>
  Effect.fnUntraced(function* (
    provider: Provider,
    { endpoint, reveal, secrets, timeLimitMillis }: Question
  ): Effect.fn.Return<Asked> {
    const began = yield* Clock.currentTimeMillis
    if (lacksSecret(provider)) return refused("client-secret-missing", false, 0)
    const found = yield* locate(endpoints, provider, endpoint, timeLimitMillis / 2)
    const elapsed = (yield* Clock.currentTimeMillis) - began
    if (Result.isFailure(found)) return refused(found.failure, false, elapsed)
    if (elapsed > timeLimitMillis / 2) return refused("discovery-late", false, elapsed)
    const url = found.success
    if (url === undefined) return { _tag: "Unsupported" }
    // A provider need not come from `defineProvider`.
    if (!URL.canParse(url) || !isConfidential(new URL(url))) return refused("insecure-endpoint", false, elapsed)
    const exchange = yield* sendOnce(reveal(url), Math.max(1, timeLimitMillis - elapsed))
    const now = yield* Clock.currentTimeMillis
    return exchange._tag === "Answered"
      ? {
          _tag: "Answered",
          answer: exchange.answer,
          received: { now, secrets: secretsOf(provider, ...secrets) },
          durationMillis: now - began
        }
      : refused(exchange.fault, exchange.left, now - began, exchange.status)
  }, Effect.uninterruptible)
