/**
 * Asks an issuer where its endpoints are. The document is public, so nothing secret is sent for it; what it names is
 * believed only on the hosts that the definition pins, over TLS.
 */
import { Effect, Result } from "effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { Discovery } from "../Provider.ts"
import { defined } from "./Defined.ts"
import { isObject, type JsonObject, parseJson, textIn } from "./Json.ts"
import { isConfidential } from "./Loopback.ts"
import { sendOnce } from "./OneShot.ts"
import { common } from "./TokenRequest.ts"

/** RFC 8414 section 2, as far as it is used here. */
export interface Metadata {
  readonly tokenEndpoint: string
  readonly authorizationEndpoint?: string
  readonly deviceEndpoint?: string
  readonly revocationEndpoint?: string
  readonly issuer?: string
  /** RFC 9207 section 3: an authorization response without `iss` is not this server's. */
  readonly namesIssuer?: true
}

export type EndpointName = Exclude<keyof Metadata, "issuer" | "namesIssuer">

/** Why nothing is sent, as a fault's name: `discovery-failed` passes, `discovery-invalid` needs a person. */
export type DiscoveryFault = "discovery-failed" | "discovery-invalid"

/** RFC 8414 section 3.1 puts the well-known part before the issuer's path, OpenID Connect Discovery section 4 behind it. */
export const documentUrl = ({ document, issuer }: Discovery): string => {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, "")
  return document === "oauth"
    ? `${origin}/.well-known/oauth-authorization-server${path}`
    : `${origin}${path}/.well-known/openid-configuration`
}

export const discover = Effect.fnUntraced(function* (
  discovery: Discovery,
  limitMillis: number
): Effect.fn.Return<Result.Result<Metadata, DiscoveryFault>> {
  const request = HttpClientRequest.get(documentUrl(discovery)).pipe(common)
  const exchange = yield* sendOnce(request, limitMillis)
  if (exchange._tag === "Fault" || exchange.answer.status !== 200 || typeof exchange.answer.body !== "string") {
    return Result.fail("discovery-failed")
  }
  const document = Result.getOrUndefined(parseJson(exchange.answer.body))
  return metadataIn(discovery, document)
})

/** RFC 8414 section 3.3: the document must name the issuer that was asked. */
export const metadataIn = (discovery: Discovery, document: unknown): Result.Result<Metadata, DiscoveryFault> => {
  if (!isObject(document)) return Result.fail("discovery-failed")
  const tokenEndpoint = pinned(discovery, document, "token_endpoint")
  return tokenEndpoint === undefined || !isIssuer(discovery, document)
    ? Result.fail("discovery-invalid")
    : Result.succeed({
        tokenEndpoint,
        ...defined({
          authorizationEndpoint: pinned(discovery, document, "authorization_endpoint"),
          issuer: textIn(document["issuer"]),
          namesIssuer:
            document["authorization_response_iss_parameter_supported"] === true ? (true as const) : undefined,
          deviceEndpoint: pinned(discovery, document, "device_authorization_endpoint"),
          revocationEndpoint: pinned(discovery, document, "revocation_endpoint")
        })
      })
}

const isIssuer = ({ issuer }: Discovery, document: JsonObject): boolean =>
  textIn(document["issuer"])?.replace(/\/$/, "") === issuer.replace(/\/$/, "")

const pinned = ({ hosts }: Discovery, document: JsonObject, name: string): string | undefined => {
  const text = textIn(document[name]) ?? ""
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe = url !== undefined && isConfidential(url) && url.username === "" && url.password === ""
  return isSafe && hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`))
    ? url.href
    : undefined
}
