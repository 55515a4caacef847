/** What the tests against `oidc-provider` do over and over, all of it through our own client code. */
import { assert } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { classifyToken } from "@daybook/oauth/Classify"
import type { Started } from "@daybook/oauth/DeviceAnswer"
import { DeviceFlow } from "@daybook/oauth/DeviceFlow"
import type { Provider, ProviderOptions } from "@daybook/oauth/Provider"
import { Revocation } from "@daybook/oauth/Revocation"
import { type TokenAnswer, TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { TokenVerdict } from "@daybook/pool/Verdict"
import { clientSecret } from "./oidc/configuration.ts"
import { OidcServer } from "./OidcServer.ts"

/** The server, and everything of ours that speaks to it. */
export const layer = Layer.mergeAll(OidcServer.layer, DeviceFlow.layer, TokenEndpoint.layer, Revocation.layer)

/** For loopback, on a busy machine. */
export const limit = { timeLimitMillis: 10_000 }

export const publicClient: Partial<ProviderOptions> = { clientId: "public" }
export const postClient: Partial<ProviderOptions> = {
  clientId: "post",
  clientAuthentication: "client_secret_post",
  clientSecret: Redacted.make(clientSecret)
}
export const basicClient: Partial<ProviderOptions> = {
  clientId: "basic",
  clientAuthentication: "client_secret_basic",
  clientSecret: Redacted.make(clientSecret)
}
export const clients = [publicClient, postClient, basicClient] as const

export interface Pair {
  readonly access: Redacted.Redacted<string>
  readonly refresh: Redacted.Redacted<string>
  readonly tokens: TokenSet
}

const pairIn = (tokens: TokenSet): Pair =>
  tokens.access !== undefined && tokens.refresh !== undefined
    ? { access: tokens.access, refresh: tokens.refresh, tokens }
    : assert.fail("a token is missing")

export const start = Effect.fnUntraced(function* (provider: Provider) {
  const answer = yield* DeviceFlow.use((flow) => flow.start(provider, limit))
  return answer._tag === "Started" ? answer : assert.fail(JSON.stringify(answer))
})

export const poll = (provider: Provider, started: Started) =>
  DeviceFlow.use((flow) => flow.poll(provider, started, limit))

/** A device, and a person who approves it. */
export const logIn = Effect.fnUntraced(function* (provider: Provider) {
  const started = yield* start(provider)
  yield* OidcServer.use((server) => server.visit(started, "approve"))
  const answer = yield* poll(provider, started)
  return answer._tag === "Granted" ? pairIn(answer.tokens) : assert.fail(JSON.stringify(answer))
})

export const refresh = (provider: Provider, token: Redacted.Redacted<string>) =>
  TokenEndpoint.use((endpoint) => endpoint.refresh(provider, token, limit))

export const refreshed = Effect.fnUntraced(function* (provider: Provider, token: Redacted.Redacted<string>) {
  const answer = yield* refresh(provider, token)
  return answer._tag === "Granted" ? pairIn(answer.tokens) : assert.fail(JSON.stringify(answer))
})

export const verdictOf = (provider: Provider, answer: TokenAnswer): TokenVerdict =>
  answer._tag === "Refused"
    ? classifyToken(provider, answer.evidence, Date.now())
    : assert.fail("the answer was taken as a success")

/** As the server refuses every refresh token that it does not take: it says no more than RFC 6749 section 5.2 asks. */
export const deadToken = {
  verdict: "Terminal",
  reason: "Revoked",
  confirm: true,
  rule: "codes/invalid_grant"
} as const
