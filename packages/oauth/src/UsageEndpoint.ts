/**
 * Asks a provider how much of a quota is used. The access token goes to the provider's own origins only, no redirect is
 * followed, and nothing is spent.
 */
import { Clock, Context, Effect, Layer, Redacted, Result } from "effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { Evidence } from "@daybook/pool/Evidence"
import type { QuotaWindow } from "@daybook/pool/QuotaWindow"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { apiEvidence } from "./ApiEvidence.ts"
import { apiHeadersOf } from "./Describe.ts"
import { parseJson } from "./internal/Json.ts"
import { type Exchange, sendOnce } from "./internal/OneShot.ts"
import { common } from "./internal/TokenRequest.ts"
import { faultEvidence } from "./ParseAnswer.ts"
import { mayReceiveTokens, type Provider, type UsageProbe } from "./Provider.ts"
import { usageWindowsIn } from "./Quota.ts"

export type UsageAnswer =
  /** None if the answer was not in the form that the provider's definition declares. */
  | { readonly _tag: "Windows"; readonly windows: ReadonlyArray<QuotaWindow> }
  | { readonly _tag: "Refused"; readonly evidence: Evidence }
  /** The provider has no such endpoint, or there is no token to ask with. */
  | { readonly _tag: "Unasked" }

const read = Effect.fn("UsageEndpoint.read")(function* (
  provider: Provider,
  tokens: TokenSet,
  timeLimitMillis: number
): Effect.fn.Return<UsageAnswer> {
  const { usage } = provider
  if (usage === undefined || tokens.access === undefined || !mayReceiveTokens(provider, usage.url)) {
    return { _tag: "Unasked" }
  }
  const exchange = yield* sendOnce(revealForUsage(provider, usage, tokens, tokens.access), timeLimitMillis)
  return answerOf(usage, exchange, tokens.access, yield* Clock.currentTimeMillis)
})

const revealForUsage = (
  provider: Provider,
  { url }: UsageProbe,
  tokens: TokenSet,
  access: Redacted.Redacted<string>
): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.get(url).pipe(
    common,
    HttpClientRequest.setHeaders(apiHeadersOf(provider, tokens)),
    HttpClientRequest.bearerToken(Redacted.value(access))
  )

const answerOf = (
  usage: UsageProbe,
  exchange: Exchange,
  access: Redacted.Redacted<string>,
  now: number
): UsageAnswer => {
  if (exchange._tag === "Fault") {
    return { _tag: "Refused", evidence: faultEvidence(exchange.fault, exchange.left, exchange.status) }
  }
  const { answer } = exchange
  if (answer.status !== 200) return { _tag: "Refused", evidence: apiEvidence(answer, { now, secrets: [access] }) }
  const body = typeof answer.body === "string" ? Result.getOrUndefined(parseJson(answer.body)) : undefined
  return { _tag: "Windows", windows: usageWindowsIn(usage, body) }
}

export class UsageEndpoint extends Context.Service<
  UsageEndpoint,
  {
    /** `timeLimitMillis` holds for the whole answer. */
    readonly read: (provider: Provider, tokens: TokenSet, timeLimitMillis: number) => Effect.Effect<UsageAnswer>
  }
>()("@daybook/oauth/UsageEndpoint") {
  static readonly layer = Layer.succeed(UsageEndpoint, { read })
}
