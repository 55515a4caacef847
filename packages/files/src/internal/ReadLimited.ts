/** Reads a file in pieces, so that neither a growing file nor a device can fill the memory. */
import { type FileHandle, open } from "node:fs/promises"
import { ignoring } from "./ErrorCode.ts"

/**
 * The content; `undefined` when the file does not exist, and `"TooLarge"` as soon as there are more than `maxBytes`.
 */
export const readLimited = async (path: string, maxBytes: number): Promise<Uint8Array | "TooLarge" | undefined> => {
  const handle = await open(path, "r").catch(ignoring("ENOENT"))
  if (handle === undefined) return undefined
  try {
    return await readPieces(handle, maxBytes)
  } finally {
    await handle.close()
  }
}

const readPieces = async (handle: FileHandle, maxBytes: number): Promise<Uint8Array | "TooLarge"> => {
  const pieces: Array<Uint8Array> = []
  const piece = () => new Uint8Array(Math.min(65_536, maxBytes + 1))
  let total = 0
  for (let read = await handle.read(piece()); read.bytesRead > 0; read = await handle.read(piece())) {
    total += read.bytesRead
    if (total > maxBytes) return "TooLarge"
    pieces.push(read.buffer.subarray(0, read.bytesRead))
  }
  return new Uint8Array(Buffer.concat(pieces))
}
