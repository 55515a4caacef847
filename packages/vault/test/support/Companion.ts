/** Another real process that a test talks with, line by line. It is killed at the end of the test's scope. */
import { Effect, type Scope } from "effect"
import { type ChildProcessWithoutNullStreams, execFile, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

export interface Companion {
  /** The next line it prints. */
  readonly line: Effect.Effect<string>
  readonly tell: (line: string) => void
  /** SIGKILL; ends when the process is gone. */
  readonly kill: Effect.Effect<void>
}

const start = (command: string, args: ReadonlyArray<string>): Effect.Effect<Companion, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => companion(spawn(command, args))),
    ({ kill }) => kill
  )

const companion = (child: ChildProcessWithoutNullStreams): Companion => {
  const exited = once(child, "exit")
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  child.stderr.pipe(process.stderr)
  return {
    line: Effect.promise(async () => {
      const { done, value } = await lines.next()
      if (done) throw new Error(`process ${child.spawnfile} ended without a further line`)
      return value
    }),
    tell: (line) => child.stdin.write(`${line}\n`),
    kill: Effect.promise(async () => {
      child.kill("SIGKILL")
      await exited
    })
  }
}

/** Prints `held` once it has the lock, and keeps it until told anything. */
export const pythonHolding = (lock: string) => start("python3", ["-u", "-c", pythonHolder, lock])

/** What Python's non-blocking `fcntl.flock` says just now: `locked` or the name of its exception. */
export const pythonTry = (lock: string): string =>
  execFileSync("python3", ["-c", pythonAttempt, lock], { encoding: "utf8" }).trim()

/** Replaces the text `from` by `to` in the file: `replace` by a renamed copy, `rewrite` in place. */
export const pythonEdit = (how: "replace" | "rewrite", path: string, from: string, to: string) =>
  Effect.promise(() => promisify(execFile)("python3", ["-c", pythonEditor, how, path, from, to]))

/** Runs `hermes_peer.py` on this `auth.json`, as that file describes it; answers what it printed. */
export const hermesPeer = (path: string, ...args: ReadonlyArray<string>): Effect.Effect<Record<string, unknown>> =>
  Effect.map(
    Effect.promise(() => promisify(execFile)("python3", [peer, path, ...args])),
    ({ stdout }) => JSON.parse(stdout) as Record<string, unknown>
  )

const peer = fileURLToPath(new URL("./hermes_peer.py", import.meta.url))

/** What hermes writes: `json.dumps(value, indent=2)` and a newline. */
export const pythonFormat = (json: string): string =>
  execFileSync("python3", ["-c", "import json, sys; print(json.dumps(json.load(sys.stdin), indent=2))"], {
    input: json,
    encoding: "utf8"
  })

/** A second Node with a reservation in the stash; prints `reserved`, and commits when told anything. */
export const nodeReserving = (home: string, consumed: string, grant: string) =>
  start(process.execPath, [fileURLToPath(new URL("./reserver.ts", import.meta.url)), home, consumed, grant])

const pythonHolder = `
import fcntl, sys
file = open(sys.argv[1], "a+")
fcntl.flock(file, fcntl.LOCK_EX)
print("held")
sys.stdin.readline()
fcntl.flock(file, fcntl.LOCK_UN)
print("released")
sys.stdin.readline()
`

const pythonAttempt = `
import fcntl, sys
try:
    fcntl.flock(open(sys.argv[1], "a+"), fcntl.LOCK_EX | fcntl.LOCK_NB)
    print("locked")
except OSError as error:
    print(type(error).__name__)
`

const pythonEditor = `
import os, sys
how, path, old, new = sys.argv[1:]
text = open(path).read().replace(old, new)
target = path + ".tmp" if how == "replace" else path
with open(target, "w") as file:
    file.write(text)
if how == "replace":
    os.replace(target, path)
`
