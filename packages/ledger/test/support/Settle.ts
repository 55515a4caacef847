/** Waiting until all is kept that can be derived from a ledger. */
import { Effect } from "effect"
import { setTimeout } from "node:timers/promises"
import * as MarkIndex from "../../src/internal/MarkIndex.ts"
import * as Reader from "../../src/internal/Reader.ts"
import * as Snapshots from "../../src/internal/Snapshots.ts"
import type { Mark } from "../../src/internal/View.ts"
import { liveIn, open, type Small, sizesOf } from "./Small.ts"

/** Asks every few milliseconds, until it is so; if it never is, the test's own limit of time ends it. */
export const eventually = (isSo: Effect.Effect<boolean>): Effect.Effect<void> =>
  Effect.gen(function* () {
    while (!(yield* isSo)) yield* Effect.promise(() => setTimeout(5))
  })

/** Opens a ledger to write, and closes it when there is a row and a snapshot for each mark behind the newest snapshot. */
export const settle = Effect.fnUntraced(function* (folder: string, small: Small = {}) {
  const path = liveIn(folder)
  const marks: Array<Mark> = []
  const admit = () => Effect.void
  const reader = yield* Reader.open({
    path,
    mode: "read",
    admit,
    onCrossed: (crossed) => marks.push(...crossed.map(({ mark }) => mark))
  }).pipe(Effect.provide(sizesOf(small)))
  yield* reader.catchUp
  yield* open(folder, small)
  const isKept = Effect.gen(function* () {
    const rows = new Set((yield* MarkIndex.read(path)).map(({ h }) => h))
    const states = yield* Effect.forEach(marks, (mark) => Snapshots.isWhole(path, mark))
    return marks.every(({ h }) => rows.has(h)) && states.every((isWhole) => isWhole)
  })
  yield* eventually(isKept)
}, Effect.scoped)
