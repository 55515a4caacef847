/** Real processes that write to a ledger. */
import { Effect, type Scope } from "effect"
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, statSync } from "node:fs"
import type { Readable, Writable } from "node:stream"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const scriptPath = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export interface Writer {
  /** Loaded and waiting for its word; opening the ledger comes after it. */
  readonly loaded: Promise<unknown>
  readonly go: Effect.Effect<void>
  /** Ends with the process; answers its exit code, or null if it was killed. */
  readonly exit: Promise<number | null>
  readonly kill: () => void
}

export interface Work {
  /** Until it is killed, unless given. */
  readonly count?: number
  /** 64 MiB, unless given. */
  readonly segmentBytes?: number
}

/** At work as soon as it is loaded. Killed with the scope, if it still lives. */
export const startWriter = (
  folder: string,
  acknowledged: string,
  work?: Work
): Effect.Effect<Writer, never, Scope.Scope> =>
  Effect.tap(prepareWriter(folder, acknowledged, work), (writer) => writer.go)

/** The same, but at work only when it is told to be. */
export const prepareWriter = (
  folder: string,
  acknowledged: string,
  { count, segmentBytes = 64 * 1024 * 1024 }: Work = {}
): Effect.Effect<Writer, never, Scope.Scope> => {
  const args = [folder, acknowledged, `${segmentBytes}`, ...(count === undefined ? [] : [`${count}`])]
  const start = () =>
    spawn(process.execPath, [scriptPath("writer.ts"), ...args], { stdio: ["pipe", "pipe", "inherit"] })
  return Effect.acquireRelease(
    Effect.sync(() => writer(start())),
    ({ exit, kill }) =>
      Effect.promise(() => {
        kill()
        return exit
      })
  )
}

const writer = (child: ChildProcessByStdio<Writable, Readable, null>): Writer => {
  const exit = once(child, "exit").then(([code]) => code as number | null)
  return {
    loaded: once(child.stdout, "data"),
    go: Effect.sync(() => child.stdin.end("go\n")),
    exit,
    kill: () => child.kill("SIGKILL")
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
    const args = ["-rm", "sh", "-c", mount, "sh", folder, process.execPath, scriptPath(script)]
    const { stdout } = await run("unshare", args).catch(({ code, stderr }: Failed) => {
      throw new Error(`\`unshare -rm\` ended with ${code}. Does this system let a user mount? ${stderr}`)
    })
    return JSON.parse(stdout) as unknown
  })

const run = promisify(execFile)

/** How `run` fails. */
interface Failed {
  readonly code: number | string
  readonly stderr: string
}
