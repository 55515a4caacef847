/** Makes a rename or a new name durable: the entry lives in the directory, which has its own fsync. */
import { open } from "node:fs/promises"
import { ignoring } from "./ErrorCode.ts"

export const syncDirectory = async (path: string): Promise<void> => {
  // Windows opens no directory as a file.
  if (process.platform === "win32") return
  const handle = await open(path, "r")
  try {
    // Some network and FUSE file systems refuse to sync a directory.
    await handle.sync().catch(ignoring("EINVAL", "ENOTSUP"))
  } finally {
    await handle.close()
  }
}
