/** Through the SQLite that comes with Node. */
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { Contender } from "./Contender.ts"
import { busyTimeout, contender } from "./SqliteTable.ts"

export const open = (folder: string): Contender =>
  contender(new DatabaseSync(join(folder, "node.sqlite"), { timeout: busyTimeout }))
