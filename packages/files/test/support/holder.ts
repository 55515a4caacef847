/**
 * The program of another process: `holder.ts <kind> <path> [<timeout>]` takes a lock or a reservation and keeps it until
 * told.
 */
import * as AtomicFile from "@daybook/files/AtomicFile"
import * as FlockLock from "@daybook/files/FlockLock"
import { Duration, Effect, type Scope } from "effect"
import { once } from "node:events"
import { type Open, locks } from "./Locks.ts"

const [kind = "", path = "", wait = "10000"] = process.argv.slice(2)
const timeout = Duration.millis(Number(wait))

type Holding = (held: Effect.Effect<void>) => Effect.Effect<void, Error, Scope.Scope>

const locking =
  (open: Open): Holding =>
  (held) =>
    Effect.flatMap(open(path), (lock) => lock.withLock(timeout)(held))

const kinds: Record<string, Holding> = {
  range: locking(locks.range),
  sqlite: locking(locks.sqlite),
  flock: (held) => Effect.andThen(FlockLock.acquire(path, { timeout }), held),
  reserve: (held) => Effect.andThen(AtomicFile.reserve(path, { size: 1000 }), held)
}

const told = Effect.promise(() => once(process.stdin, "data"))
const print = (line: string) => Effect.sync(() => console.log(line))
const held = Effect.andThen(print("held"), Effect.asVoid(told))

const program = Effect.scoped(kinds[kind]?.(held) ?? Effect.die(`unknown kind ${kind}`)).pipe(
  Effect.andThen(print("released")),
  Effect.catch((error) => print(error.message)),
  Effect.andThen(Effect.sync(() => process.exit()))
)

Effect.runFork(program)
