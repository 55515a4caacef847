/** What others have open, read or archive themselves while segments are archived. */
import { assert, describe, it } from "@effect/vitest"
import { archive } from "@daybook/ledger/Archive"
import type { Ledger } from "@daybook/ledger/Ledger"
import { verify } from "@daybook/ledger/Verify"
import { fold } from "@daybook/pool/Evolve"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { copyFileSync, existsSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { SystemCalls } from "../src/internal/LedgerFile.ts"
import { basePath } from "../src/internal/Segments.ts"
import { aboutToArchive, once } from "./support/Archived.ts"
import { relabelled } from "./support/Drafts.ts"
import { allOf, appendEach, liveIn, open, readAll, segmentsIn, write } from "./support/Small.ts"
import { tempFolder } from "./support/TempFolder.ts"

/** One event a second, from the epoch on. */
const written = Effect.gen(function* () {
  const folder = yield* tempFolder
  const events = yield* Effect.scoped(Effect.flatMap(open(folder), appendAll))
  const [oldest = ""] = yield* segmentsIn(folder)
  return { folder, live: liveIn(folder), events, oldest }
})

const appendAll = Effect.fnUntraced(function* (ledger: Ledger["Service"]) {
  for (let second = 0; second < 60; second++) {
    yield* TestClock.setTime(second * 1_000)
    yield* ledger.append([relabelled(`${second}`)])
  }
  return yield* allOf(ledger)
})

/** Without what was derived, from which the state could be had too. */
const readState = (folder: string) =>
  Effect.suspend(() => {
    for (const name of ["index.bin", "snapshots"]) rmSync(join(folder, name), { recursive: true, force: true })
    return Effect.scoped(Effect.flatMap(open(folder, { readOnly: true }), (ledger) => ledger.state))
  })

const all = 100_000

describe("while segments are archived", () => {
  for (const call of ["link", "syncFolder"] as const) {
    it.effect(`who archives fewer puts no older state over the newer one, overtaken before its ${call}`, () =>
      Effect.gen(function* () {
        const { events, folder } = yield* written
        const overtake = once(yield* aboutToArchive({ folder, before: all }))
        const real = yield* SystemCalls
        const calls: SystemCalls = {
          ...real,
          link: (from, to) => {
            if (call === "link") overtake()
            real.link(from, to)
          },
          syncFolder: (path) => {
            if (call === "syncFolder") overtake()
            real.syncFolder(path)
          }
        }
        yield* Effect.result(archive({ folder, before: 30_000 }).pipe(Effect.provideService(SystemCalls, calls)))
        assert.deepStrictEqual(yield* readState(folder), fold(events))
        yield* write(folder, 1)
      })
    )
  }

  it.effect("a process that slept meanwhile goes on, to read and to append", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const sleepers = [yield* open(folder), yield* open(folder)] as const
      const reader = yield* open(folder, { readOnly: true })
      yield* write(folder, 60)
      yield* archive({ folder, before: all })
      assert.deepStrictEqual((yield* segmentsIn(folder)).length, 1)
      const state = yield* readState(folder)
      for (const ledger of [sleepers[0], reader]) assert.deepStrictEqual(yield* ledger.state, state)
      const [event] = yield* appendEach(sleepers[1], 1)
      assert.strictEqual((yield* reader.head).seq, event?.seq)
      assert.isTrue((yield* verify(folder)).isConsistent)
    })
  )

  const looks = {
    "verify finds nothing wrong": (folder: string) =>
      Effect.map(verify(folder), (report) => assert.isUndefined(report.firstBad)),
    "who opens the ledger finds its state": readState
  }
  for (const [what, look] of Object.entries(looks)) {
    it.effect(`just before the oldest is opened, ${what}`, () =>
      Effect.gen(function* () {
        const { folder, oldest } = yield* written
        const archiveNow = once(yield* aboutToArchive({ folder, before: all }))
        const real = yield* SystemCalls
        const calls: SystemCalls = {
          ...real,
          open: (path, flags) => {
            if (path === oldest) archiveNow()
            return real.open(path, flags)
          }
        }
        yield* look(folder).pipe(Effect.provideService(SystemCalls, calls))
        assert.isFalse(existsSync(oldest))
      })
    )
  }
})

describe("a folder with nothing but the state that archived segments left behind", () => {
  it.effect("is the rest of a ledger, in which neither writer nor reader begins another", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* written
      yield* archive({ folder, before: all })
      rmSync(live)
      const before = readdirSync(folder).toSorted()
      for (const readOnly of [false, true]) {
        const { reason } = yield* Effect.flip(Effect.scoped(open(folder, { readOnly })))
        assert.deepInclude(reason, { _tag: "NoLiveSegment", path: live })
      }
      assert.deepStrictEqual(readdirSync(folder).toSorted(), before)
    })
  )

  it.effect("of another ledger is not taken for the ledger's own", () =>
    Effect.gen(function* () {
      const { events, folder, live } = yield* written
      const other = yield* written
      yield* write(other.folder, 30)
      yield* archive({ folder: other.folder, before: all })
      copyFileSync(basePath(other.live), basePath(live))
      yield* archive({ folder, before: all })
      assert.deepStrictEqual(yield* readState(folder), fold(events))
      const left = yield* readAll(folder)
      assert.deepStrictEqual(left, events.slice(-left.length))
    })
  )
})
