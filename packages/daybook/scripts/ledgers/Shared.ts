/**
 * The files that the programs of a story share with others, in a folder of their own: hermes' store, and the Codex CLI's
 * login. Others write them in one step and take no lock.
 */
import type { Login } from "@daybook/sandbox/Operations"
import { Clock, Effect } from "effect"
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { authFile, codexAuthFile, type Row } from "./AuthFile.ts"
import { OffScript } from "./Program.ts"

export interface Shared {
  readonly vault: string
  readonly codexFile: string
  /** Puts these logins into hermes' store. */
  readonly write: (rows: ReadonlyArray<Row>) => Effect.Effect<void>
  /** Logs the Codex CLI in. */
  readonly writeCodex: (login: Login) => Effect.Effect<void>
  /** Copies hermes' store as it stands; what is answered puts the copy back. */
  readonly backUp: Effect.Effect<Effect.Effect<void>>
}

/** Gone with the scope, and all else in the folder. */
export const make = Effect.fnUntraced(function* (folder: string) {
  yield* Effect.acquireRelease(makeFolders(folder), () => Effect.sync(() => rmSync(folder, { recursive: true })))
  const vault = join(folder, "hermes", "auth.json")
  const codexFile = join(folder, "codex", "auth.json")
  const shared: Shared = {
    vault,
    codexFile,
    write: (rows) => Effect.map(Clock.currentTimeMillis, (now) => replaceFile(vault, authFile(rows, now))),
    writeCodex: (login) =>
      Effect.map(Clock.currentTimeMillis, (now) => replaceFile(codexFile, codexAuthFile(login, now))),
    backUp: Effect.sync(() => {
      const copy = readFileSync(vault, "utf8")
      return Effect.sync(() => replaceFile(vault, copy))
    })
  }
  return shared
})

/** Whoever finds it there stops: it is somebody else's. */
const makeFolders = (folder: string): Effect.Effect<void, OffScript> =>
  Effect.try({
    try: () => {
      for (const made of [folder, join(folder, "hermes"), join(folder, "codex")]) mkdirSync(made, { mode: 0o700 })
    },
    catch: () =>
      new OffScript({ message: `${folder} cannot be made. Remove it, unless another recorder is at work there.` })
  })

const replaceFile = (path: string, content: string): void => {
  writeFileSync(`${path}.new`, content, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
