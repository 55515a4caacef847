/**
 * Nous Portal: the refresh token travels in a header, a token that is sent twice ends the session, and a session ends
 * 30 days after the login whatever is refreshed. The access token serves as the agent key, if it has the scope for it;
 * until August 2026 the portal minted agent keys of their own.
 */
import { defineProvider } from "../Provider.ts"

const day = 86_400_000

export const nous = defineProvider({
  id: "nous",
  name: "Nous Portal",
  tokenEndpoint: "https://portal.nousresearch.com/api/oauth/token",
  deviceEndpoint: "https://portal.nousresearch.com/api/oauth/device/code",
  clientId: "hermes-cli",
  loginScope: "inference:invoke",
  refreshTokenIn: { header: "x-nous-refresh-token" },
  expiry: ["claim", "announced"],
  grantMillis: 30 * day,
  derivedKey: { name: "agent key", scope: "inference:invoke" },
  answer: { resource: ["inference_base_url"] },
  sharedWithHermes: true,
  apiOrigins: ["https://inference-api.nousresearch.com"],
  relogin: "Log in to Nous Portal again: `hermes auth add nous`."
})
