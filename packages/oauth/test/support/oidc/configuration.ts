/**
 * What the server allows: single-use refresh tokens, the device flow, the code flow with PKCE, revocation, and a client
 * for each way to authenticate. The pages are the server's own.
 */
import type { ClientMetadata, Configuration } from "oidc-provider"

/** With characters that must be encoded in a form, and in a `Basic` header. */
export const clientSecret = "s3cret +/=&%:~"

/** In seconds. */
export const lifetimes = { AccessToken: 3_600, DeviceCode: 600, RefreshToken: 86_400 }

const api = "urn:daybook:api"

const client = (id: string, method: NonNullable<ClientMetadata["token_endpoint_auth_method"]>): ClientMetadata => ({
  client_id: id,
  ...(method === "none" ? {} : { client_secret: clientSecret }),
  token_endpoint_auth_method: method,
  application_type: "native",
  grant_types: ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
  response_types: [],
  redirect_uris: []
})

/** A program on a person's machine, whose browser comes back to any port of it (RFC 8252 section 7.3). */
const nativeApp: ClientMetadata = {
  client_id: "native",
  token_endpoint_auth_method: "none",
  application_type: "native",
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  redirect_uris: ["http://127.0.0.1/callback"]
}

export const configuration: Configuration = {
  clients: [
    nativeApp,
    client("public", "none"),
    client("post", "client_secret_post"),
    client("basic", "client_secret_basic"),
    client("api", "none")
  ],
  scopes: ["openid", "offline_access", "call"],
  rotateRefreshToken: true,
  ttl: { ...lifetimes, Grant: 30 * 86_400, IdToken: 3_600, Interaction: 3_600, Session: 86_400 },
  features: {
    deviceFlow: { enabled: true },
    revocation: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_context, { clientId }) => (clientId === "api" ? api : []),
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: "call", accessTokenFormat: "jwt" })
    }
  }
}
