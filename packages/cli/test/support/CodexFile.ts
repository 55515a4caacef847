/** The Codex CLI's `auth.json` below a user's home. */
import type { Login } from "@daybook/sandbox/Operations"
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

export const codexPath = (user: string): string => join(user, ".codex", "auth.json")

export const writeCodex = (user: string, content: Login | object | string, path = codexPath(user)): string => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(asCodex(content)), { mode: 0o600 })
  return path
}

const asCodex = (content: Login | object): object => {
  if (!("access_token" in content)) return content
  const { access_token, account_id, id_token, refresh_token } = content
  return { tokens: { id_token, access_token, refresh_token, account_id }, last_refresh: "2026-11-22T09:00:00Z" }
}

/** What a writer would change. */
export const look = (path: string) => {
  const { ino, mode, mtimeMs } = statSync(path)
  return { content: readFileSync(path, "utf8"), ino, mode, mtimeMs }
}
