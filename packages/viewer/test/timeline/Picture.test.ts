import { assert, describe, it } from "vitest"
import { nameOf, Picture } from "@daybook/viewer/timeline/Picture"
import { bandsOf, lane, lanes, piece, pictureOf } from "./pieces.ts"

const oldest = piece(
  1,
  [{ at: 100 }, { at: 200, mark: "refresh", lane: 0 }, { at: 300, mark: "failure", lane: 1 }],
  [
    { lane: 0, since: 100, word: undefined },
    { lane: 0, since: 150, word: "ok" },
    { lane: 1, since: 150, word: "refreshing" },
    { lane: 1, since: 300, word: "dead" }
  ]
)
const middle = piece(
  4,
  [
    { at: 400, mark: "race", lane: 0, actor: 1, cause: 2 },
    { at: 500, mark: "lost", lane: 1, cause: 3 }
  ],
  [
    { lane: 0, since: 300, word: "ok" },
    { lane: 1, since: 300, word: "dead" },
    { lane: 0, since: 500, word: "cooling" }
  ]
)
const newest = piece(
  6,
  [
    { at: 600, mark: "lifted", lane: 1 },
    { at: 700, mark: "refresh", lane: 0, actor: 2, cause: 6 }
  ],
  [
    { lane: 0, since: 500, word: "cooling" },
    { lane: 1, since: 500, word: "dead" },
    { lane: 1, since: 600, word: "ok" }
  ]
)

const orders = [
  [oldest, middle, newest],
  [oldest, newest, middle],
  [middle, oldest, newest],
  [middle, newest, oldest],
  [newest, oldest, middle],
  [newest, middle, oldest]
]

/** All that a picture says. */
const told = (picture: Picture) => ({
  first: picture.first,
  last: picture.last,
  lanes: picture.lanes,
  events: Array.from({ length: picture.count }, (_, index) => index + picture.first).map((seq) => ({
    at: picture.at(seq),
    time: picture.time(seq),
    mark: picture.mark(seq),
    lane: picture.lane(seq)?.credential,
    actor: picture.actor(seq)?.id,
    cause: picture.cause(seq),
    nextFailure: picture.nextFailure(seq),
    previousFailure: picture.previousFailure(seq)
  })),
  words: [0, 1, 2].map((lane) => [99, 120, 150, 299, 300, 350, 499, 500, 650, 900].map((at) => picture.word(lane, at))),
  marks: [0, 1].map((lane) => {
    const { array, start, length } = picture.events.marks[lane]!
    return [...array.subarray(start, start + length)]
  })
})

describe("a picture", () => {
  it("is the same in whatever order its pieces came", () => {
    const pictures = orders.map((pieces) => told(pictureOf(...pieces)))
    for (const other of pictures) assert.deepStrictEqual(other, pictures[0])
  })

  it("knows each event by its number", () => {
    const picture = pictureOf(newest, middle, oldest)
    assert.deepStrictEqual([picture.first, picture.last, picture.count], [1, 7, 7])
    assert.deepStrictEqual(
      [picture.at(4), picture.mark(4), picture.actor(4)?.id, picture.cause(4)],
      [400, "race", "two", 2]
    )
    assert.deepStrictEqual([picture.has(0), picture.has(1), picture.has(7), picture.has(8)], [false, true, true, false])
  })

  it("knows how a lane stood at any instant, across the seams of pieces", () => {
    const picture = pictureOf(newest, middle, oldest)
    assert.deepStrictEqual(
      [120, 150, 499, 500, 900].map((at) => picture.word(0, at)),
      [undefined, "ok", "ok", "cooling", "cooling"]
    )
    assert.deepStrictEqual(
      [149, 150, 300, 599, 600].map((at) => picture.word(1, at)),
      [undefined, "refreshing", "dead", "dead", "ok"]
    )
  })

  it("holds back a piece that touches none of its events until what is between has come", () => {
    const apart = pictureOf(newest, oldest)
    assert.deepStrictEqual([apart.first, apart.last], [6, 7])
    assert.deepStrictEqual([apart.with(middle).first, apart.with(middle).last], [1, 7])
  })

  it("takes no event twice", () => {
    assert.deepStrictEqual(
      told(pictureOf(newest, middle, newest, middle, oldest)),
      told(pictureOf(oldest, middle, newest))
    )
  })

  it("takes bands that come without an event: a bench that ends by itself", () => {
    const picture = pictureOf(oldest, middle, newest, piece(8, [], [{ lane: 0, since: 800, word: "ok" }]))
    assert.deepStrictEqual([picture.last, picture.word(0, 799), picture.word(0, 800)], [7, "cooling", "ok"])
  })

  describe("whose newest piece knows how benches will end", () => {
    const benched = { ...newest, ahead: bandsOf([{ lane: 0, since: 900, word: "ok" }]) }
    const seen = () => pictureOf(benched, middle, oldest)

    it("says so behind that end, whichever piece came last", () => {
      for (const pieces of orders) {
        const picture = pictureOf(...pieces.map((piece) => (piece === newest ? benched : piece)))
        assert.deepStrictEqual(
          [700, 899, 900, 9_999].map((at) => picture.word(0, at)),
          ["cooling", "cooling", "ok", "ok"]
        )
      }
      const picture = seen()
      assert.deepStrictEqual(
        [700, 899, 900].map((at) => picture.nextChange(at)),
        [900, 900, undefined]
      )
    })

    it("draws the next event where it was written, before that end", () => {
      const next = seen().with(
        piece(8, [{ at: 800, lane: 0, mark: "lifted" }], [{ lane: 0, since: 800, word: "dead" }])
      )
      assert.strictEqual(next.time(8), 800)
      assert.deepStrictEqual(
        [799, 800, 900].map((at) => next.word(0, at)),
        ["cooling", "dead", "dead"]
      )
    })

    it("takes the forecast of the piece behind it instead of its own", () => {
      const ahead = bandsOf([{ lane: 0, since: 950, word: "ok" }])
      const next = seen().with({ ...piece(8, [{ at: 800 }], [{ lane: 0, since: 800, word: "cooling" }]), ahead })
      assert.deepStrictEqual(
        [900, 949, 950].map((at) => next.word(0, at)),
        ["cooling", "cooling", "ok"]
      )
    })
  })

  it("keeps no band twice where pieces meet, from whichever side they came", () => {
    for (const pieces of orders) {
      const { lanes } = pictureOf(...pieces).bands
      assert.deepStrictEqual(
        lanes.map(({ since }) => since.length),
        [3, 3]
      )
    }
  })

  it("lets a band that began before its piece give way to what an older piece knows", () => {
    const newer = piece(3, [{ at: 300 }], [{ lane: 0, since: 50, word: "cooling" }])
    const older = piece(
      1,
      [{ at: 100 }, { at: 200 }],
      [
        { lane: 0, since: 100, word: "ok" },
        { lane: 0, since: 200, word: "dead" }
      ]
    )
    const picture = pictureOf(newer, older)
    assert.deepStrictEqual(
      [99, 100, 199, 200, 300].map((at) => picture.word(0, at)),
      [undefined, "ok", "ok", "cooling", "cooling"]
    )
  })

  it("has no mark in a lane of an event that is about no credential", () => {
    const picture = pictureOf(
      piece(1, [
        { at: 1, mark: "operator" },
        { at: 2, lane: 1 }
      ])
    )
    assert.isTrue(picture.events.marks.every((marks) => marks === undefined))
  })

  it("takes a cause that is found after its effect", () => {
    const late = { ...oldest, late: { effect: Float64Array.of(6), cause: Float64Array.of(3) } }
    assert.strictEqual(pictureOf(newest, middle, late).cause(6), 3)
  })

  it("names no cause that it does not have", () => {
    assert.strictEqual(pictureOf(newest, middle).cause(4), undefined)
  })

  it("lets no event stand before an earlier one, though its clock said so", () => {
    const ahead = piece(1, [{ at: 100 }, { at: 650 }])
    const picture = pictureOf(piece(3, [{ at: 600 }, { at: 640 }, { at: 700 }]), ahead)
    assert.deepStrictEqual(
      [1, 2, 3, 4, 5].map((seq) => picture.time(seq)),
      [100, 650, 650, 650, 700]
    )
    assert.deepStrictEqual(
      [1, 2, 3, 4, 5].map((seq) => picture.at(seq)),
      [100, 650, 600, 640, 700]
    )
  })

  it("orders lanes by provider, then by name, numbers as numbers", () => {
    const picture = pictureOf(oldest)
    assert.deepStrictEqual(
      picture.lanes.map((place) => lanes[place]!.credential),
      ["c-2", "c-10", "c-1"]
    )
  })

  it("orders a lane by its label, if it has one", () => {
    const named = {
      ...oldest,
      legend: { ...oldest.legend, lanes: [lane("a", "nous", "work"), lane("b", "nous", "home")] }
    }
    assert.deepStrictEqual(pictureOf(named).lanes, [1, 0])
  })

  it("calls a lane by its id where its label is blank", () => {
    assert.deepStrictEqual([lane("a", "nous", "work"), lane("b", "nous", " "), lane("c", "nous")].map(nameOf), [
      "work",
      "b",
      "c"
    ])
  })

  it("goes on growing at both ends, far beyond its first columns", () => {
    const pieces = Array.from({ length: 60 }, (_, index) => piece(1 + index * 10, steps(index * 10)))
    const picture = pictureOf(...pieces.slice(30), ...pieces.slice(0, 30).toReversed())
    const seqs = Array.from({ length: 600 }, (_, index) => index + 1)
    assert.strictEqual(picture.count, 600)
    assert.isTrue(seqs.every((seq) => picture.at(seq) === seq))
  })

  it("of nothing has no event, and takes the first piece like any other", () => {
    assert.deepStrictEqual([Picture.empty.count, Picture.empty.span, Picture.empty.has(0)], [0, undefined, false])
    assert.deepStrictEqual(told(Picture.empty.with(oldest)), told(Picture.empty.with(oldest)))
  })
})

const steps = (from: number) => Array.from({ length: 10 }, (_, index) => ({ at: from + index + 1 }))

describe("a cursor on a picture", () => {
  const picture = pictureOf(oldest, middle, newest)

  it("is at the last event that is not after an instant, and never before the first", () => {
    assert.deepStrictEqual(
      [50, 100, 399, 400, 9999].map((at) => picture.cursorAt(at)),
      [
        { seq: 1, now: 100 },
        { seq: 1, now: 100 },
        { seq: 3, now: 399 },
        { seq: 4, now: 400 },
        { seq: 7, now: 9999 }
      ]
    )
  })

  it("stands behind all of the events of one instant", () => {
    assert.strictEqual(pictureOf(piece(1, [{ at: 5 }, { at: 5 }, { at: 6 }])).cursorAt(5).seq, 2)
  })

  it("stands where its event does; without one, at the live end", () => {
    assert.deepStrictEqual([picture.instant(picture.cursorOn(3)), picture.instant(undefined)], [300, 700])
  })

  it("goes to the next event and the previous one, and not beyond the ends", () => {
    assert.deepStrictEqual(
      [picture.next(3), picture.next(7), picture.previous(3), picture.previous(1)],
      [4, undefined, 2, undefined]
    )
  })

  it("goes from failure to failure", () => {
    assert.deepStrictEqual([picture.nextFailure(1), picture.nextFailure(3), picture.nextFailure(5)], [3, 5, undefined])
    assert.deepStrictEqual(
      [picture.previousFailure(7), picture.previousFailure(5), picture.previousFailure(3)],
      [5, 3, undefined]
    )
  })

  it("counts the events of a span, both ends included", () => {
    assert.deepStrictEqual([picture.countIn(200, 400), picture.countIn(201, 399), picture.countIn(800, 900)], [3, 1, 0])
  })
})
