import { assert, describe, it } from "vitest"
import {
  clamped,
  closest,
  lengthOf,
  moved,
  panned,
  showing,
  timeOf,
  whole,
  xOf,
  zoomed
} from "@daybook/viewer/timeline/Span"

const month = 30 * 86_400_000
const all = { from: 0, to: month }
const view = { from: 1_000_000, to: 2_000_000 }

describe("a span of time on pixels", () => {
  it("finds the instant of a pixel, and the pixel of an instant", () => {
    assert.strictEqual(xOf(view, 500, 1_200_000), 100)
    assert.strictEqual(timeOf(view, 500, 100), 1_200_000)
  })

  it("keeps the instant in its place while one zooms", () => {
    const closer = zoomed(view, 4, 1_250_000, all)
    assert.strictEqual(lengthOf(closer), 250_000)
    assert.strictEqual(xOf(closer, 500, 1_250_000), xOf(view, 500, 1_250_000))
  })

  it("goes from a month to milliseconds and back without losing its place", () => {
    const around = 12_345_678
    const there = Array.from({ length: 60 }).reduce<typeof view>((span) => zoomed(span, 1.5, around, all), all)
    assert.isAtMost(Math.abs(lengthOf(there) - closest), 1e-6)
    const back = Array.from({ length: 60 }).reduce<typeof view>((span) => zoomed(span, 1 / 1.5, around, all), there)
    assert.isTrue(there.from <= around && there.to >= around && back.from <= around && back.to >= around)
  })

  it("is never closer than ten milliseconds, nor much farther than all there is", () => {
    assert.strictEqual(lengthOf(clamped({ from: 5, to: 6 }, all)), closest)
    assert.strictEqual(lengthOf(clamped({ from: -month * 9, to: month * 9 }, all)), month * 1.1)
  })

  it("keeps its middle among the events", () => {
    assert.deepStrictEqual(moved(view, -month, all), { from: -500_000, to: 500_000 })
    assert.deepStrictEqual(moved(view, 2 * month, all), { from: month - 500_000, to: month + 500_000 })
  })

  it("pans by a part of its own length", () => {
    assert.deepStrictEqual(panned(view, 0.2, all), { from: 1_200_000, to: 2_200_000 })
  })

  it("stays where it is while the cursor is in it", () => {
    assert.strictEqual(showing(view, 1_500_000, all), view)
  })

  it("moves to where the cursor has gone, with more before it than behind in the way it went", () => {
    const on = showing(view, 5_000_000, all)
    assert.deepStrictEqual(on, { from: 4_700_000, to: 5_700_000 })
    assert.deepStrictEqual(showing(on, 2_000_000, all), { from: 1_300_000, to: 2_300_000 })
  })

  it("has a margin around all there is, also when that is one event", () => {
    assert.deepStrictEqual(whole({ from: 1000, to: 101_000 }), { from: -3000, to: 105_000 })
    assert.deepStrictEqual(whole({ from: 1000, to: 1000 }), { from: 500, to: 1500 })
  })
})
