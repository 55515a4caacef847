import { assert, describe, it } from "@effect/vitest"
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { verify } from "@daybook/ledger/Verify"
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { fold } from "@daybook/pool/Evolve"
import type { Recorded } from "@daybook/pool/Recorded"
import { Context, Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { SystemCalls } from "../src/internal/LedgerFile.ts"
import { firstOf } from "../src/internal/Segments.ts"
import { cooldownCleared, relabelled } from "./support/Drafts.ts"
import * as FaultyDisk from "./support/FaultyDisk.ts"
import { open } from "./support/Open.ts"
import * as Small from "./support/Small.ts"
import { tempFolder } from "./support/TempFolder.ts"

/** A ledger with one event of ours, on a disk that can be made to fail. */
const onFaultyDisk = Effect.gen(function* () {
  const folder = yield* tempFolder
  const disk = yield* FaultyDisk.make
  const services = yield* Layer.build(disk.on(FileLedger.layer({ folder, program: "test", version: "1.2.3" })))
  const ledger = Context.get(services, Ledger)
  yield* ledger.append([relabelled("before")])
  return { folder, path: join(folder, "ledger.jsonl"), disk, ledger }
})

const eio = () => FaultyDisk.failure("EIO")

const labelsIn = (folder: string) =>
  Effect.scoped(Effect.flatMap(open(folder, { readOnly: true }), (ledger) => Stream.runCollect(ledger.read()))).pipe(
    Effect.map((events) => events.flatMap((event) => (event.type === "CredentialRelabelled" ? [event.data.label] : [])))
  )

describe("when the disk refuses", () => {
  it.effect("one sync, what was written since the last is written again, synced and acknowledged", () =>
    Effect.gen(function* () {
      const { disk, folder, ledger, path } = yield* onFaultyDisk
      const synced = readFileSync(path).length
      yield* ledger.append([cooldownCleared])
      disk.next.sync.push(eio)
      yield* ledger.append([relabelled("one"), relabelled("two")])
      assert.deepStrictEqual(disk.overwritten, [{ at: synced, length: readFileSync(path).length - synced }])
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "one", "two"])
      assert.isTrue((yield* verify(folder)).isConsistent)
    })
  )

  it.effect("one sync, others go on as before", () =>
    Effect.gen(function* () {
      const { disk, ledger } = yield* onFaultyDisk
      disk.next.sync.push(eio)
      yield* ledger.append([relabelled("one")])
      yield* ledger.append([relabelled("two")])
      yield* ledger.sync
      assert.strictEqual(disk.overwritten.length, 1)
    })
  )

  it.effect("two syncs, nothing durable is acknowledged until the ledger is opened again", () =>
    Effect.gen(function* () {
      const { disk, folder, ledger, path } = yield* onFaultyDisk
      disk.next.sync.push(eio, eio)
      const error = yield* Effect.flip(ledger.append([relabelled("one")]))
      assert.deepInclude(error.reason, { _tag: "Unavailable", operation: "sync", path, code: "EIO" })
      assert.include(error.message, path)
      const again = yield* Effect.flip(ledger.append([relabelled("two")]))
      assert.strictEqual(again.reason._tag, "Unavailable")
      assert.strictEqual((yield* Effect.flip(ledger.sync)).reason._tag, "Unavailable")
      yield* ledger.append([cooldownCleared])
      const reopened = yield* open(folder)
      yield* reopened.append([relabelled("three")])
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "one", "three"])
    })
  )

  it.effect("two syncs, whoever asked for one meanwhile is refused too", () =>
    Effect.gen(function* () {
      const { disk, ledger } = yield* onFaultyDisk
      const asked = yield* Deferred.make<Fiber.Fiber<void, LedgerError>>()
      const services = yield* Effect.context()
      const askMeanwhile = () => {
        Deferred.doneUnsafe(asked, Effect.succeed(Effect.runForkWith(services)(ledger.sync)))
        return eio()
      }
      disk.next.sync.push(eio, askMeanwhile)
      yield* Effect.flip(ledger.append([relabelled("one")]))
      const error = yield* Effect.flip(Effect.flatMap(Deferred.await(asked), Fiber.join))
      assert.deepInclude(error.reason, { _tag: "Unavailable", operation: "sync", code: "EIO" })
    })
  )

  it.effect("a sync and has lost what was written, nothing is acknowledged", () =>
    Effect.gen(function* () {
      const { disk, ledger } = yield* onFaultyDisk
      disk.next.sync.push(eio)
      disk.next.read.push((into) => into.fill(0).length)
      const { reason } = yield* Effect.flip(ledger.append([relabelled("one")]))
      assert.deepInclude(reason, { _tag: "Damaged", why: "the disk lost what was written here" })
      assert.deepStrictEqual(disk.overwritten, [])
    })
  )

  it.effect("a write, nothing is written and the next append goes on", () =>
    Effect.gen(function* () {
      const { disk, folder, ledger, path } = yield* onFaultyDisk
      disk.next.write.push(() => {
        throw eio()
      })
      const error = yield* Effect.flip(ledger.append([relabelled("one")]))
      assert.deepInclude(error.reason, { _tag: "Unavailable", operation: "write", path, code: "EIO" })
      yield* ledger.append([relabelled("two")])
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "two"])
    })
  )

  it.effect("a part of a write, nothing is acknowledged and the next append seals the part", () =>
    Effect.gen(function* () {
      const { disk, folder, ledger, path } = yield* onFaultyDisk
      const before = readFileSync(path).length
      disk.next.write.push((write, bytes) => write(bytes.subarray(0, 100)))
      const error = yield* Effect.flip(ledger.append([relabelled("one")]))
      assert.deepInclude(error.reason, { _tag: "Unavailable", path, code: "ENOSPC" })
      assert.include(error.message, "Free space")
      yield* ledger.append([relabelled("two")])
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "two"])
      assert.deepStrictEqual((yield* verify(folder)).junk, [{ path, line: 4, offset: before, length: 100 }])
    })
  )

  it.effect("a part of a write, whole events in that part stay", () =>
    Effect.gen(function* () {
      const { disk, folder, ledger } = yield* onFaultyDisk
      disk.next.write.push((write, bytes) => write(bytes.subarray(0, bytes.length - 1)))
      yield* Effect.flip(ledger.append([relabelled("one"), relabelled("two")]))
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "one"])
      yield* ledger.append([relabelled("three")])
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "one", "two", "three"])
      assert.deepInclude(yield* verify(folder), { isConsistent: true, junk: [] })
    })
  )

  it.effect("a part of a write that ends with a line, the events in that part stay and nothing is left to close", () =>
    Effect.gen(function* () {
      const { disk, folder, ledger } = yield* onFaultyDisk
      disk.next.write.push((write, bytes) => write(bytes.subarray(0, bytes.indexOf("\n") + 1)))
      const error = yield* Effect.flip(ledger.append([relabelled("one"), relabelled("two")]))
      assert.deepInclude(error.reason, { _tag: "Unavailable", code: "ENOSPC" })
      yield* ledger.append([relabelled("three")])
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "one", "three"])
      assert.deepInclude(yield* verify(folder), { isConsistent: true, junk: [] })
    })
  )

  it.effect("every write, as when it turned read-only, reading goes on, and so do appends when it is mended", () =>
    Effect.gen(function* () {
      const { disk, folder, ledger, path } = yield* onFaultyDisk
      disk.refuse({ call: "write", code: "EROFS" }, { call: "syncFolder", code: "EROFS" })
      for (const event of [relabelled("one"), cooldownCleared]) {
        const error = yield* Effect.flip(ledger.append([event]))
        assert.deepInclude(error.reason, { _tag: "Unavailable", operation: "write", path, code: "EROFS" })
        assert.include(error.message, "writable")
      }
      assert.strictEqual((yield* ledger.head).seq, 3)
      disk.mend()
      yield* ledger.append([relabelled("two")])
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "two"])
      assert.isTrue((yield* verify(folder)).isConsistent)
    })
  )

  it.effect("to sync the folder, nothing durable is acknowledged until the ledger is opened again", () =>
    Effect.gen(function* () {
      const { disk, folder } = yield* onFaultyDisk
      const other = yield* Small.open(folder, { calls: disk.calls })
      disk.refuse({ call: "syncFolder", code: "EIO", times: 1 })
      const { reason } = yield* Effect.flip(other.append([relabelled("one")]))
      assert.deepInclude(reason, { _tag: "Unavailable", operation: "sync", path: folder, code: "EIO" })
      yield* Effect.flip(other.append([relabelled("two")]))
      const reopened = yield* open(folder)
      yield* reopened.append([relabelled("three")])
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "one", "three"])
      assert.isTrue((yield* verify(folder)).isConsistent)
    })
  )

  it.effect("to begin a ledger, nothing is acknowledged, and the next opening begins it", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const disk = yield* FaultyDisk.make
      for (const call of ["open", "write", "sync", "syncFolder"] as const) {
        disk.refuse({ call, code: "EIO", times: 1, path: call === "syncFolder" ? "" : ".next" })
        const { reason } = yield* Effect.flip(Effect.scoped(Small.open(folder, { calls: disk.calls })))
        assert.deepInclude(reason, { _tag: "Unavailable", code: "EIO" }, call)
      }
      const ledger = yield* Small.open(folder, { calls: disk.calls })
      yield* ledger.append([relabelled("one")])
      assert.deepStrictEqual(yield* labelsIn(folder), ["one"])
      assert.deepInclude(yield* verify(folder), { isConsistent: true, events: 3 })
    })
  )

  it.effect("to read, the answer names the file and the code", () =>
    Effect.gen(function* () {
      const { disk, ledger, folder, path } = yield* onFaultyDisk
      yield* Effect.scoped(Effect.flatMap(open(folder), (other) => other.append([cooldownCleared])))
      disk.next.read.push(() => {
        throw eio()
      })
      const error = yield* Effect.flip(ledger.state)
      assert.deepInclude(error.reason, { _tag: "Unavailable", operation: "read", path, code: "EIO" })
    })
  )
})

describe("when the system refuses for a moment", () => {
  it.effect("to open the folder, nothing is acknowledged then, and the next durable append is", () =>
    Effect.gen(function* () {
      const { disk, folder } = yield* onFaultyDisk
      const other = yield* Small.open(folder, { calls: disk.calls })
      disk.refuse({ call: "syncFolder", code: "EMFILE", times: 1 })
      const error = yield* Effect.flip(other.append([relabelled("one")]))
      assert.deepInclude(error.reason, { _tag: "Unavailable", path: folder, code: "EMFILE" })
      assert.include(error.message, "ulimit")
      yield* other.append([relabelled("two")])
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "one", "two"])
    })
  )

  it.effect("to read what is to be synced, the next sync and the next durable append go on", () =>
    Effect.gen(function* () {
      const { disk, folder, ledger, path } = yield* onFaultyDisk
      yield* Effect.scoped(Effect.flatMap(open(folder), (other) => other.append([cooldownCleared])))
      disk.next.read.push(() => {
        throw eio()
      })
      const { reason } = yield* Effect.flip(ledger.sync)
      assert.deepInclude(reason, { _tag: "Unavailable", operation: "read", path, code: "EIO" })
      yield* ledger.sync
      yield* ledger.append([relabelled("one")])
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "one"])
    })
  )
})

const firstSealed = "ledger.0000000000000001.jsonl"

/** A ledger on a disk that can be made to fail, whose next append seals its first segment. */
const aboutToSeal = Effect.gen(function* () {
  const folder = yield* tempFolder
  const disk = yield* FaultyDisk.make
  const before = yield* Small.write(folder, 12, { segmentBytes: Infinity })
  const ledger = yield* Small.open(folder, { calls: disk.calls, snapshotEvery: Infinity })
  return { folder, disk, ledger, before }
})

/** Every one of them is there, once and in order, and nothing is wrong. */
const assertKept = Effect.fnUntraced(function* (folder: string, ...appended: ReadonlyArray<ReadonlyArray<Recorded>>) {
  const ids = (events: ReadonlyArray<Recorded>) => events.map((event) => event.id)
  const wanted = ids(appended.flat())
  const found = ids(yield* Small.readAll(folder))
  assert.deepStrictEqual(
    found.filter((id) => wanted.includes(id)),
    wanted
  )
  assert.deepInclude(yield* verify(folder), { isConsistent: true, events: found.length, tornTail: undefined })
})

describe("a seal", () => {
  const refusals: ReadonlyArray<readonly [what: string, refused: FaultyDisk.Refused]> = [
    ["to open the next segment", { call: "open", code: "EMFILE", path: ".next" }],
    ["to write the next segment", { call: "write", code: "ENOSPC", path: ".next" }],
    ["to sync the next segment", { call: "sync", code: "EIO", path: ".next" }],
    ["to make a hard link, as disks do that have none", { call: "link", code: "EPERM" }],
    ["once to sync the folder after the link", { call: "syncFolder", code: "EIO", times: 1 }],
    ["once to rename the next segment", { call: "rename", code: "EIO", times: 1 }]
  ]
  for (const [what, refused] of refusals) {
    it.effect(`that the disk refuses ${what} holds up no append, and is made good later`, () =>
      Effect.gen(function* () {
        const { before, disk, folder, ledger } = yield* aboutToSeal
        disk.refuse(refused)
        const during = yield* Small.appendEach(ledger, 3)
        yield* assertKept(folder, before, during)
        disk.mend()
        const after = yield* Small.appendEach(ledger, 1)
        yield* assertKept(folder, before, during, after)
        assert.include(Small.namesIn(folder), firstSealed)
        assert.notInclude(Small.namesIn(folder), "ledger.jsonl.next")
      })
    )
  }

  it.effect("whose new name the disk refuses to sync ends durable appends: they might be in a file without it", () =>
    Effect.gen(function* () {
      const { before, disk, folder, ledger } = yield* aboutToSeal
      disk.refuse({ call: "syncFolder", code: "EIO", after: 2, times: 1 })
      const acknowledged: Array<Recorded> = []
      const append = Effect.map(Small.appendEach(ledger, 1), (events) => acknowledged.push(...events))
      const { reason } = yield* Effect.flip(Effect.replicateEffect(append, 3))
      assert.deepInclude(reason, { _tag: "Unavailable", operation: "sync", path: folder, code: "EIO" })
      yield* Effect.flip(append)
      assert.strictEqual((yield* Effect.flip(ledger.sync)).reason, reason)
      yield* ledger.append([cooldownCleared])
      const reopened = yield* Small.write(folder, 3)
      yield* assertKept(folder, before, acknowledged, reopened)
      assert.include(Small.namesIn(folder), firstSealed)
    })
  )

  for (const [what, kept] of [
    ["in mid-line", (bytes: Buffer) => bytes.length - 50],
    ["before the newline", (bytes: Buffer) => bytes.length - 1]
  ] as const) {
    it.effect(`whose last line found the disk full ${what} holds up no append, and is made good later`, () =>
      Effect.gen(function* () {
        const { before, disk, folder, ledger } = yield* aboutToSeal
        disk.next.write.push(undefined, undefined, (write, bytes) => write(bytes.subarray(0, kept(bytes))))
        const appended = yield* Small.appendEach(ledger, 3)
        yield* assertKept(folder, before, appended)
        assert.include(Small.namesIn(folder), firstSealed)
      })
    )
  }

  it.effect("whose next segment found the disk full in mid-line holds up no append, and is made good later", () =>
    Effect.gen(function* () {
      const { before, disk, folder, ledger } = yield* aboutToSeal
      disk.next.write.push(undefined, (write, bytes) => write(bytes.subarray(0, 100)))
      const appended = yield* Small.appendEach(ledger, 3)
      yield* assertKept(folder, before, appended)
      assert.include(Small.namesIn(folder), firstSealed)
    })
  )

  it.effect("that was begun and cannot be finished stops appends, until the disk is mended", () =>
    Effect.gen(function* () {
      const { before, disk, folder, ledger } = yield* aboutToSeal
      disk.refuse({ call: "rename", code: "EROFS" })
      const first = yield* Small.appendEach(ledger, 1)
      const { reason } = yield* Effect.flip(Small.appendEach(ledger, 1))
      assert.deepInclude(reason, { _tag: "Unavailable", operation: "rename", code: "EROFS" })
      yield* assertKept(folder, before, first)
      disk.mend()
      const last = yield* Small.appendEach(ledger, 1)
      yield* assertKept(folder, before, first, last)
      assert.include(Small.namesIn(folder), firstSealed)
    })
  )

  it.effect("whose segment could not be synced once has it written again", () =>
    Effect.gen(function* () {
      const { before, disk, folder, ledger } = yield* aboutToSeal
      disk.refuse({ call: "sync", code: "EIO", path: "ledger.jsonl", times: 1 })
      const appended = yield* Small.appendEach(ledger, 3)
      assert.isNotEmpty(disk.overwritten)
      yield* assertKept(folder, before, appended)
      assert.include(Small.namesIn(folder), firstSealed)
    })
  )

  it.effect("whose segment could not be synced twice is left to who opens the ledger again", () =>
    Effect.gen(function* () {
      const { before, disk, folder, ledger } = yield* aboutToSeal
      disk.refuse({ call: "sync", code: "EIO", path: "ledger.jsonl", times: 2 })
      const { reason } = yield* Effect.flip(Small.appendEach(ledger, 1))
      assert.deepInclude(reason, { _tag: "Unavailable", operation: "sync", code: "EIO" })
      yield* Effect.flip(Small.appendEach(ledger, 1))
      const reopened = yield* Small.write(folder, 3)
      yield* assertKept(folder, before, reopened)
      assert.include(Small.namesIn(folder), firstSealed)
    })
  )

  it.effect("is not begun by a writer that can make nothing durable, whose other appends go on", () =>
    Effect.gen(function* () {
      const { disk, folder, ledger } = yield* onFaultyDisk
      const small = yield* Small.open(folder, { calls: disk.calls, snapshotEvery: Infinity, segmentBytes: 2048 })
      disk.next.sync.push(eio, eio)
      yield* Effect.flip(small.append([relabelled("one")]))
      const appended = yield* Effect.replicateEffect(small.append([cooldownCleared]), 10)
      assert.notInclude(Small.namesIn(folder), firstSealed)
      yield* ledger.append([relabelled("two")])
      yield* assertKept(folder, appended.flat())
    })
  )

  it.effect("by another, while our sync failed, lets nobody believe that our bytes were synced with it", () =>
    Effect.gen(function* () {
      const { disk, folder, ledger } = yield* aboutToSeal
      const services = yield* Effect.context()
      disk.refuse({ call: "link", code: "EIO" }) // it seals nothing itself
      disk.next.sync.push(undefined, async () => {
        await Effect.runPromiseWith(services)(Small.write(folder, 1))
        return eio()
      })
      const appended = yield* ledger.append([relabelled("ours")])
      assert.include(Small.namesIn(folder), firstSealed)
      assert.isNotEmpty(disk.overwritten)
      yield* assertKept(folder, appended)
    })
  )

  it.effect(
    "has made an older segment, which cannot be opened for a moment: a stream ends there, the next does not",
    () =>
      Effect.gen(function* () {
        const folder = yield* tempFolder
        const disk = yield* FaultyDisk.make
        yield* Small.write(folder, 40)
        const [, second = ""] = yield* Small.segmentsIn(folder)
        const ledger = yield* Small.open(folder, { readOnly: true })
        const seen: Array<number> = []
        const read = ledger.read().pipe(
          Stream.runForEach((event) => Effect.sync(() => seen.push(event.seq))),
          Effect.provideService(SystemCalls, disk.calls)
        )
        disk.refuse({ call: "open", code: "EMFILE", path: basename(second) })
        const { reason } = yield* Effect.flip(read)
        assert.deepInclude(reason, { _tag: "Unavailable", operation: "open", path: second, code: "EMFILE" })
        assert.deepStrictEqual(seen, Small.numbers(1, (firstOf(second) ?? 0) - 1))
        disk.mend()
        seen.splice(0)
        yield* read
        assert.deepStrictEqual(seen, Small.numbers(1, (yield* ledger.head).seq))
      })
  )
})

describe("a disk that changed what stands below a snapshot", () => {
  it.effect("hides no event before the change from those who begin to read behind it", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* Small.write(folder, 20, { segmentBytes: Infinity })
      const path = Small.liveIn(folder)
      const bytes = readFileSync(path)
      const offset = bytes.indexOf('{"seq":5,')
      bytes[offset + 100] = 0
      writeFileSync(path, bytes)
      const ledger = yield* Small.open(folder, { segmentBytes: Infinity })
      yield* Small.appendEach(ledger, 1)
      const seen: Array<number> = []
      const read = Stream.runForEach(ledger.read(), ({ seq }) => Effect.sync(() => seen.push(seq)))
      const { reason } = yield* Effect.flip(read)
      assert.deepStrictEqual(seen, [1, 2, 3, 4])
      assert.deepInclude(reason, { _tag: "Damaged", path, line: 5, offset })
    })
  )
})

describe("while a ledger is open", () => {
  it.effect("its folder may be moved away: all fails, and goes on when the folder is back", () =>
    Effect.gen(function* () {
      const { folder, ledger } = yield* onFaultyDisk
      renameSync(folder, `${folder}.away`)
      const missing = { _tag: "Missing", path: folder } as const
      for (const effect of [ledger.append([relabelled("one")]), ledger.sync, ledger.state, ledger.head]) {
        assert.deepInclude(
          (yield* Effect.flip(Effect.asVoid(effect as Effect.Effect<unknown, LedgerError>))).reason,
          missing
        )
      }
      renameSync(`${folder}.away`, folder)
      yield* ledger.append([relabelled("two")])
      yield* ledger.sync
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "two"])
      assert.isTrue((yield* verify(folder)).isConsistent)
    })
  )

  it.effect("its folder may be made anew for another ledger, which it never writes to", () =>
    Effect.gen(function* () {
      const { folder, ledger } = yield* onFaultyDisk
      rmSync(folder, { recursive: true })
      mkdirSync(folder)
      assert.strictEqual((yield* Effect.flip(ledger.append([relabelled("one")]))).reason._tag, "Missing")
      const other = yield* open(folder)
      yield* other.append([relabelled("another ledger's")])
      assert.strictEqual((yield* Effect.flip(ledger.append([relabelled("two")]))).reason._tag, "WrongKey")
      assert.deepStrictEqual(yield* labelsIn(folder), ["another ledger's"])
      assert.deepInclude(yield* verify(folder), { isConsistent: true, events: 3 })
    })
  )

  it.effect("its key may be removed: it goes on, and others are refused until the key is back", () =>
    Effect.gen(function* () {
      const { folder, ledger } = yield* onFaultyDisk
      const path = join(folder, "fingerprint.key")
      const key = readFileSync(path)
      rmSync(path)
      yield* ledger.append([relabelled("one")])
      assert.deepInclude((yield* Effect.flip(Effect.scoped(open(folder)))).reason, { _tag: "WrongKey", path })
      writeFileSync(path, key)
      yield* Effect.scoped(Effect.flatMap(open(folder), (other) => other.append([relabelled("two")])))
      assert.deepStrictEqual(yield* labelsIn(folder), ["before", "one", "two"])
    })
  )

  it.effect("its lock may be removed again and again: writers still exclude each other", () =>
    Effect.gen(function* () {
      const { folder, ledger } = yield* onFaultyDisk
      const other = yield* open(folder)
      for (let round = 0; round < 5; round++) {
        rmSync(join(folder, "ledger.lock"))
        yield* Effect.forEach([ledger, other, ledger], (it) => it.append([relabelled(`${round}`)]), {
          concurrency: "unbounded"
        })
      }
      assert.strictEqual((yield* labelsIn(folder)).length, 1 + 5 * 3)
      assert.deepInclude(yield* verify(folder), { isConsistent: true, junk: [] })
    })
  )

  it.effect("the clock may go backwards: the order stays, and what an instant means grows with the instant", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000)
      const { folder, ledger } = yield* onFaultyDisk
      for (const now of [5_000, 2_000, 3_000, 6_000]) {
        yield* TestClock.setTime(now)
        yield* ledger.append([relabelled(`at ${now}`)])
      }
      const events = yield* Small.readAll(folder)
      assert.deepStrictEqual(
        events.map(({ at, seq }) => [seq, at]),
        [1_000, 1_000, 1_000, 5_000, 2_000, 3_000, 6_000].map((at, index) => [index + 1, at])
      )
      const ends = [1_000, 2_000, 4_999, 5_000, 5_999, 6_000].map(
        (at) => [at, at < 5_000 ? 3 : at < 6_000 ? 6 : 7] as const
      )
      for (const [at, end] of ends) {
        assert.deepStrictEqual(yield* ledger.asOf({ at }), fold(events.slice(0, end)), `${at}`)
      }
    })
  )
})
