/**
 * A file that is not yet what it will be: beside its target, mode 0600, with an unguessable name that a sweeper can
 * tell from any other (`.<target>.<24 hex digits>.tmp`). It either takes the target's place or is removed.
 */
import { randomBytes } from "node:crypto"
import { type FileHandle, open, readlink, realpath, rename, rm, stat } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { ignoring } from "./ErrorCode.ts"
import { syncDirectory } from "./SyncDirectory.ts"
import { writeFully } from "./WriteFully.ts"

export interface TempFile {
  readonly path: string
  readonly target: string
  readonly handle: FileHandle
}

export const isTempName = (name: string): boolean => /^\..+\.[0-9a-f]{24}\.tmp$/.test(name)

/** Symbolic links are followed first: the file they name is the target, whether it exists or not. */
export const create = async (path: string): Promise<TempFile> => {
  const target = await followLinks(path)
  const temp = join(dirname(target), `.${basename(target)}.${randomBytes(12).toString("hex")}.tmp`)
  return { path: temp, target, handle: await open(temp, "wx", 0o600) }
}

const followLinks = async (path: string, hops = 0): Promise<string> => {
  const folder = await realpath(dirname(path))
  const real = join(folder, basename(path))
  const link = await readlink(real).catch(ignoring("EINVAL", "ENOENT", "UNKNOWN"))
  if (link === undefined) return real
  if (hops === 40) throw Object.assign(new Error("too many symbolic links"), { code: "ELOOP" })
  return followLinks(resolve(folder, link), hops + 1)
}

/**
 * Durable when it returns: content synced, renamed over the target, directory synced. The handle is closed with the
 * rename, since from then on it would write into the target.
 */
export const replaceTarget = async (temp: TempFile, content: Uint8Array, mode: number | undefined): Promise<void> => {
  await writeFully(temp.handle, content)
  await keepAttributes(temp, mode)
  await temp.handle.sync()
  await rename(temp.path, temp.target)
  await temp.handle.close()
  await syncDirectory(dirname(temp.target))
}

/** A replaced file keeps its owner, where the system lets us, and its mode unless another was asked for. */
const keepAttributes = async ({ handle, target }: TempFile, mode: number | undefined): Promise<void> => {
  const existing = await stat(target).catch(ignoring("ENOENT"))
  if (existing) await handle.chown(existing.uid, existing.gid).catch(ignoring(...ownersNotOurs))
  await handle.chmod(mode ?? (existing ? existing.mode & 0o777 : 0o600))
}

/** Answers of systems that let nobody, or only somebody else, give a file away; `EINVAL` for owners outside a container. */
const ownersNotOurs = ["EPERM", "EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]

/** Removes the file unless it took its target's place. What a failing disk keeps is left to the sweeper. */
export const discard = async (temp: TempFile): Promise<void> => {
  await Promise.allSettled([temp.handle.close()])
  await Promise.allSettled([rm(temp.path, { force: true })])
}
