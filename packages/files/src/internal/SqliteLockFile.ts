/**
 * A lock file opened as an empty SQLite database. `BEGIN EXCLUSIVE` takes the lock and `ROLLBACK` gives it up; with the
 * journal in memory neither writes a byte anywhere. We only ever look at the path and never open it ourselves: the end
 * of that descriptor would give up the lock.
 */
import { Predicate } from "effect"
import { accessSync, type BigIntStats, chmodSync, constants, existsSync, statSync } from "node:fs"
import { dirname, resolve } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import type { LockCalls } from "./LockHandle.ts"
import type { NodeSqlite } from "./NodeSqlite.ts"

/** An open database that nobody refers to is closed by the garbage collector, and its lock is gone. */
const openDatabases = new Set<DatabaseSync>()

/**
 * Opens the file, and creates it with mode 0600. Which file was opened is known by its inode: the same before and
 * after, and not to be used again while it is open. Throws errors with the system's code, or SQLite's.
 */
export const open = (sqlite: NodeSqlite, path: string): SqliteLockFile => {
  while (true) {
    const before = look(path)
    if (before?.isFile() && before.size > 0n) throw coded("ENOTEMPTY")
    const database = openDatabase(sqlite, path)
    if (before === undefined) chmodSync(path, 0o600)
    else if (isSameFile(before, look(path))) return new SqliteLockFile(path, before, database)
    database.close()
  }
}

const openDatabase = (sqlite: NodeSqlite, path: string): DatabaseSync =>
  // An absolute path cannot be mistaken for one of SQLite's special names. A waiting SQLite would stop this thread.
  explaining(path, () => new sqlite.DatabaseSync(resolve(path), { timeout: 0 }))

export class SqliteLockFile implements LockCalls {
  readonly #path: string
  readonly #opened: BigIntStats
  readonly #database: DatabaseSync
  #isPrepared = false

  constructor(path: string, opened: BigIntStats, database: DatabaseSync) {
    this.#path = path
    this.#opened = opened
    this.#database = database
    openDatabases.add(database)
  }

  tryLock(): boolean {
    return explaining(this.#path, () => unlessBusy(() => (this.#isPrepared ? this.#begin() : this.#beginFirst())))
  }

  unlock(): void {
    this.#database.exec("ROLLBACK")
  }

  isCurrent(): boolean {
    return isSameFile(this.#opened, look(this.#path))
  }

  close(): void {
    openDatabases.delete(this.#database)
    this.#database.close()
  }

  #begin(): void {
    this.#database.exec("BEGIN EXCLUSIVE")
  }

  /** The mode of the journal, too, can only be set while nobody else holds the lock. */
  #beginFirst(): void {
    this.#database.exec("PRAGMA journal_mode = MEMORY")
    this.#begin()
    this.#refuseReadOnly()
    this.#isPrepared = true
  }

  /** SQLite opens a file that it may not write for reading, and its `BEGIN EXCLUSIVE` then excludes nobody. */
  #refuseReadOnly(): void {
    try {
      this.#database.exec("PRAGMA user_version = 0")
    } catch (cause) {
      this.unlock()
      throw cause
    }
  }
}

const look = (path: string): BigIntStats | undefined => statSync(path, { bigint: true, throwIfNoEntry: false })

const isSameFile = (one: BigIntStats, other: BigIntStats | undefined): boolean =>
  one.ino === other?.ino && one.dev === other.dev

const unlessBusy = (begin: () => void): boolean => {
  try {
    begin()
    return true
  } catch (cause) {
    if (resultCode(cause) === 5) return false
    throw cause
  }
}

/** Runs a call of SQLite and gives its error the system's code where the path is at fault, else SQLite's name. */
const explaining = <A>(path: string, call: () => A): A => {
  try {
    return call()
  } catch (cause) {
    const code = resultCode(cause)
    if (code === undefined) throw cause
    accessSync(existsSync(path) ? path : dirname(path), constants.R_OK | constants.W_OK)
    throw coded(resultNames[code] ?? `SQLITE_${code}`)
  }
}

/** SQLite's primary result code, see https://sqlite.org/rescode.html; the higher bits only give details. */
const resultCode = (cause: unknown): number | undefined =>
  Predicate.hasProperty(cause, "errcode") && Predicate.isNumber(cause.errcode) ? cause.errcode & 0xff : undefined

const resultNames: Record<number, string> = {
  8: "SQLITE_READONLY",
  10: "SQLITE_IOERR",
  14: "SQLITE_CANTOPEN",
  26: "SQLITE_NOTADB"
}

const coded = (code: string): Error => Object.assign(new Error(code), { code })
