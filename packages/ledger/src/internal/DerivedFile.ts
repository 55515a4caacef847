/** Files that can be made again from the ledger: replaced whole, and not synced. */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs/promises"

export const replaceFile = async (path: string, content: Uint8Array): Promise<void> => {
  const temp = `${path}.${randomUUID()}.tmp`
  try {
    await fs.writeFile(temp, content, { mode: 0o600 })
    await fs.rename(temp, path)
  } finally {
    await fs.rm(temp, { force: true })
  }
}
