/** A pool on a temporary folder with one login in hermes' file, whose access token is good for a day. */
import { openPool, type Pool, type PoolOptions } from "daybook"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Login {
  readonly pool: Pool
  readonly token: string
  readonly close: () => Promise<void>
}

export const withLogin = async (options: PoolOptions = {}): Promise<Login> => {
  const folder = mkdtempSync(join(tmpdir(), "daybook-bench-"))
  const vault = join(folder, "auth.json")
  const tokens = { access_token: jwt(), refresh_token: "never-sent" }
  writeFileSync(vault, JSON.stringify({ version: 1, providers: { "openai-codex": { tokens } } }))
  const pool = await openPool({ ...options, home: join(folder, "home"), vault })
  const close = async () => {
    await pool.close()
    rmSync(folder, { recursive: true })
  }
  return { pool, token: tokens.access_token, close }
}

const jwt = () => `${part({ alg: "none" })}.${part({ iat: 0, exp: Date.now() / 1_000 + 86_400 })}.x`

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
