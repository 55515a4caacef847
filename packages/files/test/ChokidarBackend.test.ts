import * as AtomicFile from "@daybook/files/AtomicFile"
import * as ChokidarBackend from "@daybook/files/ChokidarBackend"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Deferred, Effect, FileSystem, Layer, Queue, type Scope, Stream } from "effect"
import { mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { tempFolder } from "./support/TempFolder.ts"

const platform = NodeServices.layer.pipe(Layer.provideMerge(ChokidarBackend.layer))

/** Runs a stream in the background; what it yields, or how it fails, is taken from the queue. */
const running = Effect.fnUntraced(function* <A, E>(
  stream: Stream.Stream<A, E>
): Effect.fn.Return<Queue.Dequeue<A, E>, never, Scope.Scope> {
  const queue = yield* Queue.unbounded<A, E>()
  yield* Stream.runForEach(stream, (item) => Queue.offer(queue, item)).pipe(
    Effect.catchCause((cause) => Queue.failCause(queue, cause)),
    Effect.forkScoped({ startImmediately: true })
  )
  return queue
})

/** The events of a path, once its watcher is in place. */
const watching = Effect.fnUntraced(function* (path: string, options?: { readonly recursive: boolean }) {
  const fs = yield* FileSystem.FileSystem
  const ready = yield* Deferred.make<void>()
  const onReady = () => Deferred.doneUnsafe(ready, Effect.void)
  const events = yield* running(fs.watch(path, { ...options, onReady }))
  yield* Deferred.await(ready)
  return events
})

it.live("an atomic replace of a watched file is one Update", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    writeFileSync(path, "old")
    const events = yield* watching(path)
    yield* AtomicFile.write(path, "new")
    assert.deepStrictEqual(yield* Queue.take(events), { _tag: "Update", path })
    unlinkSync(path)
    assert.deepStrictEqual(yield* Queue.take(events), { _tag: "Remove", path })
  }).pipe(Effect.provide(platform))
)

it.live("a watched file that is removed and comes back is reported", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    writeFileSync(path, "old")
    const events = yield* watching(path)
    unlinkSync(path)
    assert.deepStrictEqual(yield* Queue.take(events), { _tag: "Remove", path })
    yield* AtomicFile.write(path, "new")
    assert.deepStrictEqual(yield* Queue.take(events), { _tag: "Create", path })
  }).pipe(Effect.provide(platform))
)

it.live("a watched folder reports its own files, and those below only when recursive", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    mkdirSync(join(folder, "below"))
    const flat = yield* watching(folder)
    const deep = yield* watching(folder, { recursive: true })
    writeFileSync(join(folder, "below", "a"), "1")
    assert.deepStrictEqual(yield* Queue.take(deep), { _tag: "Create", path: join(folder, "below", "a") })
    writeFileSync(join(folder, "b"), "1")
    assert.deepStrictEqual(yield* Queue.take(flat), { _tag: "Create", path: join(folder, "b") })
  }).pipe(Effect.provide(platform))
)

it.live("a failing watcher is a PlatformError that names the path", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "n".repeat(300))
    const error = yield* Effect.flip(Stream.runDrain(ChokidarBackend.changes(path)))
    assert.strictEqual(error._tag, "PlatformError")
    assert.include(error.message, path)
    assert.include(error.message, "ENAMETOOLONG")
  })
)

/** Only the system's notices count: the poll would come after an hour. */
const noticed = (path: string) => running(ChokidarBackend.changes(path, { pollEvery: "1 hour" }))

it.live("a tick follows every replace", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    writeFileSync(path, "old")
    const ticks = yield* noticed(path)
    yield* AtomicFile.write(path, "new")
    yield* Queue.take(ticks)
    yield* AtomicFile.write(path, "newer")
    yield* Queue.take(ticks)
  })
)

it.live("a file that appears later is noticed, then its replacement and its removal", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    const ticks = yield* noticed(path)
    yield* AtomicFile.write(path, "first")
    yield* Queue.take(ticks)
    yield* AtomicFile.write(path, "second")
    yield* Queue.take(ticks)
    unlinkSync(path)
    yield* Queue.take(ticks)
  })
)

it.live("a file in a folder that appears later is noticed, and so are its replacements", () =>
  Effect.gen(function* () {
    const folder = join(yield* tempFolder, "later")
    const ticks = yield* noticed(join(folder, "auth.json"))
    mkdirSync(folder)
    for (const content of ["first", "second", "third"]) {
      yield* AtomicFile.write(join(folder, "auth.json"), content)
      yield* Queue.take(ticks)
    }
  })
)

it.live("a replaced target of a link is noticed", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    mkdirSync(join(folder, "real"))
    writeFileSync(join(folder, "real", "auth.json"), "old")
    symlinkSync("real/auth.json", join(folder, "link"))
    const ticks = yield* noticed(join(folder, "link"))
    yield* AtomicFile.write(join(folder, "link"), "new")
    yield* Queue.take(ticks)
  })
)

it.live("the poll finds what no notice tells: the late target of a dangling link", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    mkdirSync(join(folder, "real"))
    symlinkSync("real/auth.json", join(folder, "link"))
    const ticks = yield* running(ChokidarBackend.changes(join(folder, "link"), { pollEvery: "20 millis" }))
    writeFileSync(join(folder, "real", "auth.json"), "new")
    yield* Queue.take(ticks)
    rmSync(join(folder, "real", "auth.json"))
    yield* Queue.take(ticks)
  })
)
