/**
 * Random histories of two programs and a hostile world: no token is ever sent for no reason, nothing leaks, and once
 * the world is quiet there is a working token or a true death, after a bounded number of requests.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { play } from "./support/RandomHistory.ts"
import { inScene } from "./support/Scene.ts"

const length = 16
const seeds = Array.from({ length: 12 }, (_, index) => index + 1)

/** Servers, and what is known of them. */
const servers = [
  { reuse: "reject", replay: { _tag: "afterExpiry" } },
  { reuse: "revokeFamily", replay: { _tag: "never" } },
  { reuse: "revokeFamily", replay: { _tag: "afterExpiry" } },
  { reuse: "grace", replay: { _tag: "withinGrace", millis: 600_000 } }
] as const

describe("a random history", () => {
  for (const seed of seeds) {
    const server = servers[seed % servers.length]!
    it.live(
      `holds what must always hold (seed ${seed})`,
      () =>
        inScene(
          (scene) =>
            Effect.gen(function* () {
              const ending = yield* play(scene, seed, length, server.replay)
              assert.deepStrictEqual(ending.breaches, [], ending.steps.join("\n"))
              assert.isAtMost(ending.posts, 6 * length)
            }),
          { reuse: server.reuse, graceMillis: 600_000 }
        ),
      120_000
    )
  }
})
