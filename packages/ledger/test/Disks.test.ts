import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { onSmallDisk } from "./support/Processes.ts"
import { tempFolder } from "./support/TempFolder.ts"

describe("on a real disk", () => {
  it.effect("that is full, the answer names the file; with room again the ledger goes on and has lost nothing", () =>
    Effect.gen(function* () {
      const disk = yield* tempFolder
      const path = join(disk, "daybook", "ledger.jsonl")
      const seen = yield* onSmallDisk(disk, "fullDisk.ts")
      const reason = { _tag: "Unavailable", operation: "write", path, code: "ENOSPC" }
      assert.deepNestedInclude(seen, { reason, again: reason, "report.isConsistent": true })
      const { acknowledged, kept, message } = seen as { acknowledged: number; kept: number; message: string }
      assert.include(message, path)
      assert.isAbove(acknowledged, 50)
      assert.strictEqual(kept, acknowledged + 1)
    })
  )

  it.effect(
    "that is made read-only, which no open ledger lets happen, nothing can be opened to write and all can be read",
    () =>
      Effect.gen(function* () {
        const disk = yield* tempFolder
        const seen = yield* onSmallDisk(disk, "readOnlyDisk.ts")
        const lock = join(disk, "daybook", "ledger.lock")
        assert.deepInclude(seen, { whileOpen: false, onceClosed: true })
        assert.deepNestedInclude(seen, {
          "opening.reason": { _tag: "Unavailable", operation: "lock", path: lock, code: "EROFS" },
          "creating.reason": { _tag: "Unavailable", operation: "create", path: join(disk, "other"), code: "EROFS" },
          "read.seq": 4,
          "report.isConsistent": true
        })
      })
  )
})
