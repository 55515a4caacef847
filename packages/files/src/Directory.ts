/** Folders for secrets, and making their entries durable. */
import type { Effect } from "effect"
import { mkdir, stat } from "node:fs/promises"
import { dirname } from "node:path"
import type { FileError } from "./FileError.ts"
import { attempt } from "./internal/Attempt.ts"
import { ignoring } from "./internal/ErrorCode.ts"
import { syncDirectory } from "./internal/SyncDirectory.ts"

/**
 * Creates the folder with mode 0700, and its parents as usual. True when nobody else may enter it; an existing folder
 * that others may enter is left as it is and answers false. Windows has no such modes and always answers true.
 */
export const ensurePrivate = (path: string): Effect.Effect<boolean, FileError> =>
  attempt("create", path, async () => {
    await createDurably(path, 0o700)
    return process.platform === "win32" || ((await stat(path)).mode & 0o077) === 0
  })

/** Makes created, renamed and removed entries survive a power cut. Does nothing where the platform has no such call. */
export const sync = (path: string): Effect.Effect<void, FileError> => attempt("sync", path, () => syncDirectory(path))

const createDurably = async (path: string, mode: number): Promise<void> => {
  if (await isDirectory(path)) return
  await createDurably(dirname(path), 0o777)
  await mkdir(path, mode).catch(ignoring("EEXIST"))
  await syncDirectory(dirname(path))
}

const isDirectory = async (path: string): Promise<boolean> => {
  const info = await stat(path).catch(ignoring("ENOENT"))
  if (info && !info.isDirectory()) throw Object.assign(new Error("not a directory"), { code: "ENOTDIR" })
  return info !== undefined
}
