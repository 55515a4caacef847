/**
 * OpenAI Codex, the ChatGPT login: single-use rotating refresh tokens, access tokens that are JWTs and name the
 * workspace, error bodies both nested (`error.code`) and flat (`error`).
 */
import type { Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { claimsOf, instantClaim, objectClaim, textClaim } from "./internal/Claims.ts"
import { defined } from "./internal/Defined.ts"
import { defineProvider, type Description, type Provider } from "./Provider.ts"
import type { Rule } from "./Rule.ts"

const workspaceOf = (tokens: TokenSet): string | undefined => {
  const named = [tokens.access, tokens.idToken].map((token) =>
    textClaim(objectClaim(claimsOf(token), "https://api.openai.com/auth"), "chatgpt_account_id")
  )
  return named.find((id) => id !== undefined) ?? tokens.account
}

/** The access token's own `exp` alone decides; an announced `expires_in` is not looked at. */
const describe = (tokens: TokenSet, _now: Instant): Description => {
  const access = claimsOf(tokens.access)
  const identity = claimsOf(tokens.idToken)
  return defined({
    expiresAt: instantClaim(access, "exp"),
    issuedAt: instantClaim(access, "iat"),
    subject: workspaceOf(tokens) ?? textClaim(access, "sub") ?? textClaim(identity, "sub"),
    email: textClaim(identity, "email") ?? textClaim(objectClaim(access, "https://api.openai.com/profile"), "email")
  })
}

const apiHeaders = (tokens: TokenSet): Record<string, string> => {
  const workspace = workspaceOf(tokens)
  return workspace === undefined ? {} : { "ChatGPT-Account-Id": workspace }
}

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
    id: "openai-codex/model-not-in-plan",
    version: 1,
    surface: "api",
    when: { status: [[400, 404]], words: ["model is not supported"] },
    verdict: "ModelUnavailable",
    scope: "model",
    source: "answers of the Codex API to a ChatGPT login"
  }
]

/**
 * The same provider somewhere else, for a sandbox or a proxy on loopback.
 * @throws InvalidProvider
 */
export const openAiCodexAt = (places: Pick<Provider, "tokenEndpoint" | "apiOrigins">): Provider =>
  defineProvider({
    id: "openai-codex",
    name: "OpenAI Codex",
    clientId: "app_EMoamEEZ73f0CkXaXp7hrann",
    relogin:
      "Log in to OpenAI Codex again in the program that owns this login: `hermes auth add openai-codex` for hermes, `codex login` for the Codex CLI.",
    rules,
    describe,
    apiHeaders,
    ...places
  })

/** The client id is the public one of the vendor's open-source client. */
export const openAiCodex: Provider = openAiCodexAt({
  tokenEndpoint: "https://auth.openai.com/oauth/token",
  apiOrigins: ["https://chatgpt.com", "https://api.openai.com"]
})
