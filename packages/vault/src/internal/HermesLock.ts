/**
 * The lock of hermes-agent: `flock(2)` on `auth.lock` beside `auth.json`. Where that name is a symbolic link, others
 * may know the file by its real name, so the lock beside that one is taken too; always in the same order. Nobody waits
 * long for a further lock while it holds the first, which others wait for.
 */
import { allOrNothing } from "@daybook/files/AllOrNothing"
import * as FlockLock from "@daybook/files/FlockLock"
import { LockError, LockTimeout } from "@daybook/files/LockError"
import type { Instant } from "@daybook/pool/Instant"
import { Clock, Duration, Effect, type Scope } from "effect"
import { basename, dirname, extname, join } from "node:path"
import type { StoreError } from "../StoreError.ts"
import { realOr } from "./RealPath.ts"
import * as StoreErrors from "./StoreErrors.ts"

/** For how many milliseconds a lock is waited for while others are held. */
const furtherWait = 2_000

/**
 * Holds the lock of this `auth.json`, and then those that are named besides, until the scope closes. Answers since when
 * the first is held. If one does not come soon all are given back, and the wait begins again while there is time.
 */
export const acquire = Effect.fnUntraced(function* (
  path: string,
  wait: Duration.Input,
  besides: ReadonlyArray<string> = []
): Effect.fn.Return<Instant, StoreError, Scope.Scope> {
  const named = join(yield* realOr(dirname(path)), basename(path))
  const real = yield* realOr(named)
  const locks = [...new Set([lockOf(named), lockOf(real)])].toSorted()
  const started = performance.now()
  const left = () => Math.max(0, Duration.toMillis(wait) - (performance.now() - started))
  return yield* Effect.suspend(() => allOrNothing(takeAll([...locks, ...besides], left))).pipe(
    Effect.retry({ while: ({ reason }) => reason._tag === "LockTimeout" && left() > 0 }),
    Effect.mapError(({ path, reason }) =>
      StoreErrors.notLocked(
        new LockError({
          path,
          reason:
            reason._tag === "LockTimeout"
              ? new LockTimeout({ waited: performance.now() - started, holder: reason.holder })
              : reason
        })
      )
    )
  )
})

const takeAll = Effect.fnUntraced(function* (
  [first, ...further]: ReadonlyArray<string>,
  left: () => number
): Effect.fn.Return<Instant, LockError, Scope.Scope> {
  if (first !== undefined) yield* FlockLock.acquire(first, { timeout: left() })
  const since = yield* Clock.currentTimeMillis
  for (const lock of further) yield* FlockLock.acquire(lock, { timeout: Math.min(left(), furtherWait) })
  return since
})

const lockOf = (path: string): string => join(dirname(path), `${basename(path, extname(path))}.lock`)
