/** A program's process as a value: told what to do, killed, or let go. It ends with the scope. */
import { Data, Effect, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Order, Settings, Told } from "./Messages.ts"

/** A program did not start, or did not do what a story needs. */
export class OffScript extends Data.TaggedError("OffScript")<{ readonly message: string }> {}

/** What came of it, in a word or two: what was done, or the error's tag and reason. */
export type Outcome = string

export interface Program {
  readonly name: string
  /** Of the model API; answers who served and the status. */
  readonly call: (provider: string) => Effect.Effect<Outcome>
  /** Another token than the one at hand. */
  readonly renew: (provider: string) => Effect.Effect<Outcome>
  readonly refresh: (credential: string) => Effect.Effect<Outcome>
  readonly revive: (credential: string) => Effect.Effect<Outcome>
  readonly move: (ahead: number) => Effect.Effect<void>
  /** SIGKILL: no time for a last word. */
  readonly kill: Effect.Effect<void>
  /** Lets it close its pool. */
  readonly close: Effect.Effect<void>
}

const path = fileURLToPath(new URL("worker.ts", import.meta.url))

/** Answers when it has opened the pool. */
export const start = Effect.fnUntraced(function* (
  settings: Settings,
  folder: string
): Effect.fn.Return<Program, OffScript, Scope.Scope> {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => launch(settings, folder)),
    killed
  )
  yield* ready(settings.name, child)
  let orders = 0
  const waiting = new Map<number, (told: Told) => void>()
  child.on("message", (message) => {
    const told = message as Told
    waiting.get(told.id)?.(told)
    waiting.delete(told.id)
  })
  const order = (what: Order): Effect.Effect<Outcome> =>
    Effect.callback((resume) => {
      if (!child.connected) return resume(Effect.succeed("gone"))
      const id = (orders += 1)
      const gone = () => resume(Effect.succeed("gone"))
      child.once("exit", gone)
      waiting.set(id, ({ done, failed }) => {
        child.off("exit", gone)
        resume(Effect.succeed(done ?? failed ?? "nothing"))
      })
      child.send({ ...what, id })
    })
  return {
    name: settings.name,
    call: (provider) => order({ do: "call", provider }),
    renew: (provider) => order({ do: "renew", provider }),
    refresh: (credential) => order({ do: "refresh", credential }),
    revive: (credential) => order({ do: "revive", credential }),
    move: (ahead) => Effect.asVoid(order({ do: "move", ahead })),
    kill: killed(child),
    close: Effect.andThen(order({ do: "close" }), ended(child))
  }
})

/** Its home is inside the stage, so that it cannot find the user's files. */
const launch = (settings: Settings, folder: string): ChildProcess =>
  spawn(process.execPath, [path, JSON.stringify(settings)], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, DAYBOOK_HOME: settings.home },
    stdio: ["ignore", 2, 2, "ipc"]
  })

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const ended = (child: ChildProcess): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (hasEnded(child)) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
  })

const killed = (child: ChildProcess): Effect.Effect<void> =>
  Effect.andThen(
    Effect.sync(() => child.kill("SIGKILL")),
    ended(child)
  )

const ready = (name: string, child: ChildProcess): Effect.Effect<void, OffScript> =>
  Effect.callback((resume) => {
    const not = (why: string) => resume(Effect.fail(new OffScript({ message: `${name} did not start: ${why}.` })))
    child.once("message", () => resume(Effect.void))
    child.once("error", ({ message }) => not(message))
    child.once("exit", (code) => not(`it ended with ${code}`))
  })
