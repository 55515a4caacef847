/**
 * Qwen: `invalid_request` may mean a dead token, and `resource_url` says which API the tokens are for; it comes with
 * the login and is not repeated by every refresh.
 */
import { defineProvider } from "../Provider.ts"

export const qwenOAuth = defineProvider({
  id: "qwen-oauth",
  name: "Qwen",
  tokenEndpoint: "https://chat.qwen.ai/api/v1/oauth2/token",
  deviceEndpoint: "https://chat.qwen.ai/api/v1/oauth2/device/code",
  clientId: "f0304373b74a44d2b584a3fb70ca9e56",
  device: { _tag: "rfc8628", pkce: true },
  loginScope: "openid profile email model.completion",
  rotation: "sometimes",
  apiOrigins: ["https://portal.qwen.ai", "https://dashscope.aliyuncs.com"],
  variables: { key: "DASHSCOPE_API_KEY" },
  files: [
    {
      owner: "Qwen Code",
      paths: ["~/.qwen/oauth_creds.json"],
      members: {
        access: "access_token",
        refresh: "refresh_token",
        expiresAt: "expiry_date",
        resource: "resource_url"
      },
      renew: "run qwen"
    }
  ],
  rules: [
    {
      id: "qwen-oauth/invalid-refresh-token",
      version: 1,
      surface: "token",
      when: { codes: ["invalid_request"], words: ["invalid refresh token"] },
      verdict: "Terminal",
      reason: "Revoked",
      confirm: true,
      source: "answers of chat.qwen.ai to a dead refresh token; by RFC 6749 it would be a malformed request"
    }
  ],
  relogin: "Log in to Qwen again: `qwen` and `/auth`."
})
