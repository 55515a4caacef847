import { assert, describe, it } from "@effect/vitest"
import type { Ledger } from "@daybook/ledger/Ledger"
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { verify } from "@daybook/ledger/Verify"
import { Effect, Fiber, type Scope, Stream } from "effect"
import { watch } from "node:fs"
import { join } from "node:path"
import { relabelled, seq } from "./support/Drafts.ts"
import { open } from "./support/Open.ts"
import { acknowledgedIn, sizeOf, startWriter, type Writer } from "./support/Processes.ts"
import { tempFolder } from "./support/TempFolder.ts"

const idsIn = (ledger: Ledger["Service"]): Effect.Effect<ReadonlyArray<string>, LedgerError> =>
  Stream.runCollect(Stream.map(ledger.read(), (event) => event.id))

describe("several processes on one ledger", () => {
  it.live("append side by side, and a tail here sees every event once", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const ours = yield* open(folder)
      const notes = ["a", "b"].map((name) => join(folder, name))
      const following = yield* ours.tail().pipe(Stream.take(304), Stream.runCollect, Effect.forkChild)
      const writers = yield* Effect.forEach(notes, (path) => startWriter(folder, path, 150))
      yield* ours.append([relabelled("ours")])
      for (const { exit } of writers) assert.strictEqual(yield* Effect.promise(() => exit), 0)
      const acknowledged = notes.flatMap(acknowledgedIn)
      const ids = new Set(yield* idsIn(ours))
      assert.strictEqual(acknowledged.length, 300)
      assert.strictEqual(ids.size, 1 + 3 + 1 + 300)
      assert.isTrue(acknowledged.every((id) => ids.has(id)))
      assert.deepStrictEqual(
        (yield* Fiber.join(following)).map((event) => event.seq),
        Array.from({ length: 304 }, (_, index) => seq(index + 1))
      )
      assert.isTrue((yield* verify(folder)).isConsistent)
    })
  )

  it.live(
    "are killed at random: what was acknowledged is there once, and the chain holds",
    () =>
      Effect.gen(function* () {
        const folder = yield* tempFolder
        const path = join(folder, "ledger.jsonl")
        let started = 0
        const start = Effect.suspend(() => startWriter(folder, join(folder, `notes-${started++}`)))
        const writers: Array<Writer> = yield* Effect.all(Array.from({ length: 4 }, () => start))
        for (let kills = 0; kills < 20; kills++) {
          yield* grown(path, Math.random() * 30_000)
          const victim = Math.floor(Math.random() * writers.length)
          yield* (writers[victim] as Writer).kill
          writers[victim] = yield* start
        }
        yield* Effect.forEach(writers, (writer) => writer.kill)
        const ledger = yield* open(folder)
        yield* ledger.append([relabelled("after")])
        const counts = Map.groupBy(yield* idsIn(ledger), (id) => id)
        const acknowledged = Array.from({ length: started }, (_, index) =>
          acknowledgedIn(join(folder, `notes-${index}`))
        ).flat()
        assert.isAbove(acknowledged.length, 100)
        assert.isTrue(acknowledged.every((id) => counts.get(id)?.length === 1))
        assert.isTrue((yield* verify(folder)).isConsistent)
      }),
    30_000
  )
})

/** Waits until a file has grown by so many bytes. */
const grown = (path: string, bytes: number): Effect.Effect<void, never, Scope.Scope> =>
  Effect.callback<void>((resume) => {
    const target = sizeOf(path) + bytes
    const watcher = watch(join(path, ".."), () => {
      if (sizeOf(path) >= target) resume(Effect.void)
    })
    return Effect.sync(() => watcher.close())
  })
