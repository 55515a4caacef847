import { assert, describe, it } from "@effect/vitest"
import type { Ledger } from "@daybook/ledger/Ledger"
import { verify } from "@daybook/ledger/Verify"
import { fold } from "@daybook/pool/Evolve"
import { EventId } from "@daybook/pool/Ids"
import { empty } from "@daybook/pool/PoolState"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import * as Base from "../src/internal/Base.ts"
import * as Segments from "../src/internal/Segments.ts"
import { relabelled, seq } from "./support/Drafts.ts"
import * as Lines from "./support/Lines.ts"
import {
  allOf,
  appendEach,
  liveIn,
  numbers,
  open,
  readAll,
  segmentsIn,
  seqsOf,
  type Small,
  write
} from "./support/Small.ts"
import { assertSameState, life } from "./support/States.ts"
import { tempFolder } from "./support/TempFolder.ts"

/** The folder of a ledger in which some credentials live, over several segments, and all its events. */
const written = Effect.fnUntraced(function* (lives: number, small?: Small) {
  const folder = yield* tempFolder
  yield* Effect.scoped(Effect.flatMap(open(folder, small), (ledger) => live(ledger, lives)))
  yield* write(folder, 0, small)
  return { folder, all: yield* readAll(folder, small) }
})

const live = (ledger: Ledger["Service"], lives: number) =>
  Effect.forEach(numbers(1, lives), (index) => {
    const events = life(`codex-${index}`)
    return Effect.forEach([0, 3, 6], (from) => ledger.append(events.slice(from, from + 3)))
  })

const reasonOf = <A, R>(effect: Effect.Effect<A, { readonly reason: unknown }, R>) =>
  Effect.map(Effect.scoped(Effect.flip(effect)), (error) => error.reason)

describe("going back in a file", () => {
  it.effect(
    "gives behind every event the fold of what is read up to it, in each way to name it",
    () =>
      Effect.gen(function* () {
        const { all, folder } = yield* written(25)
        assert.isAbove((yield* segmentsIn(folder)).length, 5)
        const reader = yield* open(folder, { readOnly: true })
        const writer = yield* open(folder)
        for (const event of all) {
          const expected = fold(all.slice(0, event.seq))
          assertSameState(yield* reader.asOf({ seq: event.seq }), expected, `${event.seq}`)
          if (event.seq % 10 === 0) assertSameState(yield* writer.asOf({ seq: event.seq }), expected, `${event.seq}`)
          if (event.seq % 3 === 0) assertSameState(yield* reader.asOf({ id: event.id }), expected, event.id)
        }
        assertSameState(yield* reader.asOf({ seq: seq(0) }), empty)
      }),
    120_000
  )

  it.effect("needs neither index nor snapshots", () =>
    Effect.gen(function* () {
      const { all, folder } = yield* written(8)
      rmSync(join(folder, "index.bin"))
      rmSync(join(folder, "snapshots"), { recursive: true })
      const ledger = yield* open(folder, { readOnly: true })
      for (const { id, seq } of all.filter((_, index) => index % 7 === 0)) {
        assertSameState(yield* ledger.asOf({ seq }), fold(all.slice(0, seq)))
        assertSameState(yield* ledger.asOf({ id }), fold(all.slice(0, seq)))
      }
    })
  )

  it.effect("has at hand what it came by when it read a ledger without snapshots, and need not fold again", () =>
    Effect.gen(function* () {
      const { all, folder } = yield* written(25)
      rmSync(join(folder, "index.bin"))
      rmSync(join(folder, "snapshots"), { recursive: true })
      const ledger = yield* open(folder, { readOnly: true })
      let atHand = 0
      for (const seq of ledger.marks()) {
        const [state, again] = [yield* ledger.asOf({ seq }), yield* ledger.asOf({ seq })]
        assertSameState(state, fold(all.slice(0, seq)))
        if (state === again) atHand++
      }
      assert.isAtLeast(atHand, Math.min(8, ledger.marks().length))
    })
  )

  it.effect("to an instant follows the order of events where the clock went back", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const ledger = yield* open(folder)
      const times = [1_000, 3_000, 2_000, 2_500, 5_000, 4_000, 9_000, 1_000, 9_500]
      for (const [index, time] of times.flatMap((time) => [time, time, time]).entries()) {
        yield* TestClock.setTime(time)
        yield* ledger.append([relabelled(`${index}`), ...life(`codex-${index}`).slice(0, 1)])
      }
      const all = yield* allOf(ledger)
      assert.isAbove((yield* segmentsIn(folder)).length, 3)
      const reader = yield* open(folder, { readOnly: true })
      for (const at of [0, 999, ...times, 3_500, 8_999, 100_000]) {
        const later = all.findIndex((event) => event.at > at)
        const expected = fold(all.slice(0, later < 0 ? all.length : later))
        assertSameState(yield* reader.asOf({ at }), expected, `${at}`)
      }
    })
  )

  it.effect("finds events whose ids tell another time than their lines, in whichever segment", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const ledger = yield* open(folder)
      yield* TestClock.setTime(1_700_000_000_000)
      yield* Effect.forEach(numbers(1, 60), (index) =>
        Effect.andThen(
          TestClock.adjust("1 hour"),
          ledger.append([{ ...relabelled(`${index}`), id: EventId.make(randomUUID()) }])
        )
      )
      yield* write(folder, 0)
      const all = yield* allOf(ledger)
      const reader = yield* open(folder, { readOnly: true })
      for (const event of all) {
        assert.strictEqual((yield* reader.asOf({ id: event.id })).head, event.seq)
      }
    })
  )

  it.effect("says what there is of a seq, and of an id, that no event has", () =>
    Effect.gen(function* () {
      const { all, folder } = yield* written(3)
      const ledger = yield* open(folder, { readOnly: true })
      const head = all.length
      const expected = { _tag: "NoSuchEvent", path: liveIn(folder), first: 1, head } as const
      const beyond = yield* reasonOf(ledger.asOf({ seq: seq(head + 1) }))
      assert.deepInclude(beyond, { ...expected, wanted: `event ${head + 1}` })
      const id = EventId.make(randomUUID())
      assert.deepInclude(yield* reasonOf(ledger.asOf({ id })), { ...expected, wanted: `the event ${id}` })
    })
  )

  it.effect("takes no line in junk for an event, though it has the id", () =>
    Effect.gen(function* () {
      const { all, folder } = yield* written(2)
      const id = ancientId()
      const half = Lines.relabelled(all.length + 1).replace(/"id":"[^"]+"/, `"id":"${id}"`)
      appendFileSync(liveIn(folder), half.slice(0, 180))
      const ledger = yield* open(folder)
      assert.deepInclude(yield* reasonOf(ledger.asOf({ id })), { _tag: "NoSuchEvent" })
      yield* appendEach(ledger, 1)
      const [event] = yield* ledger.append([{ ...relabelled("again"), id }])
      const state = yield* ledger.asOf({ id })
      assert.strictEqual(state.head, event?.seq)
      assertSameState(state, fold((yield* allOf(ledger)).slice(0, event?.seq)))
    })
  )

  it.effect(
    "finds what was just appended while others append, and seal the segment it is in",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* written(15)
        const ledger = yield* open(folder)
        const appendAndAsk = Effect.gen(function* () {
          const id = ancientId()
          const [event] = yield* ledger.append([{ ...relabelled("one"), id }])
          assert.strictEqual((yield* ledger.asOf({ id })).head, event?.seq)
        })
        yield* Effect.all(
          numbers(1, 100).map(() => appendAndAsk),
          { concurrency: 8 }
        )
      }),
    120_000
  )

  it.effect("takes no id for an event's own that an event quotes", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const ledger = yield* open(folder)
      const id = EventId.make(randomUUID())
      yield* ledger.append([{ ...relabelled(`{"seq":1,"at":"2026-11-22T10:00:00.000Z","id":"${id}"`), cause: id }])
      assert.deepInclude(yield* reasonOf(ledger.asOf({ id })), { _tag: "NoSuchEvent" })
    })
  )

  it.effect("is not disturbed by segments that are sealed meanwhile", () =>
    Effect.gen(function* () {
      const { all, folder } = yield* written(2)
      const ledger = yield* open(folder)
      const middle = all[Math.floor(all.length / 2)]
      assert(middle !== undefined)
      const expected = fold(all.slice(0, middle.seq))
      const unknown = EventId.make(randomUUID())
      const appending = yield* Effect.forkChild(appendEach(ledger, 60), { startImmediately: true })
      for (let round = 0; round < 40; round++) {
        assertSameState(yield* ledger.asOf({ id: middle.id }), expected)
        assertSameState(yield* ledger.asOf({ seq: middle.seq }), expected)
        assert.deepInclude(yield* reasonOf(ledger.asOf({ id: unknown })), { _tag: "NoSuchEvent" })
      }
      yield* Fiber.join(appending)
      const now = yield* allOf(ledger)
      assertSameState(yield* ledger.asOf({ seq: seq(now.length) }), fold(now))
    })
  )

  it.effect("reaches what stands before damage", () =>
    Effect.gen(function* () {
      const { all, folder } = yield* written(3, { segmentBytes: Infinity })
      const live = liveIn(folder)
      const lines = readFileSync(live, "latin1").split("\n")
      writeFileSync(live, lines.with(20, (lines[20] ?? "").replace("codex", "kodex")).join("\n"))
      rmSync(join(folder, "index.bin"))
      const ledger = yield* open(folder)
      assertSameState(yield* ledger.asOf({ seq: seq(20) }), fold(all.slice(0, 20)))
      assert.deepInclude(yield* reasonOf(ledger.asOf({ seq: seq(21) })), { _tag: "NoSuchEvent", head: 20 })
    })
  )
})

/** An id whose time is long before any ledger's: it is looked for from the beginning. */
const ancientId = (): EventId => EventId.make(`00000000-0000-7000-8000-${randomUUID().slice(-12)}`)

/** Moves all but the newest `keep` segments away, as it is done when they are archived. */
const archived = Effect.fnUntraced(function* (keep: number) {
  const { all, folder } = yield* written(15)
  const files = yield* segmentsIn(folder)
  const leaving = files.slice(0, -keep)
  const first = Number(/\d+/.exec(basename(files.at(-keep) ?? ""))?.[0])
  const h = Lines.hashOf(readFileSync(leaving.at(-1) ?? "", "latin1").trimEnd())
  const ledger = all[0]?.type === "LedgerOpened" ? all[0].data.ledger : undefined
  assert(ledger !== undefined)
  yield* Base.write(liveIn(folder), { ledger, link: { seq: seq(first - 1), h }, state: fold(all.slice(0, first - 1)) })
  mkdirSync(join(folder, "archive"))
  for (const path of leaving) renameSync(path, join(folder, "archive", basename(path)))
  return { folder, all, first, leaving }
})

const putBack = (folder: string, paths: ReadonlyArray<string>): void => {
  for (const path of paths) renameSync(join(folder, "archive", basename(path)), path)
}

describe("a ledger whose older segments were archived", () => {
  it.effect("has the state it had, reads from the oldest event that is left, and is consistent", () =>
    Effect.gen(function* () {
      const { all, first, folder } = yield* archived(3)
      for (const name of ["index.bin", "snapshots"]) rmSync(join(folder, name), { recursive: true })
      const ledger = yield* open(folder)
      assertSameState(yield* ledger.state, fold(all))
      assert.deepStrictEqual(yield* allOf(ledger), all.slice(first - 1))
      const three = yield* Stream.runCollect(ledger.tail().pipe(Stream.take(3)))
      assert.deepStrictEqual(seqsOf(three), [first, first + 1, first + 2])
      const appended = yield* appendEach(ledger, 20)
      assertSameState(
        yield* ledger.state,
        fold(yield* Effect.succeed([...all, ...(yield* allOf(ledger)).slice(all.length - first + 1)]))
      )
      assert.isAbove(appended.length, 0)
      const report = yield* verify(folder)
      assert.deepInclude(report, { isConsistent: true, missing: { from: seq(1), to: seq(first - 1) } })
    })
  )

  it.effect("can be gone back in as far as it reaches, with snapshots and without", () =>
    Effect.gen(function* () {
      const { all, first, folder } = yield* archived(3)
      for (const keepsDerived of [true, false]) {
        if (!keepsDerived) {
          for (const name of ["index.bin", "snapshots"]) rmSync(join(folder, name), { recursive: true })
        }
        const ledger = yield* open(folder, { readOnly: true })
        for (const { id, seq } of all.slice(first - 1)) {
          assertSameState(yield* ledger.asOf({ seq }), fold(all.slice(0, seq)), `${seq}`)
          assertSameState(yield* ledger.asOf({ id }), fold(all.slice(0, seq)), `${seq}`)
        }
        assertSameState(yield* ledger.asOf({ seq: seq(first - 1) }), fold(all.slice(0, first - 1)))
      }
    })
  )

  it.effect("says that archived events are none of its own, and which are", () =>
    Effect.gen(function* () {
      const { all, first, folder } = yield* archived(2)
      const ledger = yield* open(folder, { readOnly: true })
      const expected = { _tag: "NoSuchEvent", first, head: all.length } as const
      const gone = all[4]
      assert(gone !== undefined)
      assert.deepInclude(yield* reasonOf(ledger.asOf({ seq: seq(5) })), expected)
      assert.deepInclude(yield* reasonOf(ledger.asOf({ id: gone.id })), expected)
      assert.deepInclude(yield* reasonOf(Stream.runCollect(ledger.read(seq(5)))), { ...expected, wanted: "event 5" })
      assert.deepInclude(yield* reasonOf(Stream.runCollect(ledger.tail(seq(5)))), { ...expected, wanted: "event 5" })
    })
  )

  it.effect("is whole again when they are put back", () =>
    Effect.gen(function* () {
      const { all, folder, leaving } = yield* archived(2)
      putBack(folder, leaving)
      const ledger = yield* open(folder)
      assert.deepStrictEqual(yield* allOf(ledger), all)
      assertSameState(yield* ledger.asOf({ seq: seq(5) }), fold(all.slice(0, 5)))
      assert.deepInclude(yield* verify(folder), { isConsistent: true, missing: undefined })
    })
  )

  it.effect("reads what was put back of them, though older ones are still away", () =>
    Effect.gen(function* () {
      const { all, folder, leaving } = yield* archived(2)
      const back = leaving.slice(-1)
      putBack(folder, back)
      const from = Number(/\d+/.exec(basename(back[0] ?? ""))?.[0])
      const ledger = yield* open(folder)
      assert.deepStrictEqual(yield* allOf(ledger), all.slice(from - 1))
      assertSameState(yield* ledger.state, fold(all))
    })
  )

  it.effect("cannot be opened without the state they ended with, or with another ledger's", () =>
    Effect.gen(function* () {
      const { folder } = yield* archived(2)
      for (const name of ["index.bin", "snapshots"]) rmSync(join(folder, name), { recursive: true })
      const path = Segments.basePath(liveIn(folder))
      const other = yield* archived(2)
      writeFileSync(path, readFileSync(Segments.basePath(liveIn(other.folder))))
      assert.deepInclude(yield* reasonOf(open(folder)), { _tag: "Damaged", path, why: "it belongs to another ledger" })
      writeFileSync(path, readFileSync(path, "latin1").replace(/"seq":\d/, '"seq":9'))
      assert.deepInclude(yield* reasonOf(open(folder)), { _tag: "Damaged", path })
      rmSync(path)
      assert.deepInclude(yield* reasonOf(open(folder)), { _tag: "MissingSegment", first: 1 })
      assert.deepInclude(yield* reasonOf(open(folder, { readOnly: true })), { _tag: "MissingSegment", first: 1 })
      assert.isTrue((yield* verify(folder)).isConsistent)
    })
  )

  it.effect("is not gone on with behind a gap between that state and what is left", () =>
    Effect.gen(function* () {
      const { folder } = yield* archived(3)
      for (const name of ["index.bin", "snapshots"]) rmSync(join(folder, name), { recursive: true })
      const [path = ""] = yield* segmentsIn(folder)
      rmSync(path)
      assert.deepInclude(yield* reasonOf(open(folder)), { _tag: "MissingSegment" })
    })
  )
})
