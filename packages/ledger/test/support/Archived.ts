/** Segments that somebody else archives at the very moment that a test wants. */
import { archive, type Options } from "@daybook/ledger/Archive"
import { Effect } from "effect"
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { basePath } from "../../src/internal/Segments.ts"
import { liveIn } from "./Small.ts"

/** Answers what archives them. */
export const aboutToArchive = Effect.fnUntraced(function* (options: Options) {
  const { moved } = yield* archive(options)
  const path = basePath(liveIn(options.folder))
  const base = readFileSync(path)
  rmSync(path)
  for (const { from, to } of moved) renameSync(to, from)
  return () => {
    writeFileSync(path, base)
    for (const { from, to } of moved) renameSync(from, to)
  }
}, Effect.scoped)

/** Does it once. */
export const once = (act: () => void): (() => void) => {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    act()
  }
}
