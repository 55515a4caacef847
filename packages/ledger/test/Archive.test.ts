import { assert, describe, it } from "@effect/vitest"
import { archive } from "@daybook/ledger/Archive"
import type { Ledger } from "@daybook/ledger/Ledger"
import { verify } from "@daybook/ledger/Verify"
import { fold } from "@daybook/pool/Evolve"
import { Effect, Stream } from "effect"
import { TestClock } from "effect/testing"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { basename, join } from "node:path"
import { SegmentBytes } from "../src/internal/Seal.ts"
import { refreshStarted, relabelled, newGrant, seq } from "./support/Drafts.ts"
import { open } from "./support/Open.ts"
import { settle } from "./support/Settle.ts"
import { tempFolder } from "./support/TempFolder.ts"

const small = Effect.provideService(SegmentBytes, 3_000)

const day = 24 * 60 * 60 * 1_000

/** One grant moves and one label is given a day, for 20 days from the epoch on, in several segments. */
const written = Effect.gen(function* () {
  const folder = yield* tempFolder
  const grant = newGrant()
  yield* Effect.scoped(
    Effect.flatMap(open(folder), (ledger) =>
      Effect.forEach(Array.from({ length: 20 }).keys(), (index) =>
        TestClock.setTime(index * day).pipe(
          Effect.andThen(ledger.append([refreshStarted(grant), relabelled(`day ${index}`)]))
        )
      )
    )
  )
  const events = yield* reading(folder, (ledger) => Stream.runCollect(ledger.read()))
  return { folder, path: join(folder, "ledger.jsonl"), events }
}).pipe(small)

const reading = <A, E>(folder: string, use: (ledger: Ledger["Service"]) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(open(folder, { readOnly: true }), use))

const segmentsIn = (folder: string) => readdirSync(folder).filter((name) => /^ledger\.\d+\.jsonl$/.test(name))

describe("archive", () => {
  it.effect("moves whole segments whose events are all older, and says which event is the oldest left", () =>
    Effect.gen(function* () {
      const { events, folder } = yield* written
      const before = segmentsIn(folder)
      const { first, moved } = yield* archive({ folder, before: 8 * day })
      assert.isAbove(moved.length, 0)
      assert.deepStrictEqual(segmentsIn(folder), before.slice(moved.length))
      assert.deepStrictEqual(readdirSync(join(folder, "archive")), before.slice(0, moved.length))
      assert.isTrue(events.filter((event) => event.seq < first).every((event) => event.at < 8 * day))
      assert.strictEqual(moved.at(-1)?.last, first - 1)
    })
  )

  it.effect("leaves the pool as it is, to readers and to writers, now and at every moment that is left", () =>
    Effect.gen(function* () {
      const { events, folder } = yield* written
      const { first } = yield* archive({ folder, before: 8 * day })
      yield* reading(folder, (ledger) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* ledger.state, fold(events))
          assert.deepStrictEqual(yield* Stream.runCollect(ledger.read()), events.slice(first - 1))
          for (let at = first - 1; at <= events.length; at++) {
            assert.deepStrictEqual(yield* ledger.asOf({ seq: seq(at) }), fold(events.slice(0, at)))
          }
          const gone = yield* Effect.flip(ledger.asOf({ seq: seq(first - 2) }))
          assert.deepInclude(gone.reason, { _tag: "NoSuchEvent", first })
          const older = yield* Effect.flip(Stream.runCollect(ledger.read(seq(first - 1))))
          assert.deepInclude(older.reason, { _tag: "NoSuchEvent", first })
        })
      )
      const [added] = yield* Effect.scoped(Effect.flatMap(open(folder), (it) => it.append([relabelled("later")])))
      assert.strictEqual(added?.seq, events.length + 2)
    })
  )

  it.effect("is said by verify, which goes on from the oldest segment left", () =>
    Effect.gen(function* () {
      const { events, folder } = yield* written
      const { first } = yield* archive({ folder, before: 8 * day })
      const report = yield* verify(folder)
      const missing = { from: seq(1), to: seq(first - 1) }
      assert.deepInclude(report, { isConsistent: true, missing, events: events.length - first + 1 })
    })
  )

  it.effect("can be done again, and undone by putting the segments back", () =>
    Effect.gen(function* () {
      const { events, folder } = yield* written
      const archived = join(folder, "archive")
      yield* archive({ folder, before: 5 * day })
      const { first } = yield* archive({ folder, before: 12 * day })
      assert.deepStrictEqual(yield* reading(folder, (ledger) => ledger.state), fold(events))
      for (const name of readdirSync(archived)) renameSync(join(archived, name), join(folder, name))
      assert.isAbove(first, 1)
      assert.deepInclude(yield* verify(folder), { isConsistent: true, missing: undefined, events: events.length })
      assert.deepStrictEqual(yield* reading(folder, (it) => Stream.runCollect(it.read())), events)
    })
  )

  it.effect("moves nothing when it is only asked, or nothing is old enough, and never the live segment", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      const before = readdirSync(folder).toSorted()
      const asked = yield* archive({ folder, before: 100 * day, dryRun: true })
      assert.strictEqual(asked.moved.length, segmentsIn(folder).length)
      assert.deepStrictEqual((yield* archive({ folder, before: 0 })).moved, [])
      assert.deepStrictEqual(readdirSync(folder).toSorted(), before)
      yield* archive({ folder, before: 100 * day })
      assert.deepStrictEqual(segmentsIn(folder), [])
      assert.isTrue(existsSync(join(folder, "ledger.jsonl")))
    })
  )

  it.effect("overwrites nothing in the archive, and leaves the segments where they are", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      const to = join(folder, "elsewhere")
      mkdirSync(to)
      const taken = join(to, segmentsIn(folder)[1] ?? "")
      writeFileSync(taken, "mine")
      const { reason } = yield* Effect.flip(archive({ folder, before: 100 * day, to }))
      assert.deepInclude(reason, { _tag: "Unavailable", path: taken, code: "EEXIST" })
      assert.strictEqual(readFileSync(taken, "utf8"), "mine")
      assert.deepInclude(yield* verify(folder), { isConsistent: true, missing: undefined })
    })
  )

  it.effect("goes to no folder that is the ledger's own under another name", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      const alias = join(yield* tempFolder, "alias")
      symlinkSync(folder, alias)
      for (const to of [folder, `${folder}/../${basename(folder)}`, alias]) {
        const { reason } = yield* Effect.flip(archive({ folder, before: 100 * day, to }))
        assert.deepInclude(reason, { _tag: "Unavailable", path: to, code: "SAME_FOLDER" })
      }
      assert.deepInclude(yield* verify(folder), { isConsistent: true, missing: undefined })
    })
  )

  it.effect("that was stopped halfway can be read, and finished", () =>
    Effect.gen(function* () {
      const { events, folder } = yield* written
      const to = join(folder, "archive")
      const { moved } = yield* archive({ folder, before: 100 * day })
      const [first, second] = moved
      for (const { from, to } of moved.slice(1)) renameSync(to, from)
      assert.deepStrictEqual(yield* reading(folder, (ledger) => ledger.state), fold(events))
      copyFileSync(second?.from ?? "", join(to, basename(second?.from ?? "")))
      yield* archive({ folder, before: 100 * day })
      assert.deepStrictEqual(readdirSync(to).length, moved.length)
      assert.isTrue(existsSync(first?.to ?? ""))
      assert.deepStrictEqual(yield* reading(folder, (ledger) => ledger.state), fold(events))
    })
  )

  it.effect("without the state that it left behind, the ledger asks for its older segments", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      yield* archive({ folder, before: 8 * day })
      rmSync(join(folder, "ledger.base"))
      const { message, reason } = yield* Effect.flip(reading(folder, (ledger) => ledger.state))
      assert.strictEqual(reason._tag, "MissingSegment")
      assert.include(message, "Put it back")
    })
  )

  it.effect("moves no damage out of sight, though snapshots stand behind it", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      yield* settle(folder, { snapshotEvery: 500 })
      const path = join(folder, segmentsIn(folder)[1] ?? "")
      const bytes = readFileSync(path)
      const offset = bytes.indexOf("\n", bytes.length / 2) + 1
      bytes[offset + 100] = 0
      writeFileSync(path, bytes)
      const before = readdirSync(folder).toSorted()
      for (const dryRun of [true, false]) {
        const { reason } = yield* Effect.flip(archive({ folder, before: 100 * day, dryRun }))
        assert.deepInclude(reason, { _tag: "Damaged", path, offset })
        assert.deepStrictEqual(readdirSync(folder).toSorted(), before)
      }
    })
  )
})
