/**
 * The lock of hermes-agent: `flock(2)` on `auth.lock` beside `auth.json`. Where that name is a symbolic link, others
 * may know the file by its real name, so the lock beside that one is taken too; always in the same order.
 */
import * as FlockLock from "@daybook/files/FlockLock"
import { type Duration, Effect, type Scope } from "effect"
import { basename, dirname, extname, join } from "node:path"
import type { StoreError } from "../StoreError.ts"
import { realOr } from "./RealPath.ts"
import * as StoreErrors from "./StoreErrors.ts"

/** Holds the lock of this `auth.json` until the scope closes. */
export const acquire = Effect.fnUntraced(function* (
  path: string,
  wait: Duration.Input
): Effect.fn.Return<void, StoreError, Scope.Scope> {
  const named = join(yield* realOr(dirname(path)), basename(path))
  const real = yield* realOr(named)
  const locks = [...new Set([lockOf(named), lockOf(real)])].toSorted()
  yield* Effect.forEach(locks, (lock) => FlockLock.acquire(lock, { timeout: wait }), { discard: true }).pipe(
    Effect.mapError(StoreErrors.notLocked)
  )
})

const lockOf = (path: string): string => join(dirname(path), `${basename(path, extname(path))}.lock`)
