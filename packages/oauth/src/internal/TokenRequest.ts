/** The refresh request as bytes-to-be (RFC 6749 section 6), and the secrets it carries. */
import { Redacted } from "effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { Provider } from "../Provider.ts"
import { defined } from "./Defined.ts"
import { isSecretName } from "./ErrorBody.ts"

const parameters = (provider: Provider, refreshToken: string): Readonly<Record<string, string>> =>
  defined({
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: provider.clientId,
    scope: provider.scope
  })

const withBody = (provider: Provider, refreshToken: string) =>
  provider.encoding === "json"
    ? HttpClientRequest.bodyJsonUnsafe(parameters(provider, refreshToken))
    : HttpClientRequest.bodyUrlParams(parameters(provider, refreshToken))

export const revealForRequest = (
  provider: Provider,
  refreshToken: Redacted.Redacted<string>
): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.post(provider.tokenEndpoint).pipe(
    HttpClientRequest.setHeaders({
      accept: "application/json",
      "accept-encoding": "identity",
      "user-agent": "daybook"
    }),
    HttpClientRequest.setHeaders(provider.headers ?? {}),
    withBody(provider, Redacted.value(refreshToken))
  )

export const secretsOf = (
  provider: Provider,
  refreshToken: Redacted.Redacted<string>
): ReadonlyArray<Redacted.Redacted<string>> => [
  refreshToken,
  ...Object.entries(provider.headers ?? {})
    .filter(([name]) => isSecretName(name))
    .flatMap(([, value]) => [value, value.replace(/^\S+\s+/, "")])
    .map((value) => Redacted.make(value))
]
