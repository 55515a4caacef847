/** The program of another process: `holder.ts <kind> <path>` takes a lock or a reservation and keeps it until told. */
import { Effect, type Scope } from "effect"
import { once } from "node:events"
import * as AtomicFile from "@daybook/files/AtomicFile"
import * as FlockLock from "@daybook/files/FlockLock"
import * as RangeLock from "@daybook/files/RangeLock"

const [kind = "", path = ""] = process.argv.slice(2)

const kinds: Record<string, Effect.Effect<unknown, Error, Scope.Scope>> = {
  range: RangeLock.acquire(path, { timeout: "10 seconds" }),
  flock: FlockLock.acquire(path, { timeout: "10 seconds" }),
  reserve: AtomicFile.reserve(path, { size: 1000 })
}

const told = Effect.promise(() => once(process.stdin, "data"))
const print = (line: string) => Effect.sync(() => console.log(line))

const program = Effect.scoped(
  Effect.gen(function* () {
    yield* kinds[kind] ?? Effect.die(`unknown kind ${kind}`)
    yield* print("held")
    yield* told
  })
).pipe(
  Effect.andThen(print("released")),
  Effect.catch((error) => print(error.message)),
  Effect.andThen(Effect.sync(() => process.exit()))
)

Effect.runFork(program)
