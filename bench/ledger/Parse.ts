/**
 * The yardstick of reading: every line of the files in turn, by chunks, through `JSON.parse` and nothing else.
 *
 *   Parse.ts FILE...
 */
import { closeSync, openSync, readSync } from "node:fs"
import { answer } from "./Child.ts"
import { timed } from "./Reading.ts"

const newline = 10

/** Answers how many lines there are. */
const parseFile = (path: string, chunk: Buffer): number => {
  const fd = openSync(path, "r")
  let lines = 0
  for (let kept = 0, read = 0; (read = readSync(fd, chunk, kept, chunk.length - kept, null)) > 0;) {
    const bytes = chunk.subarray(0, kept + read)
    let at = 0
    for (let end = 0; (end = bytes.indexOf(newline, at)) >= 0; at = end + 1, lines++) {
      JSON.parse(bytes.toString("latin1", at, end))
    }
    kept = bytes.copy(chunk, 0, at)
  }
  closeSync(fd)
  return lines
}

const parseAll = (paths: ReadonlyArray<string>): number => {
  const chunk = Buffer.allocUnsafe(256 * 1024)
  return paths.reduce((lines, path) => lines + parseFile(path, chunk), 0)
}

answer(await timed(() => parseAll(process.argv.slice(2))))
