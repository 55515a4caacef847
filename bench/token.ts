/**
 * What `getToken` costs while the access token is fresh, beside a look-up in a Map behind a promise.
 *
 *   npm run bench -- token
 */
import { openPool } from "daybook"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rate, table, whole } from "./Measure.ts"

const folder = mkdtempSync(join(tmpdir(), "daybook-bench-"))
const vault = join(folder, "auth.json")
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
const access_token = `${part({ alg: "none" })}.${part({ iat: 0, exp: Date.now() / 1_000 + 86_400 })}.x`
const tokens = { access_token, refresh_token: "never-sent" }
writeFileSync(vault, JSON.stringify({ version: 1, providers: { "openai-codex": { tokens } } }))

const pool = await openPool({ home: join(folder, "home"), vault })
const map = new Map([["openai-codex", access_token]])
const look = async (): Promise<string | undefined> => map.get("openai-codex")

const millis = 2_000
const bare = await rate(millis, look)
const fresh = await rate(millis, () => pool.getToken("openai-codex"))
await pool.close()
rmSync(folder, { recursive: true })

console.log(
  table([
    ["a Map behind a promise", whole(bare), "/s", ""],
    ["getToken, fresh", whole(fresh), "/s", `${(1_000_000 / fresh).toFixed(1)} microseconds each`]
  ])
)
