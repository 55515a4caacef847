/** Bytes that are no text, the same in every run, on one line. */
import { createHash } from "node:crypto"

export const noise: Uint8Array = createHash("shake256", { outputLength: 100_000 })
  .update("noise")
  .digest()
  .filter((byte) => byte !== 10)
