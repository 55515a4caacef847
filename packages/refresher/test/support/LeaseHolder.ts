/**
 * Another real process that uses credentials of a home: it holds a lease on each that is named, until it is killed.
 */
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

const program = fileURLToPath(new URL("./leaseProgram.ts", import.meta.url))

/** Ends with the scope, unless it was killed before; SIGKILL in either case. */
export const holdingLeases = (home: string, ...credentials: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(process.execPath, [program, home, ...credentials], { stdio: ["pipe", "pipe", "inherit"] })
      const exited = once(child, "exit")
      const lines = createInterface({ input: child.stdout })
      await Promise.race([
        once(lines, "line"),
        exited.then(() => Promise.reject(new Error("the holder of leases did not start")))
      ])
      const kill = Effect.promise(async () => {
        child.kill("SIGKILL")
        await exited
      })
      return { kill }
    }),
    ({ kill }) => kill
  )
