/**
 * Other programs on a scene's machine: their login files, written the way they write them.
 */
import type { Login } from "@daybook/sandbox/Operations"
import type { StoreSource } from "@daybook/vault/Vault"
import { Clock, Effect } from "effect"
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Scene } from "./Scene.ts"

export interface OthersFile {
  readonly path: string
  readonly source: StoreSource
  readonly write: (login: Partial<Login>) => Effect.Effect<void>
  readonly writeText: (text: string) => void
  /** Everything about it that a writer would change. */
  readonly look: () => object
}

export const codexCli = ({ folder }: Scene): OthersFile => {
  const path = join(folder, "codex.json")
  return others(path, { kind: "codex-cli", path }, ({ access_token, account_id, id_token, refresh_token }) => ({
    OPENAI_API_KEY: null,
    tokens: { id_token, access_token, refresh_token, account_id },
    last_refresh: "2026-11-22T09:00:00Z"
  }))
}

export const claudeCode = ({ folder }: Scene): OthersFile => {
  const path = join(folder, "credentials.json")
  const members = { access: "accessToken", refresh: "refreshToken", expiresAt: "expiresAt" }
  const file = {
    owner: "Claude Code",
    path,
    provider: "anthropic",
    at: ["claudeAiOauth"],
    members,
    renew: "run claude"
  }
  return others(path, { kind: "file", file }, ({ access_token, expires_in = 0, refresh_token }, now) => ({
    claudeAiOauth: {
      accessToken: access_token,
      refreshToken: refresh_token,
      expiresAt: access_token === "" ? 0 : now + expires_in * 1000,
      scopes: ["user:inference", "user:profile"]
    }
  }))
}

const others = (
  path: string,
  source: StoreSource,
  content: (login: Partial<Login>, now: number) => object
): OthersFile => {
  const writeText = (text: string) => {
    writeFileSync(`${path}.new`, text, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  return {
    path,
    source,
    writeText,
    write: (login) =>
      Effect.map(Clock.currentTimeMillis, (now) => writeText(JSON.stringify(content(login, now), null, 2))),
    look: () => {
      const { ino, mode, mtimeMs, nlink } = statSync(path)
      return { content: readFileSync(path, "utf8"), ino, mode, mtimeMs, nlink }
    }
  }
}
