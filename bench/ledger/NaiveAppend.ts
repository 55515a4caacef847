/**
 * What one writes first: `appendFile` with `flush`, which opens, writes, syncs and closes the file for each event.
 */
import { appendFile } from "node:fs/promises"
import { join } from "node:path"
import type { Contender } from "./Contender.ts"
import { line } from "./Sample.ts"

export const open = (folder: string): Contender => {
  const path = join(folder, "naive.jsonl")
  return { append: () => appendFile(path, `${line}\n`, { flush: true }), close: () => undefined }
}
