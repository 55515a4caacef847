/**
 * What the metadata documents say: `/.well-known/oauth-authorization-server` (RFC 8414) and
 * `/.well-known/openid-configuration` (OpenID Connect Discovery), each at the origin of the endpoints it names.
 */
import { Schema } from "effect"
import * as Answer from "./internal/Answer.ts"

/** What a test has put in place of the truth, in both documents. */
export const Discovery = Schema.Struct({
  tokenEndpoint: Schema.optionalKey(Schema.String),
  issuer: Schema.optionalKey(Schema.String),
  status: Schema.optionalKey(Schema.Int),
  /** Sent as it stands, in place of the document. */
  body: Schema.optionalKey(Schema.String)
})
export type Discovery = typeof Discovery.Type

const common = {
  grant_types_supported: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
  response_types_supported: ["code"],
  code_challenge_methods_supported: ["S256"],
  authorization_response_iss_parameter_supported: true,
  token_endpoint_auth_methods_supported: ["none"],
  revocation_endpoint_auth_methods_supported: ["none"]
}

const documents: Readonly<Record<string, (origin: string) => Readonly<Record<string, unknown>>>> = {
  "/.well-known/oauth-authorization-server": (origin) => ({
    issuer: origin,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    revocation_endpoint: `${origin}/oauth/revoke`,
    ...common
  }),
  "/.well-known/openid-configuration": (origin) => ({
    issuer: origin,
    authorization_endpoint: `${origin}/oauth2/authorize`,
    token_endpoint: `${origin}/oauth2/token`,
    revocation_endpoint: `${origin}/oauth2/revoke`,
    device_authorization_endpoint: `${origin}/oauth2/device/code`,
    ...common
  })
}

export const serves = (path: string): boolean => Object.hasOwn(documents, path)

/** The document at the path, as the test wants it. */
export const answer = (path: string, origin: string, { tokenEndpoint, issuer, status, body }: Discovery) => {
  const document = {
    ...documents[path]?.(origin),
    ...(tokenEndpoint === undefined ? {} : { token_endpoint: tokenEndpoint }),
    ...(issuer === undefined ? {} : { issuer })
  }
  const made = Answer.json(status ?? 200, document)
  return { ...made, body: body ?? made.body }
}
