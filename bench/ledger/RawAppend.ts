/**
 * What the disk gives: one write and one `fdatasync` after the other, by blocking calls.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Contender } from "./Contender.ts"
import { line } from "./Sample.ts"

export const open = (folder: string): Contender => {
  const fd = openSync(join(folder, "raw.jsonl"), "a")
  const text = `${line}\n`
  return {
    append: () => {
      writeSync(fd, text)
      fdatasyncSync(fd)
    },
    close: () => closeSync(fd)
  }
}
