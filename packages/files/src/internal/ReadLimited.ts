/** Reads a file in pieces, so that neither a growing file nor a device can fill the memory. */
import { constants } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { ignoring } from "./ErrorCode.ts"

/**
 * The content; `undefined` when the file does not exist, and `"TooLarge"` as soon as there are more than `maxBytes`.
 */
export const readLimited = async (path: string, maxBytes: number): Promise<Uint8Array | "TooLarge" | undefined> => {
  // Without O_NONBLOCK the opening of a pipe waits for its writer, for ever if need be. Windows has no such flag.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(ignoring("ENOENT"))
  if (handle === undefined) return undefined
  try {
    if ((await handle.stat()).isFIFO()) throw Object.assign(new Error("it is a pipe"), { code: "ESPIPE" })
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
