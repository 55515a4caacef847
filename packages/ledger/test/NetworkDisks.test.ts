/** A folder that lies on a network file system, as far as the ledger is told. */
import { assert, describe, it } from "@effect/vitest"
import { archive } from "@daybook/ledger/Archive"
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { repair } from "@daybook/ledger/Repair"
import { Effect, Layer, type Scope } from "effect"
import { existsSync } from "node:fs"
import { NetworkLook } from "../src/internal/Admission.ts"
import { layer, liveIn, readAll, write } from "./support/Small.ts"
import { tempFolder } from "./support/TempFolder.ts"

const onNfs = Effect.provideService(NetworkLook, () => Effect.succeedSome("nfs"))

const opening = (folder: string, allowNetworkFileSystem?: boolean) =>
  Layer.build(layer(folder, allowNetworkFileSystem === undefined ? {} : { allowNetworkFileSystem }))

const program = { program: "repair", version: "1" }

describe("a folder on a network file system", () => {
  it.effect("is refused by all who write, who leave it as it was", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const begun = yield* tempFolder
      yield* write(begun, 30)
      const events = yield* readAll(begun)
      const refused: ReadonlyArray<readonly [string, Effect.Effect<unknown, LedgerError, Scope.Scope>]> = [
        [folder, opening(folder)],
        [begun, opening(begun)],
        [begun, archive({ folder: begun, before: Date.now() + 1 })],
        [begun, repair({ folder: begun, ...program })]
      ]
      for (const [path, effect] of refused) {
        const { message, reason } = yield* Effect.flip(Effect.scoped(onNfs(effect)))
        assert.deepInclude(reason, { _tag: "NetworkFileSystem", path, kind: "nfs" })
        assert.include(message, "local disk")
      }
      assert.isFalse(existsSync(liveIn(folder)))
      assert.deepStrictEqual(yield* onNfs(readAll(begun)), events)
    })
  )

  it.effect("is taken by those who are told to", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const allowed = { allowNetworkFileSystem: true }
      yield* onNfs(write(folder, 30, allowed))
      assert.isTrue((yield* onNfs(repair({ folder, ...program, ...allowed }))).isDone)
      const { moved } = yield* onNfs(archive({ folder, before: Date.now() + 1, ...allowed }))
      assert.isAbove(moved.length, 0)
    })
  )
})
