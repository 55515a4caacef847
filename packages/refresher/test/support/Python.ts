/**
 * Another program, in Python, that holds a file's `flock` as hermes does.
 */
import { Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"

const program = `
import fcntl, sys
file = open(sys.argv[1], "a+")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
`

/** Holds the lock until the answer is run, or the scope ends. */
export const holdFlock = (path: string): Effect.Effect<Effect.Effect<void>, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn("python3", ["-c", program, path], { stdio: ["pipe", "pipe", "inherit"] })
      const exited = once(child, "exit")
      await once(child.stdout, "data")
      return Effect.promise(async () => {
        child.kill("SIGKILL")
        await exited
      })
    }),
    (release) => release
  )
