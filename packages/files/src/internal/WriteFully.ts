/** A write near the end of a disk may take fewer bytes than given, without an error: only the next call fails. */
import type { FileHandle } from "node:fs/promises"

/** Writes all bytes from the start of the file and cuts off what was behind them. */
export const writeFully = async (handle: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, written)
    if (bytesWritten === 0) throw Object.assign(new Error("nothing was written"), { code: "EIO" })
    written += bytesWritten
  }
  await handle.truncate(bytes.length)
}
