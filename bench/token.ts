/**
 * What `getToken` costs while the access token is fresh, beside the same question to two libraries that programs know,
 * and beside a look-up in a Map behind a promise. All take turns in one process.
 *
 *   npm run bench -- token
 */
import { openPool } from "daybook"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { median, rate, short, table, whole } from "./Measure.ts"
import { googleAuth } from "./token/GoogleAuth.ts"
import { msal } from "./token/Msal.ts"

const folder = mkdtempSync(join(tmpdir(), "daybook-bench-"))
const vault = join(folder, "auth.json")
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
const access_token = `${part({ alg: "none" })}.${part({ iat: 0, exp: Date.now() / 1_000 + 86_400 })}.x`
const tokens = { access_token, refresh_token: "never-sent" }
writeFileSync(vault, JSON.stringify({ version: 1, providers: { "openai-codex": { tokens } } }))

const pool = await openPool({ home: join(folder, "home"), vault })
const map = new Map([["openai-codex", access_token]])

const askers: ReadonlyArray<readonly [string, () => Promise<unknown>]> = [
  ["a Map behind a promise", async () => map.get("openai-codex")],
  ["daybook, getToken", () => pool.getToken("openai-codex")],
  ["google-auth-library, getAccessToken", googleAuth(access_token)],
  ["MSAL Node, acquireTokenByClientCredential", await msal(access_token)]
]

const turns = 5
const millis = 400
const rates = askers.map((): Array<number> => [])
for (let turn = 0; turn < turns; turn += 1) {
  for (const [index, [, ask]] of askers.entries()) rates[index]?.push(await rate(millis, ask))
}
await pool.close()
rmSync(folder, { recursive: true })

const medians = rates.map(median)
const ours = medians[1] ?? Number.NaN
console.log(
  table([
    ["", "per s", "microseconds each", "of daybook's rate"],
    ...askers.map(([name], index) => {
      const perSecond = medians[index] ?? Number.NaN
      return [name, whole(perSecond), short(1_000_000 / perSecond), short(perSecond / ours)]
    })
  ])
)
