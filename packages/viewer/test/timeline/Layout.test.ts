import { assert, describe, it } from "vitest"
import { actorRows } from "@daybook/viewer/timeline/ActorRows"
import { arrowsInView, arrowsOfEvent, arrowsOfLane } from "@daybook/viewer/timeline/Arrows"
import { laneBeside, layoutOf, measuresFor, narrow, rowAt, rowsBetween, wide } from "@daybook/viewer/timeline/Rows"
import { piece, pictureOf } from "./pieces.ts"

const picture = pictureOf(piece(1, [{ at: 1 }]))

describe("the rows of lanes", () => {
  it("are a heading for each provider, and its lanes below", () => {
    const { rows, height } = layoutOf(picture, wide)
    assert.deepStrictEqual(
      rows.map(({ top, provider, lane }) => [top, provider, lane]),
      [
        [0, "openai-codex", undefined],
        [24, "openai-codex", 2],
        [52, "openai-codex", 1],
        [80, "xai-oauth", undefined],
        [104, "xai-oauth", 0]
      ]
    )
    assert.strictEqual(height, 132)
  })

  it("have room for a finger, wide and narrow", () => {
    assert.isTrue([wide, narrow].every(({ lane, bandTop }) => lane >= 22 && (bandTop >= 22 || lane >= 24)))
    assert.deepStrictEqual([measuresFor(360), measuresFor(1400)], [narrow, wide])
  })

  it("are found by their height, and only those in sight are drawn", () => {
    const layout = layoutOf(picture, wide)
    assert.deepStrictEqual(
      [0, 60, 131, 132].map((y) => rowAt(layout, y)?.lane),
      [undefined, 1, 0, undefined]
    )
    assert.deepStrictEqual(
      rowsBetween(layout, 52, 80).map(({ lane }) => lane),
      [1]
    )
  })

  it("have neighbours, and the ends are their own", () => {
    assert.deepStrictEqual(
      [laneBeside(picture, 2, 1), laneBeside(picture, 0, 1), laneBeside(picture, 2, -1)],
      [1, 0, 2]
    )
  })
})

describe("the rows of actors", () => {
  it("are shared by those that did not live at the same time", () => {
    const told = [
      { at: 0, actor: 0 },
      { at: 100, actor: 1 },
      { at: 200, actor: 0 },
      { at: 300, actor: 1 },
      { at: 900, actor: 2 },
      { at: 1000, actor: 2 }
    ]
    const { lives, rows } = actorRows(pictureOf(piece(1, told)))
    assert.deepStrictEqual(lives, [
      { actor: 0, from: 0, to: 200, row: 0 },
      { actor: 1, from: 100, to: 300, row: 1 },
      { actor: 2, from: 900, to: 1000, row: 0 }
    ])
    assert.strictEqual(rows, 2)
  })
})

describe("arrows", () => {
  const told = [
    { at: 1, lane: 0 },
    { at: 2, lane: 0, cause: 1 },
    { at: 3, lane: 1, cause: 1 },
    { at: 4, lane: 1, cause: 2 },
    { at: 5, lane: 0, cause: 4 },
    { at: 6, lane: 2, cause: 3 }
  ]
  const ledger = pictureOf(piece(1, told))
  const pairs = (arrows: ReadonlyArray<{ cause: number; effect: number }>) =>
    arrows.map(({ cause, effect }) => [cause, effect])

  it("of an event go from its root to it, and on to all that came of it", () => {
    assert.deepStrictEqual(pairs(arrowsOfEvent(ledger, 2)), [
      [1, 2],
      [2, 4],
      [4, 5]
    ])
  })

  it("of a lane are those that begin or end in it", () => {
    const ofLane = (lane: number) => arrowsOfLane(ledger, { from: 0, to: 10 }, { lane, near: () => 1, shortest: 0 })
    assert.deepStrictEqual(pairs(ofLane(2)), [[3, 6]])
    assert.deepStrictEqual(pairs(ofLane(1)), [
      [1, 3],
      [2, 4],
      [4, 5],
      [3, 6]
    ])
  })

  it("are all of those in view while they are few, and none when they are a thicket", () => {
    assert.strictEqual(arrowsInView(ledger, { from: 3, to: 5 }).length, 3)
    const thicket = pictureOf(
      piece(
        1,
        Array.from({ length: 500 }, (_, index) => ({ at: index, cause: index }))
      )
    )
    assert.deepStrictEqual(arrowsInView(thicket, { from: 0, to: 500 }), [])
  })

  describe("of a lane in a view of very many events", () => {
    /** Every tenth event is in lane 1, led to by the tenth before it; between them are those of another. */
    const many = pictureOf(
      piece(
        1,
        Array.from({ length: 50_000 }, (_, index) =>
          index % 10 === 9
            ? { at: index, lane: 1, cause: Math.max(0, index - 9) }
            : { at: index, lane: 0, cause: index }
        )
      )
    )
    const view = { from: 0, to: 50_000 }
    const near = (seq: number, shortest = 0) => arrowsOfLane(many, view, { lane: 1, near: () => seq, shortest })

    it("are the nearest to the cursor, on both sides of it", () => {
      const ends = near(25_000).map(({ effect }) => effect)
      assert.strictEqual(ends.length, 300)
      assert.isAtMost(Math.max(...ends) - 25_000, 1_500)
      assert.isAtMost(25_000 - Math.min(...ends), 1_500)
      assert.isTrue(near(25_000).every(({ cause, effect }) => [cause, effect].some((seq) => many.laneIndex(seq) === 1)))
    })

    it("are those at the edge when the cursor is out of sight", () => {
      assert.isAtMost(Math.max(...near(-5).map(({ effect }) => effect)), 3_000)
      assert.isAtLeast(Math.min(...near(70_000).map(({ effect }) => effect)), 47_000)
    })

    it("are none that would be too short to be seen within the lane", () => {
      const pieces = Array.from({ length: 30_000 }, (_, index) => ({ at: index, lane: 1, cause: index }))
      const own = pictureOf(piece(1, [...pieces, { at: 30_500, lane: 1, cause: 29_000 }]))
      const chosen = { lane: 1, near: () => 15_000, shortest: 100 }
      assert.deepStrictEqual(pairs(arrowsOfLane(own, view, chosen)), [[29_000, 30_001]])
    })

    it("do not depend on the cursor while all of them are there", () => {
      const asked = () => assert.fail("the cursor was asked for")
      const few = arrowsOfLane(many, { from: 100, to: 400 }, { lane: 1, near: asked, shortest: 0 })
      assert.isAbove(few.length, 30)
    })
  })

  it("do not turn in a circle when a ledger names a later event as a cause", () => {
    const circle = pictureOf(
      piece(1, [
        { at: 1, cause: 2 },
        { at: 2, cause: 1 }
      ])
    )
    assert.deepStrictEqual(pairs(arrowsOfEvent(circle, 2)), [[1, 2]])
  })
})
