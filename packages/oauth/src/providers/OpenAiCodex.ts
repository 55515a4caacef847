/**
 * OpenAI Codex, the ChatGPT login: single-use rotating refresh tokens, access tokens that are JWTs and name the
 * workspace, error bodies both nested (`error.code`) and flat (`error`). The client id is the public one of the
 * vendor's open-source client, as in the other definitions beside this one.
 */
import { defineProvider, type TokenPath } from "../Provider.ts"
import type { Rule } from "../Rule.ts"

const auth = "https://api.openai.com/auth"

const workspace: ReadonlyArray<TokenPath> = [
  ["access", auth, "chatgpt_account_id"],
  ["id", auth, "chatgpt_account_id"],
  ["account"]
]

const rules: ReadonlyArray<Rule> = [
  {
    id: "openai-codex/session-ended",
    version: 1,
    surface: "token",
    when: { codes: ["app_session_terminated", "token_invalidated", "token_revoked"] },
    verdict: "Terminal",
    reason: "Revoked",
    confirm: true,
    source: "answers of the ChatGPT token endpoint"
  },
  {
    id: "openai-codex/session-expired",
    version: 1,
    surface: "token",
    when: { codes: ["account_session_expired", "token_expired"] },
    verdict: "Terminal",
    reason: "Expired",
    confirm: true,
    source: "answers of the ChatGPT token endpoint"
  },
  {
    id: "openai-codex/window-used-up",
    version: 1,
    surface: "api",
    when: { codes: ["device_code_exhausted"] },
    verdict: "QuotaExhausted",
    source: "answers of the Codex API once the weekly credits are used up"
  },
  {
    id: "openai-codex/plan-without-codex",
    version: 1,
    surface: "api",
    when: { codes: ["usage_not_included"] },
    verdict: "NotEntitled",
    source: "the vendor's open-source client: the plan does not include Codex"
  },
  {
    id: "openai-codex/model-not-in-plan",
    version: 1,
    surface: "api",
    when: { status: [[400, 404]], words: ["model is not supported"] },
    verdict: "ModelUnavailable",
    scope: "model",
    source: "answers of the Codex API to a ChatGPT login"
  }
]

/** The access token's own `exp` alone says when it ends; what an answer announces is not looked at. */
export const openAiCodex = defineProvider({
  id: "openai-codex",
  name: "OpenAI Codex",
  tokenEndpoint: "https://auth.openai.com/oauth/token",
  revocationEndpoint: "https://auth.openai.com/oauth/revoke",
  clientId: "app_EMoamEEZ73f0CkXaXp7hrann",
  issuer: "https://auth.openai.com",
  authorizationEndpoint: "https://auth.openai.com/oauth/authorize",
  redirect: { kind: "loopback", host: "localhost", port: 1455, path: "/auth/callback" },
  loginScope: "openid profile email offline_access",
  deviceEndpoint: "https://auth.openai.com/api/accounts/deviceauth/usercode",
  device: {
    _tag: "deviceauth",
    pollEndpoint: "https://auth.openai.com/api/accounts/deviceauth/token",
    verificationUri: "https://auth.openai.com/codex/device",
    redirectUri: "https://auth.openai.com/deviceauth/callback"
  },
  expiry: ["claim"],
  identity: {
    seat: [
      ["access", auth, "chatgpt_user_id"],
      ["id", auth, "chatgpt_user_id"]
    ],
    subject: [...workspace, ["access", "sub"], ["id", "sub"]],
    email: [
      ["id", "email"],
      ["access", "https://api.openai.com/profile", "email"]
    ]
  },
  apiOrigins: ["https://chatgpt.com", "https://api.openai.com"],
  apiHeaders: { "ChatGPT-Account-Id": workspace },
  variables: { login: "OPENAI_API_KEY", key: "OPENAI_API_KEY" },
  usage: {
    url: "https://chatgpt.com/backend-api/wham/usage",
    windows: [
      { name: "5h", at: ["rate_limit", "primary_window"], usedPercent: "used_percent", resetsAt: "reset_at" },
      { name: "7d", at: ["rate_limit", "secondary_window"], usedPercent: "used_percent", resetsAt: "reset_at" }
    ]
  },
  sharedWithHermes: true,
  rules,
  relogin:
    "Log in to OpenAI Codex again in the program that owns this login: `hermes auth add openai-codex` for hermes, `codex login` for the Codex CLI."
})
