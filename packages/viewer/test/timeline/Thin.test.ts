import { assert, describe, it } from "vitest"
import { bandWords, type BandWord, type MarkKind, markKinds } from "@daybook/viewer/Picture"
import { markNear } from "@daybook/viewer/timeline/Hit"
import {
  marksByWeight,
  type Mask,
  maskOf,
  slotWidth,
  thinBands,
  thinMarks,
  thinTicks
} from "@daybook/viewer/timeline/Thin"
import { Picture } from "@daybook/viewer/timeline/Picture"
import type { Span } from "@daybook/viewer/timeline/Span"
import { diceOf } from "../support/History.ts"
import { piece, pictureOf, type ToldBand } from "./pieces.ts"

/** A pixel is a millisecond. */
const view = { from: 0, to: 800 }
const width = 800

const marksAt = (...marks: ReadonlyArray<readonly [number, MarkKind]>) =>
  pictureOf(
    piece(
      1,
      marks.map(([at, mark]) => ({ at, mark, lane: 0 }))
    )
  )

const seqsOf = (picture: ReturnType<typeof marksAt>, shown?: ReadonlySet<number>) =>
  thinMarks(picture, picture.events.marks[0], view, width, maskOf(picture, shown))

describe("marks that are drawn", () => {
  it("are all of them, where each has its place", () => {
    const picture = marksAt([10, "refresh"], [100, "race"], [400, "failure"])
    assert.deepStrictEqual(
      seqsOf(picture).map(({ seq }) => seq),
      [1, 2, 3]
    )
  })

  it("are the worst of those that share a place, with the count of all", () => {
    const picture = marksAt([80, "refresh"], [81, "quarantine"], [82, "failure"], [83, "refresh"])
    assert.deepStrictEqual(seqsOf(picture), [{ seq: 2, time: 81, count: 4, isFaint: false }])
  })

  it("are the newest of those that are equally bad", () => {
    assert.strictEqual(seqsOf(marksAt([80, "failure"], [81, "failure"]))[0]?.seq, 2)
  })

  it("are not more than there is room for, of however many events", () => {
    const many = marksAt(...Array.from({ length: 40_000 }, (_, index) => [index / 50, "refresh"] as const))
    const thin = seqsOf(many)
    assert.isAtMost(thin.length, width / slotWidth + 2)
    assert.strictEqual(
      thin.reduce((sum, { count }) => sum + count, 0),
      40_000
    )
  })

  it("share places that do not move when the view does", () => {
    const picture = marksAt([79, "failure"], [81, "refresh"], [87, "race"], [89, "refresh"])
    const drawn = [0, 1, 2, 3, 5, 7].map((by) =>
      thinMarks(picture, picture.events.marks[0], { from: by, to: by + 800 }, width, undefined).map(({ seq }) => seq)
    )
    for (const seqs of drawn) assert.deepStrictEqual(seqs, [1, 3, 4])
  })

  it("are faint when the filter keeps none of their place, and else one that it keeps", () => {
    const picture = marksAt([10, "quarantine"], [80, "quarantine"], [81, "refresh"])
    assert.deepStrictEqual(
      seqsOf(picture, new Set([3])).map(({ seq, isFaint }) => ({ seq, isFaint })),
      [
        { seq: 1, isFaint: true },
        { seq: 3, isFaint: false }
      ]
    )
  })

  it("are only those in view", () => {
    const picture = marksAt([-500, "failure"], [10, "refresh"], [2000, "failure"])
    assert.deepStrictEqual(
      seqsOf(picture).map(({ seq }) => seq),
      [2]
    )
  })
})

const bandsOf = (...bands: ReadonlyArray<Omit<ToldBand, "lane">>) =>
  thinBands(
    pictureOf(
      piece(
        1,
        [{ at: 0 }],
        bands.map((band) => ({ ...band, lane: 0 }))
      )
    ).bands.lanes[0],
    view,
    width
  )

describe("bands that are drawn", () => {
  it("end where a bench will end by itself, if no event comes before", () => {
    const { bands } = pictureOf(piece(1, [{ at: 0 }], [{ lane: 0, since: 100, word: "cooling" }]))
    const coming = { since: [300], word: [bandWords.indexOf("ok")] }
    assert.deepStrictEqual(thinBands(bands.lanes[0], view, width, coming), [
      { from: 100, to: 300, word: "cooling" },
      { from: 300, to: 800, word: "ok" }
    ])
    assert.deepStrictEqual(thinBands(bands.lanes[0], { from: 400, to: 800 }, width, coming), [
      { from: 0, to: 800, word: "ok" }
    ])
  })

  it("reach to the next one, and the last one on", () => {
    assert.deepStrictEqual(
      bandsOf({ since: -50, word: "ok" }, { since: 100, word: "cooling" }, { since: 250, word: "ok" }),
      [
        { from: 0, to: 100, word: "ok" },
        { from: 100, to: 250, word: "cooling" },
        { from: 250, to: 800, word: "ok" }
      ]
    )
  })

  it("leave a gap where the credential was not in the pool", () => {
    assert.deepStrictEqual(
      bandsOf({ since: 100, word: "ok" }, { since: 200, word: undefined }, { since: 300, word: "ok" }),
      [
        { from: 100, to: 200, word: "ok" },
        { from: 300, to: 800, word: "ok" }
      ]
    )
  })

  it("show the worst of those that share a pixel, however short it was", () => {
    const short = bandsOf(
      { since: 0, word: "ok" },
      { since: 100.2, word: "refreshing" },
      { since: 100.4, word: "dead" },
      { since: 100.5, word: "suspect" },
      { since: 100.6, word: "ok" }
    )
    assert.deepStrictEqual(short, [
      { from: 0, to: 100, word: "ok" },
      { from: 100, to: 101, word: "dead" },
      { from: 101, to: 800, word: "ok" }
    ])
  })
})

const wordsByWeight: ReadonlyArray<BandWord> = ["ok", "paused", "refreshing", "cooling", "suspect", "dead"]

/** As they would be found event by event. */
const slotsOf = (picture: Picture, inner: Span, mask: Mask, slot: number) => {
  const slots = new Map<number, { seq: number; weight: number; count: number }>()
  for (let seq = picture.first; seq <= picture.last; seq++) {
    const time = picture.time(seq)
    if (picture.laneIndex(seq) !== 0 || picture.mark(seq) === "none" || time < inner.from || time > inner.to) continue
    const weight = marksByWeight.indexOf(picture.mark(seq)) + (mask?.[seq - picture.first] === 0 ? 0 : 100)
    const before = slots.get(Math.floor(time / slot)) ?? { seq, weight: -1, count: 0 }
    const worst = weight >= before.weight ? { seq, weight } : before
    slots.set(Math.floor(time / slot), { ...worst, count: before.count + 1 })
  }
  return Array.from(slots.values(), ({ seq, weight, count }) => ({ seq, count, isFaint: weight < 100 }))
}

const nothing = () => Array.from({ length: width }, () => -1)

const pixelsOf = ({ bands }: Picture, { from, to }: Span) => {
  const { since, word } = bands.lanes[0]!
  const pixels = nothing()
  const pixelAt = (index: number) =>
    index < since.length ? Math.floor(((since.get(index) - from) * width) / (to - from)) : width
  for (let index = 0; index < since.length; index++) {
    const weight = wordsByWeight.indexOf(bandWords[word.get(index)]!)
    const end = pixelAt(index + 1)
    for (let pixel = Math.max(0, pixelAt(index)); pixel < Math.min(width, Math.max(end, pixelAt(index) + 1)); pixel++) {
      if (end >= 0) pixels[pixel] = Math.max(pixels[pixel]!, weight)
    }
  }
  return pixels
}

describe("of thousands of events, in pieces that come at both ends", () => {
  const dice = diceOf(7)
  const one = <A>(all: ReadonlyArray<A>): A => all[Math.floor(dice() * all.length)]!
  const pieceOf = (from: number, count: number) => {
    const instants = Array.from({ length: count }, () => (from + dice() * count) * 10).toSorted((a, b) => a - b)
    return piece(
      from,
      instants.map((at) => ({ at, mark: dice() < 0.9 ? "refresh" : one(markKinds), lane: dice() < 0.7 ? 0 : 1 })),
      instants.map((since) => ({ lane: 0, since, word: dice() < 0.9 ? one(["ok", undefined]) : one(bandWords) }))
    )
  }
  const pieces = [pieceOf(4_001, 2_000), pieceOf(1_001, 3_000), pieceOf(6_001, 10), pieceOf(1, 1_000)]
  const views: ReadonlyArray<Span> = [
    { from: -300_000, to: 700_000 },
    { from: 0, to: 62_000 },
    { from: -5_000, to: 30_000 },
    { from: 45_000, to: 45_300 },
    { from: 20_000, to: 21_000 }
  ]
  const shown = () => new Set(Array.from({ length: 50 }, () => Math.floor(dice() * 6_000)))

  /** One picture hands its columns to the next. */
  const forEach = (check: (picture: Picture, view: Span, says: string) => void) =>
    pieces.reduce((before, piece) => {
      const picture = before.with(piece)
      for (const view of views) check(picture, view, `${view.from} to ${view.to}, of ${picture.count}`)
      return picture
    }, Picture.empty)

  it("marks are those found event by event, whatever the filter keeps", () => {
    forEach((picture, view, says) => {
      const slot = ((view.to - view.from) / width) * slotWidth
      const inner = { from: Math.ceil(view.from / slot) * slot, to: Math.floor(view.to / slot) * slot - 0.001 }
      for (const mask of [maskOf(picture, shown()), undefined, maskOf(picture, shown())]) {
        const thin = thinMarks(picture, picture.events.marks[0], view, width, mask)
          .filter(({ time }) => time >= inner.from && time <= inner.to)
          .map(({ seq, count, isFaint }) => ({ seq, count, isFaint }))
        assert.deepStrictEqual(thin, slotsOf(picture, inner, mask, slot), says)
      }
    })
  })

  it("bands are those found one by one", () => {
    forEach((picture, view, says) => {
      const pixels = nothing()
      for (const { from, to, word } of thinBands(picture.bands.lanes[0], view, width)) {
        pixels.fill(wordsByWeight.indexOf(word), from, to)
      }
      assert.deepStrictEqual(pixels, pixelsOf(picture, view), says)
    })
  })
})

describe("ticks of an actor", () => {
  it("are the same as those found event by event", () => {
    const at = Array.from({ length: 3000 }, (_, index) => (index * index) / 11_000).map((at) => ({ at }))
    const picture = pictureOf(piece(1, at))
    const pixels = new Set(at.map(({ at }) => Math.floor(at)).filter((pixel) => pixel < width))
    const ticks = thinTicks(picture, picture.events.ticks[0], view, width)
    const found = ticks.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index))
    assert.deepStrictEqual(found, [...pixels])
  })

  it("are one for each pixel that has an event", () => {
    const picture = pictureOf(
      piece(1, [{ at: -5 }, { at: 3.1 }, { at: 3.2 }, { at: 3.9 }, { at: 4 }, { at: 700 }, { at: 900 }])
    )
    assert.deepStrictEqual(thinTicks(picture, picture.events.ticks[0], view, width), [
      { from: 3, to: 5 },
      { from: 700, to: 701 }
    ])
  })
})

describe("a pointer", () => {
  const marks = seqsOf(marksAt([100, "refresh"], [112, "failure"], [300, "race"]))

  it("is over the nearest mark within reach", () => {
    assert.deepStrictEqual(
      [95, 103, 109, 305].map((x) => markNear(marks, view, width, x, 8)?.seq),
      [1, 1, 2, 3]
    )
  })

  it("is over nothing where no mark is within reach", () => {
    assert.deepStrictEqual(
      [80, 200, 309].map((x) => markNear(marks, view, width, x, 8)),
      [undefined, undefined, undefined]
    )
  })

  it("reaches farther as a finger", () => {
    assert.strictEqual(markNear(marks, view, width, 313, 16)?.seq, 3)
  })
})
