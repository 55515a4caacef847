/** A program that opens a pool, and says which modules were loaded for that. */
import { registerHooks } from "node:module"

const loaded: Array<string> = []
registerHooks({
  load: (url, context, next) => {
    loaded.push(url)
    return next(url, context)
  }
})
const { openPool } = await import("daybook")
const pool = await openPool({ onEvent: () => {} })
await pool.status()
await pool.close()
console.log(loaded.join("\n"))
