/** Folders that live as long as a test's scope, and what is in them. */
import { Effect, type Scope } from "effect"
import { execFileSync } from "node:child_process"
import { hash } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export const tempFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => realpathSync(mkdtempSync(join(tmpdir(), "daybook-cli-")))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** A disk of 1 MiB of its own. Needs root: without it the test fails rather than proving nothing. */
export const smallDisk: Effect.Effect<string, never, Scope.Scope> = Effect.tap(tempFolder, (folder) =>
  Effect.acquireRelease(
    Effect.sync(() => mount("-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", folder)),
    () => Effect.sync(() => execFileSync("umount", [folder]))
  )
)

export const makeReadOnly = (disk: string): void => mount("-o", "remount,ro", disk)

const mount = (...args: ReadonlyArray<string>): void => {
  try {
    execFileSync("mount", args, { stdio: "pipe" })
  } catch (cause) {
    throw new Error("This test mounts a tmpfs and therefore needs root on Linux.", { cause })
  }
}

const forTokens = /(^|\/)(auth\.json$|(stash|quarantine|grants)\/)/

/** What is in every file below a folder, but for those whose purpose it is to hold tokens. */
export const contents = (folder: string): ReadonlyArray<string> =>
  (readdirSync(folder, { recursive: true }) as Array<string>)
    .filter((name) => !forTokens.test(name))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => `${path}\n${readFileSync(path, "utf8")}`)

/** Every entry below a folder: its mode, when it was written, and what is in it. */
export const snapshot = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [".", ...(readdirSync(folder, { recursive: true }) as Array<string>).toSorted()].map((name) => {
      const path = join(folder, name)
      const { mode, mtimeMs } = statSync(path)
      const content = statSync(path).isFile() ? hash("sha256", readFileSync(path)) : "folder"
      return [name, `${mode.toString(8)} ${mtimeMs} ${content}`]
    })
  )
