import { assert, describe, it } from "@effect/vitest"
import type { Ledger } from "@daybook/ledger/Ledger"
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { verify } from "@daybook/ledger/Verify"
import { Effect, Fiber, Stream } from "effect"
import { join } from "node:path"
import { relabelled, seq } from "./support/Drafts.ts"
import { open } from "./support/Open.ts"
import { acknowledgedIn, startWriter } from "./support/Processes.ts"
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
      const writers = yield* Effect.forEach(notes, (path) => startWriter(folder, path, { count: 150 }))
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
})
