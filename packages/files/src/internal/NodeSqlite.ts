/**
 * Node's own SQLite, loaded at first use: Node may be built or started without it, and Node 22 warns once that
 * it is experimental. That warning is for whoever chose SQLite, and is kept from the users of a program that only locks.
 */
import { Effect } from "effect"
import { createRequire } from "node:module"
import { LockError, LockUnsupported } from "../LockError.ts"

export type NodeSqlite = typeof import("node:sqlite")

const require = createRequire(import.meta.url)

export const load = (path: string): Effect.Effect<NodeSqlite, LockError> =>
  Effect.try({
    try: () => withoutItsWarning((): NodeSqlite => require("node:sqlite")),
    catch: () => new LockError({ path, reason: noSqlite() })
  })

const noSqlite = () =>
  new LockUnsupported({ platform: `Node ${process.version}`, missing: "a Node with its module node:sqlite" })

/** Node warns while the module loads and not again, so `emitWarning` is narrowed for this one call. */
export const withoutItsWarning = <A>(load: () => A): A => {
  const emitWarning: typeof process.emitWarning = Reflect.get(process, "emitWarning")
  process.emitWarning = (...warning: ReadonlyArray<unknown>) => {
    if (!isAboutSqlite(warning)) Reflect.apply(emitWarning, process, warning)
  }
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
  }
}

const isAboutSqlite = ([text, type]: ReadonlyArray<unknown>): boolean =>
  type === "ExperimentalWarning" && String(text).startsWith("SQLite ")
