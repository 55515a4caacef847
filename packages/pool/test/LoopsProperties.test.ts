import { loopsIn, makeLoopDetector } from "@daybook/pool/queries/Loops"
import type { Recorded } from "@daybook/pool/Recorded"
import { assert, it } from "@effect/vitest"
import { Schema } from "effect"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as arbitrary from "./arbitraries.ts"
import { healthyHistory } from "./HealthyHistory.ts"

const firstOf = (history: Iterator<Recorded, unknown>, count: number): ReadonlyArray<Recorded> =>
  Array.from({ length: count }, () => history.next().value as Recorded)

const ledger = arbitrary.ledgerOf(arbitrary.event)

it.prop(
  "a ledger in two parts, with a question in between, gives what it gives at once",
  { ledger, cut: Schema.Natural, now: arbitrary.moment },
  ({ cut, ledger, now }) => {
    const detector = makeLoopDetector()
    const place = cut % (ledger.length + 1)
    for (const event of ledger.slice(0, place)) detector.take(event)
    detector.found(now)
    for (const event of ledger.slice(place)) detector.take(event)
    assert.deepStrictEqual(detector.found(now), loopsIn(ledger, now))
  },
  arbitrary.thorough
)

it.prop(
  "whatever a ledger holds, a loop begins before it ends, wastes no less than nothing and was told once",
  { ledger, now: arbitrary.moment },
  ({ ledger, now }) => {
    const detector = makeLoopDetector()
    const told = ledger.flatMap((event) => detector.take(event))
    const found = detector.found(now)
    for (const { first, iterations, last, period, wasted } of found) {
      assert.isBelow(first.seq, last.seq)
      assert.isAbove(iterations, 1)
      assert.isAtLeast(Math.min(period, wasted), 0)
    }
    assert.isAtMost(told.length, found.length)
  },
  arbitrary.thorough
)

it.prop(
  "in a history where nothing is wrong, however much happens, there is no loop",
  { seed: Schema.Int },
  ({ seed }) => {
    const events = firstOf(healthyHistory(seed, 3), 3_000)
    assert.deepStrictEqual(loopsIn(events, events.at(-1)!.at), [])
  },
  { arbitrary: { runs: 30 } }
)

it("a pool of twenty logins that is busy for years has no loop, and needs no more memory for it", () => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  const heap = (): number => (collect(), process.memoryUsage().heapUsed)
  const detector = makeLoopDetector()
  const history = healthyHistory(7, 20)
  const feed = (count: number): void => {
    for (let left = count; left > 0; left--) detector.take(history.next().value)
  }
  feed(100_000)
  const before = heap()
  feed(200_000)
  assert.isBelow(heap() - before, 2 * 2 ** 20)
  assert.deepStrictEqual(detector.found(Number.MAX_SAFE_INTEGER), [])
})
