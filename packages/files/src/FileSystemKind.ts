/**
 * Which file systems are shared with other machines: over a network, in a cluster, or between a virtual machine and its
 * host. Kernel locks, appends and file notices cannot be trusted there. On Linux only.
 */
import { type Effect, Option } from "effect"
import { readFile, realpath, statfs } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import type { FileError } from "./FileError.ts"
import { attempt } from "./internal/Attempt.ts"
import { ignoring } from "./internal/ErrorCode.ts"
import { mountedType } from "./internal/MountInfo.ts"

/**
 * The name of the shared file system that the path lies on; none on a local disk. A path that does not exist yet is
 * judged by its nearest existing parent. On other systems than Linux the answer is always none: their types have other
 * numbers.
 */
export const networkFileSystem = (path: string): Effect.Effect<Option.Option<string>, FileError> =>
  attempt("inspect", path, async () => (process.platform === "linux" ? inspect(resolve(path)) : Option.none()))

const inspect = async (path: string): Promise<Option.Option<string>> => {
  const existing = await nearestExisting(path)
  const { type } = await statfs(existing, { bigint: true })
  const mountInfo = await readFile("/proc/self/mountinfo", "utf8").catch(ignoring("ENOENT", "EACCES"))
  return sharedType(type, mountInfo ?? "", existing)
}

const nearestExisting = async (path: string): Promise<string> =>
  (await realpath(path).catch(ignoring("ENOENT"))) ?? nearestExisting(dirname(path))

/**
 * What `networkFileSystem` concludes from the `f_type` of `statfs(2)`, the text of `/proc/self/mountinfo` and a path
 * without symbolic links. Only the low 32 bits of the type count: a 32-bit system may fill the others with the sign.
 *
 * All FUSE file systems have one number, so there the type of the mount decides, and one that is not known to be local
 * is taken as shared. A layer over another folder is judged by itself, not by what lies below.
 */
export const sharedType = (type: bigint, mountInfo: string, path: string): Option.Option<string> => {
  const number = Number(BigInt.asUintN(32, type))
  if (number !== fuse) return Option.fromUndefinedOr(sharedTypes.get(number))
  const mounted = mountedType(mountInfo, path) ?? "fuse"
  return localFuseTypes.has(mounted) ? Option.none() : Option.some(mounted)
}

/** `FUSE_SUPER_MAGIC`; virtiofs answers it too. */
const fuse = 0x65735546

/** The first part from linux/magic.h; the second, where nothing else is said, from the list in `stat` of GNU coreutils. */
const sharedTypes: ReadonlyMap<number, string> = new Map([
  [0x01021997, "9p"],
  [0x5346414f, "afs"],
  [0x6b414653, "afs"],
  [0x00c36400, "ceph"],
  [0xff534d42, "cifs"],
  [0x73757245, "coda"],
  [0x564c, "ncp"],
  [0x6969, "nfs"],
  [0x7461636f, "ocfs2"],
  [0x517b, "smb"],
  [0xfe534d42, "smb2"],

  [0x61636673, "acfs"],
  [0x19830326, "beegfs"],
  // Bind mounts of Docker Desktop, seen in its containers.
  [0x6a656a63, "fakeowner"],
  [0x01161970, "gfs2"],
  [0x47504653, "gpfs"],
  [0x013111a8, "ibrix"],
  [0x0bd00bd0, "lustre"],
  [0xaad7aaea, "panfs"],
  [0x7c7c6673, "prl_fs"],
  [0xbeefdead, "snfs"],
  // VBOXSF_SUPER_MAGIC in fs/vboxsf/super.c of Linux.
  [0x786f4256, "vboxsf"],
  [0xbacbacbc, "vmhgfs"]
])

/** File systems on a disk of this machine, encrypted folders and the layers of a container. */
const localFuseTypes: ReadonlySet<string> = new Set([
  "fuseblk",
  "fuse.cryfs",
  "fuse.encfs",
  "fuse.exfat",
  "fuse.ext2",
  "fuse.ext3",
  "fuse.ext4",
  "fuse.fuse-ext2",
  "fuse.fuse-overlayfs",
  "fuse.gocryptfs",
  "fuse.ntfs",
  "fuse.ntfs-3g",
  "fuse.securefs"
])
