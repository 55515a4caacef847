/** A folder with one JSON file for each thing in it. */
import * as Directory from "@daybook/files/Directory"
import { Effect, Predicate } from "effect"
import { readdir, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { StoreError, type StoreErrorReason, type StoreOperation } from "../StoreError.ts"
import * as StoreErrors from "./StoreErrors.ts"

/** The paths of its JSON files, in order of name; none if there is no such folder. Temp files begin with a dot. */
export const list = (folder: string): Effect.Effect<ReadonlyArray<string>, StoreError> =>
  attempt("list", folder, "Unreadable", () => namesIn(folder)).pipe(
    Effect.map((names) => names.filter(isEntry).toSorted()),
    Effect.map((names) => names.map((name) => join(folder, name)))
  )

const isEntry = (name: string): boolean => name.endsWith(".json") && !name.startsWith(".")

const namesIn = async (folder: string): Promise<ReadonlyArray<string>> => {
  try {
    return await readdir(folder)
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return []
    throw cause
  }
}

export const ensurePrivate = (folder: string): Effect.Effect<void, StoreError> =>
  Directory.ensurePrivate(folder).pipe(Effect.mapError(StoreErrors.unwritable("store")), Effect.asVoid)

/** Durably; a file that is not there is removed already, and so is one whose folder is not there. */
export const remove = (path: string): Effect.Effect<void, StoreError> =>
  attempt("clear", path, "Unavailable", () => rm(path, { force: true })).pipe(
    Effect.andThen(syncIfThere(dirname(path)))
  )

export const syncIfThere = (folder: string): Effect.Effect<void, StoreError> =>
  Directory.sync(folder).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.void
    ),
    Effect.mapError(StoreErrors.unwritable("clear"))
  )

const attempt = <A>(
  operation: StoreOperation,
  path: string,
  _tag: Extract<StoreErrorReason, { code: string }>["_tag"],
  run: () => Promise<A>
): Effect.Effect<A, StoreError> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => new StoreError({ operation, path, reason: { _tag, code: codeOf(cause) } })
  })

const codeOf = (cause: unknown): string =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" ? cause.code : "EIO"
