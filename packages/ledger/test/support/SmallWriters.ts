/** Other processes that write to a ledger of small segments. */
import { Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

/** Answers the ids of what another process appended, when it has ended. Killed with the scope, if it still lives. */
export const writeElsewhere = Effect.fnUntraced(function* (
  folder: string,
  count: number
): Effect.fn.Return<ReadonlyArray<string>, never, Scope.Scope> {
  const script = fileURLToPath(new URL("smallWriter.ts", import.meta.url))
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, [script, folder, `${count}`], { stdio: ["ignore", "pipe", "inherit"] })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  const output = yield* Effect.promise(() =>
    child.stdout.setEncoding("utf8").reduce((all: string, piece: string) => all + piece, "")
  )
  return JSON.parse(output) as ReadonlyArray<string>
})
