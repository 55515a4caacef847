import { assert, describe, it } from "vitest"
import { instantText, lengthText, ticksOf } from "@daybook/viewer/timeline/Ticks"

const start = Date.UTC(2025, 11, 31, 23, 59, 59, 0)
const labels = (length: number, from = start) => ticksOf({ from, to: from + length }, 600).map(({ label }) => label)

describe("the axis", () => {
  it("goes from years to milliseconds", () => {
    const day = 86_400_000
    assert.deepStrictEqual(labels(20, start + 990), [".990", ".995", "Jan 1", ".005", ".010"])
    assert.include(labels(5_000), "23:59:59")
    assert.include(labels(7_200_000), "00:30")
    assert.include(labels(10 * day), "Jan 3")
    assert.include(labels(200 * day), "Feb")
    assert.include(labels(900 * day), "2026")
  })

  it("marks where a day begins among hours", () => {
    const great = ticksOf({ from: start, to: start + 7_200_000 }, 600).filter(({ isGreat }) => isGreat)
    assert.deepStrictEqual(
      great.map(({ label }) => label),
      ["Jan 1"]
    )
  })

  it("has room for its labels on a narrow page", () => {
    assert.isAtMost(ticksOf({ from: start, to: start + 86_400_000 }, 330).length, 5)
  })

  it("says instants in UTC, with milliseconds where there are some", () => {
    assert.deepStrictEqual(
      [instantText(start), instantText(start + 5)],
      ["2025-12-31 23:59:59 UTC", "2025-12-31 23:59:59.005 UTC"]
    )
  })

  it("says how long a span is in the unit that fits", () => {
    assert.deepStrictEqual([12.4, 2_500, 2_400_000, 9_000_000, 864_000_000].map(lengthText), [
      "12 ms",
      "2.5 s",
      "40 min",
      "2.5 h",
      "10 d"
    ])
  })
})
