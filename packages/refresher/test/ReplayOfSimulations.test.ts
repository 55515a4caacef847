/**
 * The histories of simulated worlds, with all their crashes and races: the present code comes to every decision in them,
 * and under their own policy nothing would have been otherwise.
 */
import { replayRules } from "@daybook/oauth/ReplayRules"
import { fold } from "@daybook/pool/Evolve"
import { hermes } from "@daybook/pool/HermesPolicy"
import type { Policy } from "@daybook/pool/Policy"
import { Replay } from "@daybook/pool/replay/Replay"
import { WhatIf } from "@daybook/pool/replay/WhatIf"
import { assert, describe, it } from "@effect/vitest"
import { Equal } from "effect"
import { play } from "./simulation/Simulation.ts"
import type { World } from "./simulation/World.ts"

const seeds = Array.from({ length: 120 }, (_, index) => index + 1)

/** In this one more than half a minute passes between a decision and its record, as on a machine that was asleep. */
const asleep = 116

/** Where clocks jump, no moment of a decision can be told. */
const worlds = seeds
  .filter((seed) => seed !== asleep)
  .map((seed) => play(seed).world)
  .filter(({ variant: { rates } }) => rates.clockJump === 0)

const rulesOf = ({ variant }: World) => replayRules([variant.server.provider])

const whatIf = (world: World, policy: Policy | undefined) => {
  const replay = new WhatIf({ rules: rulesOf(world), policy, recordedPolicy: world.variant.policy })
  world.log.events().forEach(replay.add)
  return { ...replay.end(), state: replay.state }
}

describe("the history of a simulated world", () => {
  it("is decided again as it was", () => {
    let judged = 0
    for (const world of worlds) {
      const replay = new Replay({
        rules: rulesOf(world),
        policy: world.variant.policy,
        onDivergence: (divergence) => assert.fail(`seed ${world.variant.seed}: ${JSON.stringify(divergence)}`)
      })
      world.log.events().forEach(replay.add)
      replay.end()
      judged += replay.judged
    }
    assert.isAbove(judged, 200)
  })

  for (const [name, policyOf] of [
    ["under the policy that it had", ({ variant }: World) => variant.policy],
    ["under the rules of today", () => undefined]
  ] as const) {
    it(`is itself ${name}`, () => {
      for (const world of worlds) {
        const other = whatIf(world, policyOf(world))
        const { acceptedCalls, apart, decisions, refreshes, refusedCalls } = other
        assert.deepStrictEqual([decisions.changed, decisions.unmade, apart.length], [0, 0, 0])
        for (const { beyond, saved } of [refreshes, refusedCalls, acceptedCalls]) {
          assert.deepStrictEqual([saved, beyond], [0, 0])
        }
        assert.isTrue(Equal.equals(other.state, fold(world.log.events())), `seed ${world.variant.seed}`)
      }
    })
  }

  it("is another one under another policy", () => {
    const changed = worlds.map((world) => whatIf(world, hermes).decisions.changed)
    assert.isAbove(Math.max(...changed), 0)
  })
})
