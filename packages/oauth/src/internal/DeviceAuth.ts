/**
 * OpenAI's own device login, `deviceauth`: a user code, polled for an authorization code that comes with the verifier
 * that the server made for it, and an exchange of that. Its wire names stand here and nowhere else.
 */
import { Effect, Redacted, Result } from "effect"
import { type PollAnswer, printableIn, type StartAnswer, type Started } from "../DeviceAnswer.ts"
import { evidenceOf, unread } from "../ParseAnswer.ts"
import type { DeviceDialect, Provider } from "../Provider.ts"
import type { Ask, Answered } from "./Ask.ts"
import { defined } from "./Defined.ts"
import { exchangeCode } from "./ExchangeCode.ts"
import { isObject, type JsonObject, numberIn, parseJson, textIn } from "./Json.ts"
import { revealForPost } from "./TokenRequest.ts"

type DeviceAuth = Extract<DeviceDialect, { readonly _tag: "deviceauth" }>

/** The server names no end: the vendor's own client gives up after a quarter of an hour. */
const lifeMillis = 900_000

const leastInterval = 3_000

/** Before each further try after a 429, unless the answer asks for more, which is granted up to a minute. */
const waits = [2_000, 4_000, 8_000]
const longestWait = 60_000

export const start = Effect.fnUntraced(function* (
  ask: Ask,
  provider: Provider,
  device: DeviceAuth,
  timeLimitMillis: number
): Effect.fn.Return<StartAnswer> {
  let answer = yield* startOnce(ask, provider, device, timeLimitMillis)
  for (const wait of waits) {
    if (answer._tag !== "TooMany") return answer.answer
    yield* Effect.sleep(Math.max(wait, answer.wait))
    answer = yield* startOnce(ask, provider, device, timeLimitMillis)
  }
  return answer.answer
})

const startOnce = Effect.fnUntraced(function* (
  ask: Ask,
  provider: Provider,
  { verificationUri }: DeviceAuth,
  timeLimitMillis: number
): Effect.fn.Return<{ readonly _tag: "Last" | "TooMany"; readonly answer: StartAnswer; readonly wait: number }> {
  const asked = yield* ask(provider, {
    endpoint: "deviceEndpoint",
    reveal: (url) => revealForPost(inJson(provider), url, defined({ client_id: provider.clientId })),
    secrets: [],
    timeLimitMillis
  })
  if (asked._tag !== "Answered") return { _tag: "Last", answer: asked, wait: 0 }
  const started = startedIn(asked, verificationUri)
  if (started !== undefined) return { _tag: "Last", answer: started, wait: 0 }
  const evidence = evidenceOf(asked.answer, asked.received)
  const wait = Math.min(longestWait, (evidence.retryAfter ?? asked.received.now) - asked.received.now)
  const { durationMillis } = asked
  return {
    _tag: asked.answer.status === 429 ? "TooMany" : "Last",
    answer: { _tag: "Refused", evidence, durationMillis },
    wait
  }
})

/** Whatever the refreshes are written in, this is JSON. */
const inJson = (provider: Provider): Provider => ({ ...provider, encoding: "json" })

const startedIn = (asked: Answered, verificationUri: string): Started | undefined => {
  const body = bodyOf(asked)
  const deviceCode = textIn(body["device_auth_id"])
  const userCode = printableIn(body["user_code"]) ?? printableIn(body["usercode"])
  if (deviceCode === undefined || userCode === undefined) return undefined
  return {
    _tag: "Started",
    deviceCode: Redacted.make(deviceCode, { label: "device_auth_id" }),
    userCode,
    verificationUri,
    intervalMillis: Math.max(leastInterval, (numberIn(body["interval"]) ?? 0) * 1000),
    expiresAt: asked.received.now + lifeMillis
  }
}

/** The members of a 2xx answer; none of any other. */
const bodyOf = ({ answer: { body, status } }: Answered): JsonObject => {
  const json = status >= 200 && status <= 299 && body !== unread ? Result.getOrUndefined(parseJson(body)) : undefined
  return isObject(json) ? json : {}
}

/** 403 and 404 say that the person has not decided yet. */
export const poll = Effect.fnUntraced(function* (
  ask: Ask,
  provider: Provider,
  { pollEndpoint, redirectUri }: DeviceAuth,
  { deviceCode, userCode }: Started,
  timeLimitMillis: number
): Effect.fn.Return<PollAnswer> {
  const asked = yield* ask(provider, {
    endpoint: { at: pollEndpoint },
    reveal: (url) =>
      revealForPost(inJson(provider), url, { device_auth_id: Redacted.value(deviceCode), user_code: userCode }),
    secrets: [deviceCode],
    timeLimitMillis
  })
  if (asked._tag !== "Answered") return asked
  if (asked.answer.status === 403 || asked.answer.status === 404) return { _tag: "AuthorizationPending" }
  const body = bodyOf(asked)
  const code = textIn(body["authorization_code"])
  const verifier = textIn(body["code_verifier"])
  if (code === undefined || verifier === undefined) {
    const evidence = evidenceOf(asked.answer, asked.received)
    return { _tag: "Refused", evidence, durationMillis: asked.durationMillis }
  }
  const inHand = {
    code: Redacted.make(code, { label: "code" }),
    verifier: Redacted.make(verifier, { label: "code_verifier" }),
    redirectUri
  }
  const answer = yield* exchangeCode(ask, provider, inHand, timeLimitMillis)
  return answer._tag === "Granted" ? answer : { ...answer, _tag: "CodeRefused" }
})
