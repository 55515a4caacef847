/**
 * The program of another process: `counter.ts <kind> <path> <file> <times>` adds one to the number in the file, so many
 * times, each under the lock, and prints `done`. Two who count at once lose a number.
 */
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { isLockKind, locks } from "./Locks.ts"

const [kind = "", path = "", file = "", times = ""] = process.argv.slice(2)
if (!isLockKind(kind)) throw new Error(`unknown kind ${kind}`)

const count = Effect.gen(function* () {
  const number = Number(readFileSync(file, "utf8"))
  yield* Effect.yieldNow
  writeFileSync(file, String(number + 1))
})

await Effect.runPromise(
  locks[kind](path).pipe(
    Effect.flatMap((lock) => Effect.repeat(lock.withLock("30 seconds")(count), { times: Number(times) - 1 })),
    Effect.scoped
  )
)
console.log("done")
