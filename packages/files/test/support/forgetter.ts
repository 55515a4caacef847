/**
 * The program of another process, for Node with `--expose-gc`: `forgetter.ts <kind> <path>` locks, forgets the lock with
 * the scope that would close it, prints `collected` when the garbage collector has taken both, and stays.
 */
import { Effect, Scope } from "effect"
import { setImmediate } from "node:timers/promises"
import { isLockKind, locks } from "./Locks.ts"

const [kind = "", path = ""] = process.argv.slice(2)
if (!isLockKind(kind) || globalThis.gc === undefined) throw new Error(`unknown kind ${kind}, or no --expose-gc`)

const lockAndForget = async (): Promise<WeakRef<object>> => {
  const lock = await Effect.runPromise(Scope.provide(locks[kind](path), Scope.makeUnsafe()))
  if (!lock.tryLock()) throw new Error("somebody else holds the lock")
  return new WeakRef(lock)
}

const forgotten = await lockAndForget()
while (forgotten.deref()) {
  await setImmediate()
  globalThis.gc()
}
await setImmediate()
globalThis.gc()
console.log("collected")
process.stdin.resume()
