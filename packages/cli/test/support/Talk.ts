/** A command that goes on for a while, with somebody who reads what it shows and does something about it. */
import { Deferred, Effect, type Scope } from "effect"
import { launch, type Place, type Ran } from "./Cli.ts"

export interface Talk {
  /** The first match in what was shown on stderr so far, or is shown next. */
  readonly shows: (pattern: RegExp) => Effect.Effect<RegExpExecArray>
  readonly type: (line: string) => void
  readonly signal: (signal: NodeJS.Signals) => void
  readonly ended: Effect.Effect<Ran>
}

/** Killed with the scope, if it has not ended by then. */
export const talk = Effect.fnUntraced(function* (
  args: ReadonlyArray<string>,
  place: Place
): Effect.fn.Return<Talk, never, Scope.Scope> {
  const child = launch(args, { ...place, talks: true })
  yield* Effect.addFinalizer(() => Effect.sync(() => child.kill("SIGKILL")))
  const ended = Deferred.makeUnsafe<Ran>()
  const waiting = new Set<() => void>()
  let stdout = ""
  let stderr = ""
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text))
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text
    for (const look of waiting) look()
  })
  child.once("close", (code) => {
    Deferred.doneUnsafe(ended, Effect.succeed({ code, stdout, stderr }))
    for (const look of waiting) look()
  })
  return {
    shows: (pattern) =>
      Effect.callback((resume) => {
        const look = () => {
          const found = pattern.exec(stderr)
          if (found !== null) resume(Effect.succeed(found))
          else if (Deferred.isDoneUnsafe(ended)) resume(Effect.die(`it ended without ${pattern}: ${stderr}`))
          else return
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      }),
    type: (line) => void child.stdin?.write(`${line}\n`),
    signal: (signal) => void child.kill(signal),
    ended: Deferred.await(ended)
  }
})
