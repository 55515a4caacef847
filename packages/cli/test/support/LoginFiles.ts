/** Logins of other programs below a user's home, with made-up tokens, as those programs write them. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** Access and refresh token of one program's login. */
const pair = (program: string) => [`at-${program}-plainwords`, `rt-${program}-plainwords`] as const

export const end = Date.UTC(2100, 0, 1, 12)

const [claudeAccess, claudeRefresh] = pair("claude")
const [qwenAccess, qwenRefresh] = pair("qwen")
const [geminiAccess, geminiRefresh] = pair("gemini")
const [kimiAccess, kimiRefresh] = pair("kimi")
const [grokAccess, grokRefresh] = pair("grok")
const [otherGrokAccess, otherGrokRefresh] = pair("other-grok")

export const secrets: ReadonlyArray<string> = ["claude", "qwen", "gemini", "kimi", "grok", "other-grok"].flatMap(pair)

const common = { token_type: "Bearer", scope: "openid profile" }

/** By path below the user's home. */
export const loginFiles = {
  ".claude/.credentials.json": {
    claudeAiOauth: {
      accessToken: claudeAccess,
      refreshToken: claudeRefresh,
      expiresAt: end,
      scopes: ["user:inference", "user:profile"],
      subscriptionType: "max"
    }
  },
  ".qwen/oauth_creds.json": {
    ...common,
    access_token: qwenAccess,
    refresh_token: qwenRefresh,
    resource_url: "portal.qwen.ai",
    expiry_date: end
  },
  ".gemini/oauth_creds.json": {
    ...common,
    access_token: geminiAccess,
    refresh_token: geminiRefresh,
    expiry_date: end
  },
  ".kimi/credentials/kimi-code.json": {
    ...common,
    access_token: kimiAccess,
    refresh_token: kimiRefresh,
    expires_at: end / 1000,
    expires_in: 900
  },
  ".grok/auth.json": {
    "https://auth.x.ai::one": {
      key: grokAccess,
      refresh_token: grokRefresh,
      user_id: "user-1",
      expires_at: new Date(end).toISOString()
    },
    "https://auth.x.ai::two": { key: otherGrokAccess, refresh_token: otherGrokRefresh, user_id: "user-2" }
  }
} as const

export const writeLoginFiles = (user: string, files: Readonly<Record<string, unknown>> = loginFiles): void => {
  for (const [name, content] of Object.entries(files)) {
    const path = join(user, name)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 })
  }
}
