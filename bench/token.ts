/**
 * What `getToken` costs while the access token is fresh, beside the same question to two libraries that programs know,
 * and beside a look-up in a Map behind a promise. All take turns in one process.
 *
 *   npm run bench -- token
 */
import { withLogin } from "./Login.ts"
import { median, rate, short, table, whole } from "./Measure.ts"
import { googleAuth } from "./token/GoogleAuth.ts"
import { msal } from "./token/Msal.ts"

const { close, pool, token } = await withLogin()
const map = new Map([["openai-codex", token]])

const askers: ReadonlyArray<readonly [string, () => Promise<unknown>]> = [
  ["a Map behind a promise", async () => map.get("openai-codex")],
  ["daybook, getToken", () => pool.getToken("openai-codex")],
  ["google-auth-library, getAccessToken", googleAuth(token)],
  ["MSAL Node, acquireTokenByClientCredential", await msal(token)]
]

const turns = 5
const millis = 400
const rates = askers.map((): Array<number> => [])
for (let turn = 0; turn < turns; turn += 1) {
  for (const [index, [, ask]] of askers.entries()) rates[index]?.push(await rate(millis, ask))
}
await close()

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
