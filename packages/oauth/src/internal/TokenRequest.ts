/** Requests to an authorization server as bytes-to-be, and the secrets they carry. */
import { Redacted } from "effect"
import * as Base64 from "effect/encoding/Base64"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { Provider } from "../Provider.ts"
import { defined } from "./Defined.ts"
import { isSecretName } from "./ErrorBody.ts"

export type Parameters = Readonly<Record<string, string>>

/** An answer that is not compressed shows its length, and cannot grow while it is read. */
export const common = HttpClientRequest.setHeaders({
  accept: "application/json",
  "accept-encoding": "identity",
  "user-agent": "daybook"
})

/** RFC 6749 section 6, as the provider wants it. */
export const revealForRequest = (
  provider: Provider,
  endpoint: string,
  refreshToken: Redacted.Redacted<string>
): HttpClientRequest.HttpClientRequest => {
  const token = Redacted.value(refreshToken)
  const request =
    provider.grantType === "exchange"
      ? HttpClientRequest.get(endpoint).pipe(common, HttpClientRequest.setHeaders(provider.headers ?? {}))
      : revealForPost(provider, endpoint, {
          grant_type: "refresh_token",
          ...(provider.refreshTokenIn === "body" ? { refresh_token: token } : {}),
          ...defined({ client_id: provider.clientId, scope: provider.scope })
        })
  return provider.refreshTokenIn === "body"
    ? request
    : HttpClientRequest.setHeader(request, provider.refreshTokenIn.header, inHeader(provider.refreshTokenIn, token))
}

const inHeader = ({ scheme }: { readonly scheme?: string }, token: string): string =>
  scheme === undefined ? token : `${scheme} ${token}`

/** A POST with these parameters, in the provider's encoding and with its client authentication (RFC 6749 section 2.3.1). */
export const revealForPost = (
  provider: Provider,
  endpoint: string,
  parameters: Parameters
): HttpClientRequest.HttpClientRequest => {
  const secret = provider.clientSecret === undefined ? "" : Redacted.value(provider.clientSecret)
  const request = HttpClientRequest.post(endpoint).pipe(common, HttpClientRequest.setHeaders(provider.headers ?? {}))
  switch (provider.clientAuthentication) {
    case "none":
      return withBody(request, provider, parameters)
    case "client_secret_post":
      return withBody(request, provider, { ...parameters, client_secret: secret })
    case "client_secret_basic": {
      const { client_id: _inHeader, ...others } = parameters
      return HttpClientRequest.setHeader(
        withBody(request, provider, others),
        "authorization",
        `Basic ${basic(provider.clientId ?? "", secret)}`
      )
    }
  }
}

const withBody = (request: HttpClientRequest.HttpClientRequest, { encoding }: Provider, parameters: Parameters) =>
  encoding === "json"
    ? HttpClientRequest.bodyJsonUnsafe(request, parameters)
    : HttpClientRequest.bodyUrlParams(request, parameters)

/** Both halves are form-encoded first (RFC 6749 section 2.3.1). */
const basic = (clientId: string, secret: string): string =>
  Base64.encode(`${formEncoded(clientId)}:${formEncoded(secret)}`)

const formEncoded = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1)

/** Everything that a request to this provider carries and that nobody may see. */
export const secretsOf = (
  provider: Provider,
  ...tokens: ReadonlyArray<Redacted.Redacted<string>>
): ReadonlyArray<Redacted.Redacted<string>> => [
  ...tokens,
  ...(provider.clientSecret === undefined
    ? []
    : [provider.clientSecret, Redacted.make(basic(provider.clientId ?? "", Redacted.value(provider.clientSecret)))]),
  ...Object.entries(provider.headers ?? {})
    .filter(([name]) => isSecretName(name))
    .flatMap(([, value]) => [value, value.replace(/^\S+\s+/, "")])
    .map((value) => Redacted.make(value))
]
