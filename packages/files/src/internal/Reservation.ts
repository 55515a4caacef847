/** Disk space taken in advance: zeros written and synced in a temp file, to be overwritten later. */
import * as TempFile from "./TempFile.ts"
import { writeFully } from "./WriteFully.ts"

export const reserveSpace = async (path: string, size: number): Promise<TempFile.TempFile> => {
  const temp = await TempFile.create(path)
  try {
    await writeFully(temp.handle, new Uint8Array(size))
    await temp.handle.sync()
    return temp
  } catch (cause) {
    await TempFile.discard(temp)
    throw cause
  }
}
