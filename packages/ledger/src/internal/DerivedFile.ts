/** Files that can be made again from the ledger: replaced whole, and not synced. */
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import * as fs from "node:fs/promises"
import { join } from "node:path"

export const replaceFile = async (path: string, content: Uint8Array): Promise<void> => {
  const temp = `${path}.${randomUUID()}.tmp`
  try {
    await fs.writeFile(temp, content, { mode: 0o600 })
    await fs.rename(temp, path)
  } finally {
    await fs.rm(temp, { force: true })
  }
}

const temporary = /^(index\.bin|[\w.-]+\.zst)\.[0-9a-f-]{36}\.tmp$/

const day = 24 * 60 * 60 * 1_000

/** Removes what a writer of such files left half written in a folder when it died, a day ago or longer. */
export const sweepFolder = async (folder: string): Promise<void> => {
  const names = await fs.readdir(folder)
  for (const name of names.filter((name) => temporary.test(name))) {
    const path = join(folder, name)
    const { mtimeMs } = await fs.stat(path)
    if (Date.now() - mtimeMs > day) await fs.rm(path, { force: true })
  }
}

/** Removes all that was derived from the ledger in a folder; the next writer makes it again. */
export const forget = (folder: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    await fs.rm(join(folder, "index.bin"), { force: true })
    await fs.rm(join(folder, "snapshots"), { recursive: true, force: true })
  }).pipe(Effect.ignoreCause)
