import { assert, describe, it } from "@effect/vitest"
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { verify } from "@daybook/ledger/Verify"
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { Context, Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { cooldownCleared, relabelled } from "./support/Drafts.ts"
import * as FaultyDisk from "./support/FaultyDisk.ts"
import { open } from "./support/Open.ts"
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
