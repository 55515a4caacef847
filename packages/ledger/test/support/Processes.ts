/** Real processes that write to a ledger. */
import { Effect, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"

const scriptPath = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export interface Writer {
  /** Ends with the process; answers its exit code, or null if it was killed. */
  readonly exit: Promise<number | null>
  readonly kill: Effect.Effect<void>
}

/** Killed with the scope, if it still lives. */
export const startWriter = (
  folder: string,
  acknowledged: string,
  count?: number
): Effect.Effect<Writer, never, Scope.Scope> => {
  const args = [scriptPath("writer.ts"), folder, acknowledged, ...(count === undefined ? [] : [`${count}`])]
  return Effect.acquireRelease(
    Effect.sync(() => writer(spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] }))),
    ({ kill }) => kill
  )
}

const writer = (child: ChildProcess): Writer => {
  const exit = once(child, "exit").then(([code]) => code as number | null)
  return {
    exit,
    kill: Effect.promise(async () => {
      child.kill("SIGKILL")
      await exit
    })
  }
}

/** The ids that a writer noted; the last one counts only if its line is whole. */
export const acknowledgedIn = (path: string): ReadonlyArray<string> =>
  existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : []

export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** Runs a script on a file system of 1 MiB of its own, mounted for it alone, and answers the JSON it prints. */
export const onSmallDisk = (folder: string, script: string): Effect.Effect<unknown> =>
  Effect.promise(async () => {
    const mount = 'mount -t tmpfs -o size=1m,mode=700 tmpfs "$1" && exec "$2" "$3" "$1"'
    const child = spawn("unshare", ["-rm", "sh", "-c", mount, "sh", folder, process.execPath, scriptPath(script)], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    const output = await child.stdout.setEncoding("utf8").reduce((all: string, piece: string) => all + piece, "")
    return JSON.parse(output) as unknown
  })
