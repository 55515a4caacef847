/**
 * A program that wants a new token of whatever Google login there is, and says all it learns. Its client's secret is in
 * its environment.
 */
import { inspect } from "node:util"
import { googleGemini, openPool, providerAt } from "daybook"
import { quick } from "./World.ts"

const [home = "", origin = ""] = process.argv.slice(2)
const say = (value: unknown) => console.log(inspect(value, { depth: 12, showHidden: true }))

const provider = providerAt(googleGemini, origin)
const pool = await openPool({ home, providers: [provider], policy: quick })
await pool.getToken(provider.id, { forceRefresh: true }).then(
  ({ credential }) => say(`a token of ${credential}`),
  (error: unknown) => say(error)
)
say(await pool.status())
await pool.close()
