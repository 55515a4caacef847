/** Files of an older copy beside newer ones of the same ledger. */
import { assert, describe, it } from "@effect/vitest"
import { archive } from "@daybook/ledger/Archive"
import { repair } from "@daybook/ledger/Repair"
import { verify } from "@daybook/ledger/Verify"
import { Effect } from "effect"
import { appendFileSync, copyFileSync, readdirSync, readFileSync, renameSync } from "node:fs"
import { join } from "node:path"
import * as MarkIndex from "../src/internal/MarkIndex.ts"
import { eventually, settle } from "./support/Settle.ts"
import { appendEach, liveIn, open, readAll, segmentsIn, write } from "./support/Small.ts"
import { tempFolder } from "./support/TempFolder.ts"

/** A ledger, and a copy of its live segment before more was written and sealed. */
const withOlderCopy = Effect.gen(function* () {
  const folder = yield* tempFolder
  const copy = join(yield* tempFolder, "copy")
  yield* write(folder, 15)
  copyFileSync(liveIn(folder), copy)
  const putBack = () => {
    copyFileSync(copy, `${copy}.again`)
    renameSync(`${copy}.again`, liveIn(folder))
  }
  return { folder, live: liveIn(folder), putBack }
})

const contentOf = (folder: string) =>
  new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => [name, readFileSync(join(folder, name), "latin1")])
  )

describe("a live segment that is older than sealed ones", () => {
  it.effect("is refused by all, and nothing is changed", () =>
    Effect.gen(function* () {
      const { folder, live, putBack } = yield* withOlderCopy
      yield* write(folder, 30)
      putBack()
      const before = contentOf(folder)
      for (const readOnly of [false, true]) {
        const { reason } = yield* Effect.flip(Effect.scoped(open(folder, { readOnly })))
        assert.deepInclude(reason, { _tag: "Damaged", path: live, line: 1 })
      }
      assert.deepInclude((yield* verify(folder)).firstBad, { path: live, line: 1 })
      const { findings } = yield* repair({ folder, program: "repair", version: "1" })
      assert.strictEqual(findings.length, 1)
      assert.deepInclude(findings[0], { _tag: "Beyond", path: live })
      const archived = yield* Effect.flip(archive({ folder, before: Date.now() }))
      assert.deepInclude(archived.reason, { _tag: "Damaged", path: live })
      assert.deepStrictEqual(contentOf(folder), before)
    })
  )

  it.effect("has a writer that has the ledger open destroy nothing", () =>
    Effect.gen(function* () {
      const { folder, putBack } = yield* withOlderCopy
      // One has its place in a segment that is sealed by now, the other in the live one.
      const sleeping = yield* open(folder)
      const awake = yield* open(folder)
      yield* appendEach(awake, 30)
      assert.isAbove((yield* segmentsIn(folder)).length, 3)
      putBack()
      const before = contentOf(folder)
      for (const ledger of [sleeping, awake]) {
        for (let turn = 0; turn < 2; turn++) yield* Effect.flip(appendEach(ledger, 1))
      }
      assert.deepStrictEqual(contentOf(folder), before)
    })
  )

  it.effect("has a writer whose segment was just sealed destroy nothing", () =>
    Effect.gen(function* () {
      const { folder, putBack } = yield* withOlderCopy
      yield* write(folder, 18)
      const ledger = yield* open(folder)
      const segments = (yield* segmentsIn(folder)).length
      while ((yield* segmentsIn(folder)).length === segments) yield* write(folder, 1)
      putBack()
      const before = contentOf(folder)
      for (let turn = 0; turn < 3; turn++) yield* Effect.flip(appendEach(ledger, 1))
      assert.deepStrictEqual(contentOf(folder), before)
    })
  )
})

describe("an index that is newer than its ledger", () => {
  it.effect("is brought up to it by the next writer, so that half a line is a torn tail again", () =>
    Effect.gen(function* () {
      const small = { segmentBytes: Infinity }
      const folder = yield* tempFolder
      const live = liveIn(folder)
      yield* write(folder, 10, small)
      const older = readFileSync(live)
      yield* write(folder, 30, small)
      yield* settle(folder, small)
      const end = (yield* MarkIndex.read(live)).at(-1)?.offset ?? 0
      renameSync(live, `${live}.newer`)
      appendFileSync(live, older)
      assert.isAbove(end, older.length + 4_000)
      yield* write(folder, 1, small)
      yield* eventually(Effect.map(MarkIndex.read(live), (marks) => marks.every(({ seq }) => seq < 30)))
      appendFileSync(live, '{"seq":99,"at":"2026-')
      yield* write(folder, 1, small)
      assert.isTrue((yield* verify(folder)).isConsistent)
      assert.isAbove((yield* readAll(folder, small)).length, 12)
    })
  )
})
