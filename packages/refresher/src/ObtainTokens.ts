/**
 * Gets the tokens of a new login, by one of the methods that its provider has. The waiting can be interrupted; from the
 * moment at which an answer may bring tokens until `keep` has them, nothing can.
 */
import { AuthorizationCode, type Authorizing } from "@daybook/oauth/AuthorizationCode"
import { type AuthorizationResponse, responseInPasted } from "@daybook/oauth/AuthorizationResponse"
import type { Outcome } from "@daybook/oauth/DeviceAnswer"
import { DeviceFlow } from "@daybook/oauth/DeviceFlow"
import type { LoginMethod } from "@daybook/oauth/LoginMethods"
import type { Provider, Redirect } from "@daybook/oauth/Provider"
import { listen, type LoopbackRedirect } from "@daybook/oauth/RedirectListener"
import type { Refused } from "@daybook/oauth/TokenEndpoint"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Clock, Effect, Fiber, Option, Random, type Redacted, Ref } from "effect"
import { LogInError, type LogInReason } from "./LogInError.ts"
import type { Person } from "./Person.ts"

interface Obtaining {
  readonly provider: Provider
  readonly person: Person
  /** For one request. */
  readonly timeLimitMillis: number
  /** How long a person may take where the server names no end. */
  readonly patienceMillis: number
}

type Keep<A, E, R> = (tokens: TokenSet) => Effect.Effect<A, E, R>

/** `keep` runs uninterruptibly, right after the answer came. */
export const obtainTokens = <A, E, R>(method: LoginMethod, about: Obtaining, keep: Keep<A, E, R>) => {
  switch (method) {
    case "browser":
      return byBrowser(about, keep)
    case "device":
      return byDevice(about, keep)
    case "paste":
      return byPaste(about, keep)
  }
}

const fail = ({ provider }: Obtaining, reason: LogInReason) =>
  Effect.fail(new LogInError({ provider: provider.id, reason }))

/** A refresh token that came with a refusal is a login all the same: its access token is fetched with it. */
const failOrKeep = <A, E, R>(about: Obtaining, { evidence, successor }: Omit<Refused, "_tag">, keep: Keep<A, E, R>) =>
  successor?.refresh === undefined
    ? fail(about, { _tag: "Refused", evidence })
    : (keep(successor) as Effect.Effect<A, E | LogInError, R>)

const byDevice = Effect.fnUntraced(function* <A, E, R>(about: Obtaining, keep: Keep<A, E, R>) {
  const { person, provider, timeLimitMillis } = about
  const flow = yield* DeviceFlow
  const started = yield* flow.start(provider, { timeLimitMillis })
  if (started._tag === "Unsupported") return yield* unsupported(about, "device")
  if (started._tag === "Refused") return yield* fail(about, { _tag: "Refused", evidence: started.evidence })
  const { expiresAt, userCode, verificationUri, verificationUriComplete } = started
  yield* person.show({
    _tag: "Device",
    url: verificationUri,
    ...(verificationUriComplete === undefined ? {} : { urlWithCode: verificationUriComplete }),
    userCode,
    until: expiresAt
  })
  return yield* flow.awaitUser(provider, started, { timeLimitMillis }).pipe(
    Effect.flatMap((outcome) => settle(about, outcome, keep)),
    Effect.uninterruptible
  )
})

const settle = Effect.fnUntraced(function* <A, E, R>(about: Obtaining, outcome: Outcome, keep: Keep<A, E, R>) {
  switch (outcome._tag) {
    case "Granted":
      return yield* keep(outcome.tokens)
    case "AccessDenied":
      return yield* fail(about, { _tag: "Denied" })
    case "ExpiredToken":
      return yield* fail(about, { _tag: "Expired", ignored: false })
    case "Unsupported":
      return yield* unsupported(about, "device")
    case "Refused":
    case "CodeRefused":
      return yield* failOrKeep(about, outcome, keep)
  }
})

const unsupported = (about: Obtaining, wished: LoginMethod) =>
  fail(about, { _tag: "NoMethod", wished, has: [], relogin: about.provider.relogin })

const byBrowser = Effect.fnUntraced(function* <A, E, R>(about: Obtaining, keep: Keep<A, E, R>) {
  const { redirect } = about.provider
  if (redirect?.kind !== "loopback") return yield* unsupported(about, "browser")
  return yield* Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(restore(answerInBrowser(about, redirect)), ({ code, request }) =>
      exchange(about, request, code, keep)
    )
  )
})

interface CodeFor {
  readonly request: Authorizing
  readonly code: Redacted.Redacted<string>
}

const answerInBrowser = Effect.fnUntraced(function* (about: Obtaining, redirect: LoopbackRedirect) {
  const { patienceMillis, person } = about
  const listener = yield* Effect.catch(listen(redirect), ({ message }) =>
    fail(about, { _tag: "NoListener", why: message })
  )
  const request = yield* authorize(about, listener.redirectUri)
  const ignored = yield* Ref.make(false)
  const noteIgnored = Effect.andThen(Ref.set(ignored, true), person.show({ _tag: "Ignored" }))
  const waiting = yield* Effect.forkChild(listener.response(request, noteIgnored), { startImmediately: true })
  yield* person.show({ _tag: "Browser", url: request.url, until: (yield* Clock.currentTimeMillis) + patienceMillis })
  const response = yield* Effect.timeoutOption(Fiber.join(waiting), patienceMillis)
  if (Option.isNone(response)) return yield* fail(about, { _tag: "Expired", ignored: yield* Ref.get(ignored) })
  return yield* codeFor(about, request, response.value)
}, Effect.scoped)

const byPaste = Effect.fnUntraced(function* <A, E, R>(about: Obtaining, keep: Keep<A, E, R>) {
  const { redirect } = about.provider
  if (redirect === undefined) return yield* unsupported(about, "paste")
  return yield* Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(restore(answerByHand(about, redirect)), ({ code, request }) => exchange(about, request, code, keep))
  )
})

const answerByHand = Effect.fnUntraced(function* (about: Obtaining, redirect: Redirect) {
  const { patienceMillis, person } = about
  const request = yield* authorize(about, yield* addressOf(redirect))
  yield* person.show({ _tag: "Paste", url: request.url, until: (yield* Clock.currentTimeMillis) + patienceMillis })
  const response = yield* Effect.timeoutOption(pasted(person, request), patienceMillis)
  if (Option.isNone(response)) return yield* fail(about, { _tag: "Expired", ignored: false })
  return yield* codeFor(about, request, response.value)
})

/** A slip of the hand is said, and the person may try again. */
const pasted = Effect.fnUntraced(function* (person: Person, request: Authorizing) {
  while (true) {
    const text = yield* person.paste
    if (text === undefined) return { _tag: "NoAnswer" } as const
    const response = responseInPasted(request, text)
    if (response._tag !== "NoAnswer") return response
    yield* person.show({ _tag: "NotAnAnswer" })
  }
})

/** Nobody listens there: the browser shows an error, and the answer in its address line. */
const addressOf = Effect.fnUntraced(function* (redirect: Redirect) {
  if (redirect.kind === "page") return redirect.uri
  const port = redirect.port ?? (yield* Random.nextIntBetween(49_152, 65_535))
  return `http://${redirect.host}:${port}${redirect.path}`
})

const authorize = Effect.fnUntraced(function* (about: Obtaining, redirectUri: string) {
  const { provider, timeLimitMillis } = about
  const flow = yield* AuthorizationCode
  const answer = yield* flow.authorize(provider, redirectUri, { timeLimitMillis })
  if (answer._tag === "Unsupported") return yield* unsupported(about, "browser")
  if (answer._tag === "Refused") return yield* fail(about, { _tag: "Refused", evidence: answer.evidence })
  return answer
})

const codeFor = Effect.fnUntraced(function* (about: Obtaining, request: Authorizing, response: AuthorizationResponse) {
  switch (response._tag) {
    case "Code":
      return { request, code: response.code } satisfies CodeFor
    case "AccessDenied":
      return yield* fail(about, { _tag: "Denied" })
    case "Refused":
      return yield* fail(about, { _tag: "Refused", evidence: response.evidence })
    case "NoAnswer":
      return yield* fail(about, { _tag: "NothingPasted" })
    case "WrongState":
    case "WrongIssuer":
      return yield* fail(about, response)
  }
})

const exchange = Effect.fnUntraced(function* <A, E, R>(
  about: Obtaining,
  request: Authorizing,
  code: Redacted.Redacted<string>,
  keep: Keep<A, E, R>
) {
  const { provider, timeLimitMillis } = about
  const flow = yield* AuthorizationCode
  const answer = yield* flow.exchange(provider, request, code, { timeLimitMillis })
  if (answer._tag === "Granted") return yield* keep(answer.tokens)
  return yield* answer._tag === "WrongNonce" ? fail(about, answer) : failOrKeep(about, answer, keep)
})
