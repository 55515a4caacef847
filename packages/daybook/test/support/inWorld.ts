/**
 * Runs a test in a world of its own, with a sandbox of its own, and takes both away afterwards. Whatever the test
 * was about, no token may stand where none belongs.
 */
import * as Sandbox from "@daybook/sandbox/Sandbox"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { leaks } from "./Audit.ts"
import { World } from "./World.ts"

export const inWorld = (test: (world: World) => Promise<void>, options: Sandbox.SandboxOptions = {}) =>
  Effect.scoped(
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox.make(options)
      const world = yield* Effect.acquireRelease(
        Effect.promise(() => World.make(sandbox)),
        (world) => Effect.promise(() => world.close())
      )
      yield* Effect.promise(() => test(world))
      assert.deepStrictEqual(yield* Effect.promise(() => leaks(world)), [])
    })
  )
