/** The request that a browser carries to an authorization server (RFC 6749 section 4.1.1), built and nothing else. */
import { Redacted } from "effect"
import { challengeParameters } from "./Pkce.ts"
import type { Provider } from "./Provider.ts"

/** What a login must remember between its two requests. */
export interface AuthorizationRequest {
  /** For the person's browser. It holds no secret that outlives the login. */
  readonly url: string
  readonly redirectUri: string
  readonly state: Redacted.Redacted<string>
  readonly verifier: Redacted.Redacted<string>
  readonly nonce?: Redacted.Redacted<string>
  /** Who must have answered, where the answer says who did (RFC 9207). */
  readonly issuer: string
  /** The server names itself in every answer. */
  readonly namesIssuer: boolean
}

export interface RequestParts extends Omit<AuthorizationRequest, "url"> {
  readonly endpoint: string
}

/** With PKCE in any case: method S256 (RFC 7636 section 4.3). */
export const authorizationRequest = (
  provider: Pick<Provider, "authorizationParameters" | "clientId" | "loginScope" | "scope">,
  { endpoint, ...parts }: RequestParts
): AuthorizationRequest => {
  const url = new URL(endpoint)
  const parameters = {
    response_type: "code",
    client_id: provider.clientId,
    redirect_uri: parts.redirectUri,
    scope: provider.loginScope ?? provider.scope,
    state: Redacted.value(parts.state),
    nonce: parts.nonce === undefined ? undefined : Redacted.value(parts.nonce),
    ...challengeParameters(parts.verifier),
    ...provider.authorizationParameters
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return { url: url.href, ...parts }
}
