/**
 * Logs in on a device without a browser (RFC 8628): a code is fetched, the user enters it elsewhere, and the token
 * endpoint is polled until the user has decided. Every request is sent once, and every answer is a value. OpenAI's own
 * `deviceauth`, another protocol with the same steps for the person, stands behind the same service. A provider whose
 * token endpoint exchanges tokens, such as GitHub Copilot, has no place to poll at.
 */
import { Clock, Context, Effect, Layer, Redacted } from "effect"
import type { Instant } from "@daybook/pool/Instant"
import type { TransientReason } from "@daybook/pool/Verdict"
import { classifyToken } from "./Classify.ts"
import {
  type Outcome,
  type PollAnswer,
  pollAnswerOf,
  type StartAnswer,
  startAnswerOf,
  type Started
} from "./DeviceAnswer.ts"
import { type Ask, asking } from "./internal/Ask.ts"
import { defined } from "./internal/Defined.ts"
import * as DeviceAuth from "./internal/DeviceAuth.ts"
import * as Endpoints from "./internal/Endpoints.ts"
import { revealForPost } from "./internal/TokenRequest.ts"
import { challengeParameters, newVerifier } from "./Pkce.ts"
import type { Provider } from "./Provider.ts"

export interface DeviceFlowOptions {
  /** For one request: connecting, sending and reading the whole answer. */
  readonly timeLimitMillis: number
}

const grantType = "urn:ietf:params:oauth:grant-type:device_code"

/** RFC 8628 section 3.1. */
const startWith = (ask: Ask) =>
  Effect.fn("DeviceFlow.start")(function* (
    provider: Provider,
    { timeLimitMillis }: DeviceFlowOptions
  ): Effect.fn.Return<StartAnswer> {
    if (provider.grantType === "exchange") return { _tag: "Unsupported" }
    const { clientId, device, loginScope, scope } = provider
    if (device._tag === "deviceauth") return yield* DeviceAuth.start(ask, provider, device, timeLimitMillis)
    const proof = device.pkce ? { verifier: newVerifier() } : {}
    const asked = yield* ask(provider, {
      endpoint: "deviceEndpoint",
      reveal: (url) =>
        revealForPost(provider, url, {
          ...defined({ client_id: clientId, scope: loginScope ?? scope }),
          ...(proof.verifier === undefined ? {} : challengeParameters(proof.verifier))
        }),
      secrets: [],
      timeLimitMillis
    })
    if (asked._tag !== "Answered") return asked
    const answer = startAnswerOf(asked)
    return answer._tag === "Started" ? { ...answer, ...proof } : answer
  })

/** RFC 8628 section 3.4. */
const pollWith = (ask: Ask) =>
  Effect.fn("DeviceFlow.poll")(function* (
    provider: Provider,
    started: Started,
    { timeLimitMillis }: DeviceFlowOptions
  ): Effect.fn.Return<PollAnswer> {
    if (provider.grantType === "exchange") return { _tag: "Unsupported" }
    const { clientId, device } = provider
    if (device._tag === "deviceauth") return yield* DeviceAuth.poll(ask, provider, device, started, timeLimitMillis)
    const { deviceCode, verifier } = started
    const asked = yield* ask(provider, {
      endpoint: "tokenEndpoint",
      reveal: (url) =>
        revealForPost(provider, url, {
          grant_type: grantType,
          device_code: Redacted.value(deviceCode),
          ...defined({ client_id: clientId, code_verifier: verifier && Redacted.value(verifier) })
        }),
      secrets: verifier === undefined ? [deviceCode] : [deviceCode, verifier],
      timeLimitMillis
    })
    return asked._tag === "Answered" ? pollAnswerOf(provider, started, asked) : asked
  }, Effect.uninterruptible)

/** In spite of them the user may still decide. */
const passing: ReadonlySet<string> = new Set<TransientReason>([
  "Network",
  "OutcomeUnknown",
  "ServerError",
  "RateLimited"
])

/** How the flow ended, or in how many milliseconds to poll again. */
const outcomeOrWait = (
  provider: Provider,
  answer: PollAnswer,
  intervalMillis: number,
  now: Instant
): Outcome | number => {
  if (answer._tag === "AuthorizationPending") return intervalMillis
  if (answer._tag === "SlowDown") return answer.intervalMillis
  if (answer._tag !== "Refused" || answer.successor !== undefined) return answer
  const { evidence } = answer
  if (!passing.has(classifyToken(provider, evidence, now).reason)) return answer
  return Math.max(intervalMillis * 2, (evidence.retryAfter ?? now) - now)
}

/** RFC 8628 section 3.5: twice as long after a request that came to nothing. */
const awaitUserWith = (poll: ReturnType<typeof pollWith>) =>
  Effect.fn("DeviceFlow.awaitUser")(function* (
    provider: Provider,
    started: Started,
    options: DeviceFlowOptions
  ): Effect.fn.Return<Outcome> {
    let { intervalMillis } = started
    while (true) {
      const left = started.expiresAt - (yield* Clock.currentTimeMillis)
      yield* Effect.interruptible(Effect.sleep(Math.max(0, Math.min(intervalMillis, left))))
      if ((yield* Clock.currentTimeMillis) >= started.expiresAt) return { _tag: "ExpiredToken" }
      const answer = yield* poll(provider, { ...started, intervalMillis }, options)
      const next = outcomeOrWait(provider, answer, intervalMillis, yield* Clock.currentTimeMillis)
      if (typeof next !== "number") return next
      intervalMillis = next
    }
  }, Effect.uninterruptible)

export class DeviceFlow extends Context.Service<
  DeviceFlow,
  {
    /** RFC 8628 section 3.1, with the scope that the provider wants at a login. */
    readonly start: (provider: Provider, options: DeviceFlowOptions) => Effect.Effect<StartAnswer>
    /** RFC 8628 section 3.4, once. Not more often than `started.intervalMillis`, or what `SlowDown` said since. */
    readonly poll: (provider: Provider, started: Started, options: DeviceFlowOptions) => Effect.Effect<PollAnswer>
    /**
     * Polls until the user has decided or the code has expired; a server that is away for a while is polled again.
     * Interruptible between polls, wherever it runs, and never while one is under way: run it and what stores the
     * tokens in one uninterruptible region, and no login is lost.
     */
    readonly awaitUser: (provider: Provider, started: Started, options: DeviceFlowOptions) => Effect.Effect<Outcome>
  }
>()("@daybook/oauth/DeviceFlow") {
  static readonly layer = Layer.sync(DeviceFlow, () => {
    const ask = asking(Endpoints.make())
    const poll = pollWith(ask)
    return { start: startWith(ask), poll, awaitUser: awaitUserWith(poll) }
  })
}
