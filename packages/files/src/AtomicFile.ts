/**
 * Whole small files, replaced in one step: a reader sees the old content or the new, never a part, and what is
 * written is on the disk when the effect ends. A symbolic link stays a link; its target is replaced. A failure leaves
 * the old content as it was and no temp file behind; only a killed process leaves one, for `sweep`.
 */
import { Clock, Duration, Effect, Option, type Scope } from "effect"
import { lstat, readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { FileError } from "./FileError.ts"
import { attempt } from "./internal/Attempt.ts"
import { copyContentAside } from "./internal/CopyAside.ts"
import { ignoring } from "./internal/ErrorCode.ts"
import { readLimited } from "./internal/ReadLimited.ts"
import { reserveSpace } from "./internal/Reservation.ts"
import * as TempFile from "./internal/TempFile.ts"

/** Writes the file with `mode`, or else the mode it already has, or else 0600. */
export const write = (
  path: string,
  content: string | Uint8Array,
  options?: { readonly mode?: number | undefined }
): Effect.Effect<void, FileError> => attempt("write", path, () => replace(path, toBytes(content), options?.mode))

const replace = async (path: string, content: Uint8Array, mode: number | undefined): Promise<void> => {
  const temp = await TempFile.create(path)
  try {
    await TempFile.replaceTarget(temp, content, mode)
  } finally {
    await TempFile.discard(temp)
  }
}

export interface ReservedFile {
  /** Puts the content in place, once; up to the reserved size it needs no free disk space. */
  readonly commit: (content: string | Uint8Array) => Effect.Effect<void, FileError>
}

/**
 * Takes `size` bytes of disk space now, so that a disk full by then cannot stop the write (a copy-on-write file system
 * may still need more). Without a commit the space is given back when the scope closes.
 */
export const reserve = (
  path: string,
  options: { readonly size: number }
): Effect.Effect<ReservedFile, FileError, Scope.Scope> =>
  Effect.acquireRelease(
    attempt("reserve", path, () => reserveSpace(path, options.size)),
    (temp) => Effect.promise(() => TempFile.discard(temp))
  ).pipe(
    Effect.map((temp) => ({
      commit: (content) => attempt("write", path, () => commitInto(temp, toBytes(content)))
    }))
  )

/** A reservation that a sweeper took for a killed writer's, as after a suspend of hours, is made once more. */
const commitInto = (reserved: TempFile.TempFile, content: Uint8Array): Promise<void> =>
  TempFile.replaceTarget(reserved, content, undefined).catch((cause: unknown) => {
    ignoring("ENOENT")(cause)
    return replace(reserved.target, content, undefined)
  })

/** The content; none only if the file does not exist. */
export const readIfExists = Effect.fnUntraced(function* (
  path: string,
  options: { readonly maxBytes: number }
): Effect.fn.Return<Option.Option<Uint8Array>, FileError> {
  const content = yield* attempt("read", path, () => readLimited(path, options.maxBytes))
  if (content === "TooLarge") return yield* tooLarge(path, options.maxBytes)
  return Option.fromUndefinedOr(content)
})

const tooLarge = (path: string, maxBytes: number): FileError =>
  new FileError({ operation: "read", path, reason: { _tag: "TooLarge", maxBytes }, code: "EFBIG" })

/**
 * Copies to `<path>.<suffix>`, mode 0600, and answers the copy's path. A copy with the same content is enough; one
 * with other content stays, and `-1`, `-2` and so on is added to the name.
 */
export const copyAside = (path: string, suffix: string): Effect.Effect<string, FileError> =>
  attempt("copy", path, () => copyContentAside(path, suffix))

/**
 * Removes temp files of killed writers and answers their paths. `olderThan` must be longer than any reservation lasts.
 */
export const sweep = Effect.fnUntraced(function* (
  directory: string,
  olderThan: Duration.Input
): Effect.fn.Return<ReadonlyArray<string>, FileError> {
  const before = (yield* Clock.currentTimeMillis) - Duration.toMillis(olderThan)
  return yield* attempt("sweep", directory, () => removeTempFiles(directory, before))
})

const removeTempFiles = async (directory: string, before: number): Promise<ReadonlyArray<string>> => {
  const removed: Array<string> = []
  for (const name of (await readdir(directory)).filter(TempFile.isTempName)) {
    const path = join(directory, name)
    const info = await lstat(path).catch(ignoring("ENOENT"))
    if (!info?.isFile() || info.mtimeMs >= before) continue
    await rm(path, { force: true })
    removed.push(path)
  }
  return removed
}

const toBytes = (content: string | Uint8Array): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : content
