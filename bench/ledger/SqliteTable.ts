/**
 * Events as rows of an SQLite table, synced with each commit. Both drivers take the same calls.
 */
import type { Contender } from "./Contender.ts"
import { line } from "./Sample.ts"

export interface Database {
  readonly exec: (sql: string) => unknown
  readonly prepare: (sql: string) => { readonly run: (...values: Array<string>) => unknown }
  readonly close: () => unknown
}

/** Long enough that a writer who waits for the others never gives up. */
export const busyTimeout = 60_000

export const contender = (database: Database): Contender => {
  database.exec("PRAGMA journal_mode = WAL")
  database.exec("PRAGMA synchronous = FULL")
  database.exec("CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, line TEXT NOT NULL)")
  const insert = database.prepare("INSERT INTO events (line) VALUES (?)")
  return { append: () => insert.run(line), close: () => database.close() }
}
