/** Through `better-sqlite3`. */
import { createRequire } from "node:module"
import { join } from "node:path"
import type { Contender } from "./Contender.ts"
import { busyTimeout, contender, type Database } from "./SqliteTable.ts"

// It has no types of its own, and this is all we use of it.
const BetterSqlite: new (path: string, options: { readonly timeout: number }) => Database = createRequire(
  import.meta.url
)("better-sqlite3")

export const open = (folder: string): Contender =>
  contender(new BetterSqlite(join(folder, "better.sqlite"), { timeout: busyTimeout }))
