import { duration } from "@daybook/words/Duration"
import { assert, describe, it } from "@effect/vitest"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

describe("a duration", () => {
  it("is told in its largest unit, and the next one where there are few of the largest", () => {
    const told = [0, 999, 1_500, 90 * second, 26 * minute + 2 * second, 6 * hour + 5 * minute, 240 * hour + hour]
    assert.deepStrictEqual(told.map(duration), ["0", "0", "1 s", "1 min 30 s", "26 min", "6 h 5 min", "10 d"])
  })

  it("leaves out what there is none of", () => {
    assert.deepStrictEqual([2 * hour + second, 24 * hour].map(duration), ["2 h", "1 d"])
  })
})
