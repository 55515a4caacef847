/**
 * xAI, the Grok login: the token endpoint is discovered and believed on x.ai only; a 403 of the API speaks of the plan
 * and not of the login, but for one sentence.
 */
import { defineProvider } from "../Provider.ts"

export const xaiOAuth = defineProvider({
  id: "xai-oauth",
  name: "xAI",
  tokenEndpoint: { issuer: "https://auth.x.ai", document: "openid", hosts: ["x.ai"] },
  deviceEndpoint: "https://auth.x.ai/oauth2/device/code",
  clientId: "b1a00492-073a-47ea-816f-4c329264a828",
  redirect: {
    kind: "loopback",
    host: "127.0.0.1",
    port: 56121,
    path: "/callback",
    origins: ["https://accounts.x.ai", "https://auth.x.ai"]
  },
  authorizationParameters: { plan: "generic" },
  nonce: true,
  loginScope: "openid profile email offline_access grok-cli:access api:access",
  expiry: ["claim", "announced"],
  skewMillis: 3_600_000,
  apiOrigins: ["https://api.x.ai", "https://cli-chat-proxy.grok.com"],
  variables: { login: "XAI_API_KEY", key: "XAI_API_KEY" },
  sharedWithHermes: true,
  files: [
    {
      owner: "the Grok CLI",
      paths: ["$GROK_HOME/auth.json", "~/.grok/auth.json"],
      at: ["*"],
      members: { access: "key", refresh: "refresh_token", account: "user_id", expiresAt: "expires_at" },
      renew: "run grok"
    }
  ],
  rules: [
    {
      id: "xai-oauth/access-refused",
      version: 1,
      surface: "api",
      when: { status: [401, 403], words: ["[wke=unauthenticated:", "oauth2 access token could not be validated"] },
      verdict: "AccessExpired",
      source: "answers of api.x.ai: the one 403 that a new access token mends"
    },
    {
      id: "xai-oauth/spending-limit",
      version: 1,
      surface: "api",
      when: { status: [403, 429], words: ["spending limit", "spending-limit"] },
      verdict: "BillingRequired",
      source: "answers of api.x.ai to a team that has spent what it allowed itself"
    }
  ],
  relogin: "Log in to xAI again: `hermes auth add xai-oauth` for hermes, `grok login` for the Grok CLI."
})
