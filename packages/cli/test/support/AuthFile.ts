/** An `auth.json` as hermes writes it, with a login and an API key. */
import type { Login } from "@daybook/sandbox/Operations"
import { randomBytes } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

export const apiKey = `sk-test-${randomBytes(24).toString("base64url")}`

export const authFile = ({ access_token, refresh_token }: Pick<Login, "access_token" | "refresh_token">) => ({
  version: 1,
  active_provider: "openai-codex",
  providers: {
    "openai-codex": { tokens: { access_token, refresh_token }, last_refresh: "2026-11-22T09:00:00Z" }
  },
  credential_pool: {
    "openai-codex": [
      {
        id: "main",
        label: "ada@example.com",
        auth_type: "oauth",
        priority: 0,
        source: "device_code",
        access_token,
        refresh_token
      }
    ],
    openai: [{ id: "key", label: "team", auth_type: "api_key", priority: 0, source: "manual", access_token: apiKey }]
  }
})

/** Where hermes keeps it below a user's home. */
export const authPath = (user: string): string => join(user, ".hermes", "auth.json")

export const writeAuth = (user: string, content: unknown): string => {
  const path = authPath(user)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content, null, 2), { mode: 0o600 })
  return path
}
