import { type Slots, slotsFor } from "@daybook/viewer/page/table/Slots"
import { assert, it } from "vitest"

const none: Slots = new Map()
const after = (...steps: ReadonlyArray<ReadonlyArray<number>>): Slots =>
  steps.reduce((before, places) => slotsFor(places, before), none)

it("a row that stays in sight keeps its element", () => {
  const before = after([10, 11, 12, 13])
  const now = slotsFor([12, 13, 14, 15], before)
  assert.deepStrictEqual([now.get(12), now.get(13)], [before.get(12), before.get(13)])
})

it("a far jump shows other rows in the same elements, in the same order", () => {
  assert.deepStrictEqual([...after([10, 11, 12], [500, 501, 502]).values()], [...after([10, 11, 12]).values()])
})

it("no two rows have one element, however many come and go", () => {
  const steps = [[1, 2, 3], [3, 4], [0, 1, 2, 3, 4, 5], [90], [88, 89, 90, 91, 92, 93, 94]]
  let slots = none
  for (const places of steps) {
    slots = slotsFor(places, slots)
    assert.deepStrictEqual([...slots.keys()], places)
    assert.strictEqual(new Set(slots.values()).size, places.length)
  }
})

it("there are never more elements than rows in sight at once", () => {
  const slots = after([1, 2, 3], [40, 41, 42], [7], [100, 101, 102], [5, 6])
  assert.isBelow(Math.max(...slots.values()), 3)
})
