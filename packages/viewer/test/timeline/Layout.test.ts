import { assert, describe, it } from "vitest"
import { actorRows } from "@daybook/viewer/timeline/ActorRows"
import { arrowsInView, arrowsOfEvent } from "@daybook/viewer/timeline/Arrows"
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
    assert.deepStrictEqual(pairs(arrowsInView(ledger, { from: 0, to: 10 }, 2)), [[3, 6]])
    assert.deepStrictEqual(pairs(arrowsInView(ledger, { from: 0, to: 10 }, 1)), [
      [1, 3],
      [2, 4],
      [4, 5],
      [3, 6]
    ])
  })

  it("are all of those in view while they are few, and none when they are a thicket", () => {
    assert.strictEqual(arrowsInView(ledger, { from: 3, to: 5 }, undefined).length, 3)
    const thicket = pictureOf(
      piece(
        1,
        Array.from({ length: 500 }, (_, index) => ({ at: index, cause: index }))
      )
    )
    assert.deepStrictEqual(arrowsInView(thicket, { from: 0, to: 500 }, undefined), [])
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
