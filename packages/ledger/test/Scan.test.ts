import { assert, describe, it } from "@effect/vitest"
import type { Ledger } from "@daybook/ledger/Ledger"
import type { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect } from "effect"
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs"
import { seq } from "./support/Drafts.ts"
import * as Lines from "./support/Lines.ts"
import { allOf, appendEach, liveIn, numbers, open, segmentsIn, seqsOf, write } from "./support/Small.ts"
import { tempFolder } from "./support/TempFolder.ts"

const scan = Effect.fnUntraced(function* (ledger: Ledger["Service"], from?: Seq, to?: Seq) {
  const events: Array<Recorded> = []
  const end = yield* ledger.scan({ from, to, take: (event) => void events.push(event) })
  return { end, events }
})

/** The first segment of a ledger of several, and a text on one of its lines. */
const damage = Effect.fnUntraced(function* (folder: string, from: string, to: string) {
  const [path = ""] = yield* segmentsIn(folder)
  const before = readFileSync(path, "latin1")
  assert.include(before, from)
  writeFileSync(path, before.replace(from, to))
  return path
})

describe("a scan of a ledger in files", () => {
  it.effect("passes from segment to segment, and gives every event once", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      assert.isAbove((yield* segmentsIn(folder)).length, 4)
      const ledger = yield* open(folder, { readOnly: true })
      const all = yield* allOf(ledger)
      const { end, events } = yield* scan(ledger)
      assert.deepStrictEqual(events, all)
      assert.deepStrictEqual(end, { seq: all.length as Seq })
      const middle = yield* scan(ledger, seq(17), seq(49))
      assert.deepStrictEqual(seqsOf(middle.events), numbers(17, 49))
    })
  )

  it.effect("passes what a writer that died left in mid-line, and was sealed", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 3)
      appendFileSync(liveIn(folder), Lines.relabelled(6).slice(0, 210))
      const ledger = yield* open(folder)
      yield* appendEach(ledger, 3)
      const all = yield* allOf(ledger)
      assert.include(
        all.map(({ type }) => type),
        "TailSealed"
      )
      assert.deepStrictEqual((yield* scan(ledger)).events, all)
    })
  )

  it.effect("ends before a line that was changed long ago, and names it", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      const path = yield* damage(folder, '"label 4"', '"label 5"')
      const { end, events } = yield* scan(yield* open(folder, { readOnly: true }))
      assert.deepInclude(end, { seq: seq(6) })
      assert.deepInclude(end.damage, { path, line: 7 })
      assert.deepStrictEqual(seqsOf(events), numbers(1, 6))
    })
  )

  it.effect("ends before a line that is gone, and names where it should be", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      const [path = ""] = yield* segmentsIn(folder)
      const lines = readFileSync(path, "latin1").split("\n")
      writeFileSync(path, lines.toSpliced(4, 1).join("\n"))
      const { end, events } = yield* scan(yield* open(folder, { readOnly: true }))
      assert.deepInclude(end.damage, { path, line: 5, why: "event 5 should stand here and event 6 does" })
      assert.deepStrictEqual(seqsOf(events), numbers(1, 4))
    })
  )

  it.effect("does not speak of damage behind the last event that it was to look at", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      yield* damage(folder, '"label 4"', '"label 5"')
      const { end } = yield* scan(yield* open(folder, { readOnly: true }), undefined, seq(5))
      assert.deepStrictEqual(end, { seq: seq(5) })
    })
  )

  it.effect("leaves half a line at the end alone", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 3)
      const size = readFileSync(liveIn(folder)).length
      truncateSync(liveIn(folder), size - 20)
      const { end, events } = yield* scan(yield* open(folder, { readOnly: true, snapshotEvery: Infinity }))
      assert.deepStrictEqual(end, { seq: seq(4) })
      assert.strictEqual(events.length, 4)
    })
  )
})
