/** Logins at each provider's own paths and in its own dialect, against the sandbox, which shares no code with us. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer, Redacted, type Scope } from "effect"
import { AuthorizationCode } from "@daybook/oauth/AuthorizationCode"
import { responseInPasted } from "@daybook/oauth/AuthorizationResponse"
import { describe as describeTokens } from "@daybook/oauth/Describe"
import { DeviceFlow } from "@daybook/oauth/DeviceFlow"
import { loginMethods } from "@daybook/oauth/LoginMethods"
import { defineProvider, type Provider, providerAt } from "@daybook/oauth/Provider"
import { defaultProviders } from "@daybook/oauth/Providers"
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { kimi } from "@daybook/oauth/providers/Kimi"
import { nous } from "@daybook/oauth/providers/Nous"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import { qwenOAuth } from "@daybook/oauth/providers/QwenOAuth"
import { xaiOAuth } from "@daybook/oauth/providers/XaiOAuth"
import { listen } from "@daybook/oauth/RedirectListener"
import { TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { Controls } from "@daybook/sandbox/Controls"
import type { LoginPolicy } from "@daybook/sandbox/Logins"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as PassingClock from "./support/PassingClock.ts"

/** More than any wait between two polls. */
const limit = { timeLimitMillis: 120_000 }

const services = Layer.mergeAll(AuthorizationCode.layer, DeviceFlow.layer, TokenEndpoint.layer)

const at = Effect.fnUntraced(function* (definition: Provider, policy: LoginPolicy = {}) {
  const sandbox = yield* Sandbox.make()
  yield* sandbox.logins({ grant: { account: "account-1" }, deviceInterval: 0, ...policy })
  return { sandbox, provider: providerAt(definition, sandbox.origin) }
})

/** Two dialects share one token endpoint; a login says nothing that tells them apart. */
const sharing = (definition: Provider): LoginPolicy => (definition === kimi ? { grant: { dialect: "kimi" } } : {})

const authorize = Effect.fnUntraced(function* (provider: Provider, redirectUri: string) {
  const answer = yield* AuthorizationCode.use((flow) => flow.authorize(provider, redirectUri, limit))
  return answer._tag === "Authorizing" ? answer : assert.fail(JSON.stringify(answer))
})

/** A browser that follows every redirect; answers the last page. */
const browse = (url: string) => Effect.promise(async () => (await fetch(url)).text())

/** In a browser on this machine, on any port: the registered ones may be in use here. */
const logInByBrowser = Effect.fnUntraced(function* (provider: Provider) {
  if (provider.redirect?.kind !== "loopback") return assert.fail("there is no such login")
  const { port: _registered, ...redirect } = provider.redirect
  const listener = yield* listen(redirect)
  const request = yield* authorize(provider, listener.redirectUri)
  const waiting = yield* Effect.forkScoped(listener.response(request))
  yield* Effect.yieldNow
  yield* browse(request.url)
  const response = yield* Fiber.join(waiting)
  if (response._tag !== "Code") return assert.fail(response._tag)
  return yield* AuthorizationCode.use((flow) => flow.exchange(provider, request, response.code, limit))
})

const startedAs = Effect.fnUntraced(function* (provider: Provider) {
  const answer = yield* DeviceFlow.use((flow) => flow.start(provider, limit))
  return answer._tag === "Started" ? answer : assert.fail(JSON.stringify(answer))
})

/** The person decides while the device waits for the third poll. */
const logInAsDevice = Effect.fnUntraced(function* (
  sandbox: Controls,
  provider: Provider,
  decision: "approve" | "deny" = "approve"
) {
  const started = yield* startedAs(provider)
  const { clock } = yield* PassingClock.make((before) =>
    before === 2 ? Effect.orDie(sandbox.decide({ userCode: started.userCode, decision })) : Effect.void
  )
  return yield* DeviceFlow.use((flow) => flow.awaitUser(provider, started, limit)).pipe(
    Effect.provideService(Clock.Clock, clock)
  )
})

const refreshes = Effect.fnUntraced(function* (provider: Provider, tokens: TokenSet) {
  const { refresh } = tokens
  if (refresh === undefined) return assert.fail("there is no refresh token")
  const answer = yield* TokenEndpoint.use((endpoint) => endpoint.refresh(provider, refresh, limit))
  assert.strictEqual(answer._tag, "Granted", JSON.stringify(answer))
})

const live = (name: string, test: Effect.Effect<unknown, unknown, Scope.Scope | Layer.Success<typeof services>>) =>
  it.live(name, () => Effect.provide(test, services))

describe("a login in a browser", () => {
  for (const definition of [openAiCodex, xaiOAuth]) {
    live(
      `at ${definition.id} ends with tokens that this provider's own request refreshes`,
      Effect.gen(function* () {
        const { provider } = yield* at(definition)
        const answer = yield* logInByBrowser(provider)
        if (answer._tag !== "Granted") return assert.fail(JSON.stringify(answer))
        yield* refreshes(provider, answer.tokens)
      })
    )
  }

  live(
    "at xai-oauth wants an id token that was made for it",
    Effect.gen(function* () {
      const { provider } = yield* at(xaiOAuth, { decision: "wrongNonce" })
      assert.deepStrictEqual(yield* logInByBrowser(provider), { _tag: "WrongNonce" })
    })
  )

  live(
    "at openai-codex asks for the scopes of a login and names the account it was for",
    Effect.gen(function* () {
      const { provider } = yield* at(openAiCodex)
      const { url } = yield* authorize(provider, "http://localhost:1455/auth/callback")
      assert.strictEqual(new URL(url).searchParams.get("scope"), "openid profile email offline_access")
      const answer = yield* logInByBrowser(provider)
      if (answer._tag !== "Granted") return assert.fail(JSON.stringify(answer))
      assert.strictEqual(describeTokens(provider, answer.tokens).subject, "account-1")
    })
  )

  live(
    "whose exchange was cut is refused, and was sent once",
    Effect.gen(function* () {
      const { provider, sandbox } = yield* at(openAiCodex)
      yield* sandbox.fault({ fault: { _tag: "CutBody" } })
      const answer = yield* logInByBrowser(provider)
      if (answer._tag !== "Refused") return assert.fail(answer._tag)
      assert.isTrue(answer.evidence.left)
      assert.lengthOf(yield* sandbox.journal, 1)
    })
  )

  live(
    "whose answer has a refresh token and no access token hands that over all the same",
    Effect.gen(function* () {
      const { provider, sandbox } = yield* at(openAiCodex)
      yield* sandbox.fault({ fault: { _tag: "NoAccessToken" } })
      const answer = yield* logInByBrowser(provider)
      if (answer._tag !== "Refused") return assert.fail(answer._tag)
      assert.isDefined(answer.successor?.refresh)
    })
  )

  live(
    "that must be carried over by hand, in JSON, takes the code and state that the page shows",
    Effect.gen(function* () {
      const { sandbox } = yield* at(anthropic)
      const provider = defineProvider({
        ...providerAt(anthropic, sandbox.origin),
        authorizationEndpoint: `${sandbox.origin}/oauth/authorize`,
        redirect: { kind: "page", uri: `${sandbox.origin}/oauth/code/callback` }
      })
      assert.deepStrictEqual(loginMethods(provider), ["paste"])
      const request = yield* authorize(provider, `${sandbox.origin}/oauth/code/callback`)
      const [, shown = ""] = /<code>(.*)<\/code>/.exec(yield* browse(request.url)) ?? []
      const response = responseInPasted(request, shown)
      if (response._tag !== "Code") return assert.fail(response._tag)
      const answer = yield* AuthorizationCode.use((flow) => flow.exchange(provider, request, response.code, limit))
      if (answer._tag !== "Granted") return assert.fail(JSON.stringify(answer))
      assert.strictEqual(answer.tokens.account, "account-1")
      yield* refreshes(provider, answer.tokens)
    })
  )

  live(
    "is not to be had where the definition leads nowhere",
    Effect.gen(function* () {
      const { provider } = yield* at(nous)
      const answer = yield* AuthorizationCode.use((flow) => flow.authorize(provider, "http://127.0.0.1:1/", limit))
      assert.deepStrictEqual(answer, { _tag: "Unsupported" })
    })
  )
})

describe("a login as a device", () => {
  for (const definition of [openAiCodex, xaiOAuth, nous, qwenOAuth, kimi]) {
    live(
      `at ${definition.id} ends with tokens that this provider's own request refreshes`,
      Effect.gen(function* () {
        const { provider, sandbox } = yield* at(definition, sharing(definition))
        const answer = yield* logInAsDevice(sandbox, provider)
        if (answer._tag !== "Granted") return assert.fail(JSON.stringify(answer))
        yield* refreshes(provider, answer.tokens)
      })
    )
  }

  live(
    "at nous ends when the person says no",
    Effect.gen(function* () {
      const { provider, sandbox } = yield* at(nous)
      assert.deepStrictEqual(yield* logInAsDevice(sandbox, provider, "deny"), { _tag: "AccessDenied" })
    })
  )

  live(
    "at openai-codex asks again after a 429, as the vendor's own clients do, and then gives up",
    Effect.gen(function* () {
      const { provider, sandbox } = yield* at(openAiCodex)
      yield* sandbox.deviceFault({ fault: { _tag: "Status", status: 429, headers: { "retry-after": "30" } } })
      yield* sandbox.deviceFault({ fault: { _tag: "Status", status: 429 }, times: 6 })
      const { clock, waits } = yield* PassingClock.make()
      const start = DeviceFlow.use((flow) => flow.start(provider, limit))
      const answer = yield* Effect.provideService(start, Clock.Clock, clock)
      if (answer._tag !== "Refused") return assert.fail(answer._tag)
      assert.strictEqual(answer.evidence.status, 429)
      assert.lengthOf(yield* sandbox.deviceRequests, 4)
      assert.deepStrictEqual(
        waits.map((wait) => Math.round(wait)),
        [30, 4, 8]
      )
    })
  )

  live(
    "at openai-codex shows the vendor's page and leaves three seconds between two polls, whatever the server says",
    Effect.gen(function* () {
      const { provider, sandbox } = yield* at(openAiCodex, { deviceInterval: 1 })
      const started = yield* startedAs(provider)
      assert.strictEqual(started.verificationUri, `${sandbox.origin}/codex/device`)
      assert.strictEqual(started.intervalMillis, 3_000)
      assert.closeTo(started.expiresAt - Date.now(), 900_000, 20_000)
    })
  )

  live(
    "at openai-codex does not poll on once the code that it was given was not taken",
    Effect.gen(function* () {
      const { provider, sandbox } = yield* at(openAiCodex)
      yield* sandbox.fault({ fault: { _tag: "Status", status: 503 } })
      const answer = yield* logInAsDevice(sandbox, provider)
      if (answer._tag !== "CodeRefused") return assert.fail(answer._tag)
      assert.strictEqual(answer.evidence.status, 503)
    })
  )

  live(
    "keeps what it carries out of whatever shows it",
    Effect.gen(function* () {
      const { provider, sandbox } = yield* at(qwenOAuth)
      const started = yield* startedAs(provider)
      const secrets = [started.deviceCode, started.verifier].map((secret) => Redacted.value(secret!))
      for (const secret of secrets) assert.notInclude(JSON.stringify(started), secret)
      const [request] = yield* sandbox.deviceRequests
      assert.notInclude(request?.body, secrets[1])
    })
  )
})

it("each provider can be logged in to as far as its definition says", () => {
  assert.deepStrictEqual(
    defaultProviders.map((provider) => [provider.id, ...loginMethods(provider)]),
    [
      ["openai-codex", "browser", "device", "paste"],
      ["xai-oauth", "browser", "device", "paste"],
      ["nous", "device"],
      ["anthropic"],
      ["qwen-oauth", "device"],
      ["minimax-oauth"],
      ["kimi", "device"],
      ["google-gemini"],
      ["copilot"]
    ]
  )
})
