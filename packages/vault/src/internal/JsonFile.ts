/** JSON files with secrets: read with patience for a writer in the middle of it, replaced in one step. */
import * as AtomicFile from "@daybook/files/AtomicFile"
import { Effect, Option, Result, type Schema } from "effect"
import { dirname } from "node:path"
import { StoreError, type StoreOperation } from "../StoreError.ts"
import { decode } from "./Decode.ts"
import type { Json } from "./Json.ts"
import * as JsonText from "./JsonText.ts"
import * as PatientFile from "./PatientFile.ts"
import { realOr } from "./RealPath.ts"
import * as StoreErrors from "./StoreErrors.ts"

/** None only if the file does not exist. */
export const read = (
  path: string,
  operation: StoreOperation
): Effect.Effect<Option.Option<JsonText.JsonText>, StoreError> => PatientFile.read(path, operation, JsonText.parse)

/** The same, decoded. */
export const readAs = Effect.fnUntraced(function* <A>(
  path: string,
  operation: StoreOperation,
  schema: Schema.Codec<A, unknown>
): Effect.fn.Return<Option.Option<A>, StoreError> {
  const document = yield* read(path, operation)
  if (Option.isNone(document)) return Option.none()
  const decoded = decode(schema, document.value.value)
  if (Result.isFailure(decoded)) return yield* StoreErrors.corrupt(operation, path, decoded.failure)
  return Option.some(decoded.success)
})

/** Replaces the file durably, with mode 0600; a link stays a link. */
export const write = (path: string, operation: StoreOperation, text: string): Effect.Effect<void, StoreError> =>
  AtomicFile.write(path, text, { mode: 0o600 }).pipe(
    Effect.mapError(StoreErrors.unwritable(operation)),
    Effect.andThen(sweep(path))
  )

/** Temp files of killed writers hold tokens too. That one could not be removed is no failure of the write. */
const sweep = (path: string): Effect.Effect<void> =>
  realOr(path).pipe(
    Effect.flatMap((real) => AtomicFile.sweep(dirname(real), "1 hour")),
    Effect.ignore
  )

/** A new file's text. */
export const format = (value: Json): string => `${JSON.stringify(value, null, 2)}\n`

/** Before a write is refused because of what the file holds, that content is copied to `<path>.corrupt`. */
export const keepingCorrupt = <A>(effect: Effect.Effect<A, StoreError>): Effect.Effect<A, StoreError> =>
  Effect.catchIf(
    effect,
    ({ reason }) => reason._tag === "Corrupt",
    (error) => Effect.flatMap(copyAside(error.path), (copy) => Effect.fail(withCopy(error, copy)))
  )

/** On a full disk the refusal has to do without a copy. */
const copyAside = (path: string): Effect.Effect<string | undefined> =>
  AtomicFile.copyAside(path, "corrupt").pipe(Effect.orElseSucceed(() => undefined))

const withCopy = (error: StoreError, copy: string | undefined): StoreError =>
  error.reason._tag === "Corrupt" && copy !== undefined
    ? new StoreError({ operation: error.operation, path: error.path, reason: { ...error.reason, copy } })
    : error
