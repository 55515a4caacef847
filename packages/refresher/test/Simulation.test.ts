/**
 * Two thousand worlds in which everything goes wrong that can: whatever the order of steps, crashes and other programs,
 * the invariants hold after each step, and in the end there is a working token or a true death. See docs/simulation.md.
 */
import { loopsIn } from "@daybook/pool/queries/Loops"
import { assert, describe, it } from "@effect/vitest"
import { reportOf } from "./simulation/Report.ts"
import { play, type Result } from "./simulation/Simulation.ts"

const batches = 20
const inOne = 100

/** For a hundred worlds, on a machine that does other things too. */
const timeLimit = 60_000

/** Loops that need neither a process that is killed again and again nor a program that puts old tokens back. */
const loopsOfOurs = ({ world }: Result) => {
  const events = world.log.events()
  const found = loopsIn(events, events.at(-1)?.at ?? 0)
  return found.filter(({ kind, wasted }) => kind !== "claim-without-outcome" && wasted > 0)
}

describe("in simulated worlds", () => {
  for (let batch = 0; batch < batches; batch++) {
    const from = batch * inOne + 1
    it(
      `what must always hold holds, and no request goes round in a loop (seeds ${from} to ${from + inOne - 1})`,
      () => {
        for (let seed = from; seed < from + inOne; seed++) {
          const result = play(seed)
          if (result.breaches.length > 0) assert.fail(reportOf(result))
          const kinds = loopsOfOurs(result).map(({ kind }) => kind)
          if (kinds.length > 0) assert.fail(`${kinds.join(", ")}\n${reportOf(result)}`)
        }
      },
      timeLimit
    )
  }

  it("the same seed gives the same history, step by step", () => {
    for (const seed of [3, 28, 451]) assert.deepStrictEqual(play(seed).history, play(seed).history)
  })

  it("a failing seed leaves a ledger behind that its lines prove", () => {
    const { world } = play(5)
    const lines = world.log.text().trimEnd().split("\n")
    assert.strictEqual(lines.length, world.log.lines.length)
    assert.include(lines[0], "LedgerOpened")
  })
})
