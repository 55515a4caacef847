/** Whole files of other programs, read with patience for a writer in the middle of it. */
import * as AtomicFile from "@daybook/files/AtomicFile"
import { Effect, Option, Result, Schedule } from "effect"
import type { Flaw, StoreError, StoreOperation } from "../StoreError.ts"
import * as StoreErrors from "./StoreErrors.ts"

const maxBytes = 8 * 1024 * 1024

/** None only if the file does not exist. What cannot be parsed, such as half a file, is read again after 50 ms, twice. */
export const read = <A>(
  path: string,
  operation: StoreOperation,
  parse: (bytes: Uint8Array) => Result.Result<A, Flaw>
): Effect.Effect<Option.Option<A>, StoreError> =>
  readOnce(path, operation, parse).pipe(
    Effect.retry({ schedule: Schedule.spaced("50 millis"), times: 2, while: ({ reason }) => reason._tag === "Corrupt" })
  )

const readOnce = Effect.fnUntraced(function* <A>(
  path: string,
  operation: StoreOperation,
  parse: (bytes: Uint8Array) => Result.Result<A, Flaw>
): Effect.fn.Return<Option.Option<A>, StoreError> {
  const bytes = yield* AtomicFile.readIfExists(path, { maxBytes }).pipe(
    Effect.mapError(StoreErrors.unreadable(operation))
  )
  if (Option.isNone(bytes)) return Option.none()
  const parsed = parse(bytes.value)
  if (Result.isFailure(parsed)) return yield* StoreErrors.corrupt(operation, path, parsed.failure)
  return Option.some(parsed.success)
})
