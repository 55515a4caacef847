/** A second copy of a file under a free name beside it, without ever overwriting another copy. */
import { open, readFile, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { ignoring } from "./ErrorCode.ts"
import { syncDirectory } from "./SyncDirectory.ts"
import { writeFully } from "./WriteFully.ts"

export const copyContentAside = async (path: string, suffix: string): Promise<string> => {
  const content = await readFile(path)
  for (let number = 0; ; number++) {
    const copy = `${path}.${suffix}${number === 0 ? "" : `-${number}`}`
    if ((await createWith(copy, content)) || content.equals(await readFile(copy))) return copy
  }
}

/** False when the name is taken. */
const createWith = async (path: string, content: Uint8Array): Promise<boolean> => {
  const handle = await open(path, "wx", 0o600).catch(ignoring("EEXIST"))
  if (handle === undefined) return false
  try {
    await writeFully(handle, content)
    await handle.sync()
  } catch (cause) {
    await rm(path, { force: true })
    throw cause
  } finally {
    await handle.close()
  }
  await syncDirectory(dirname(path))
  return true
}
