import { cursorText, describe as described, standingText } from "@daybook/viewer/timeline/Describe"
import { foreign } from "@daybook/viewer/timeline/Foreign"
import { assert, describe, it } from "vitest"
import { lane, piece, pictureOf } from "./pieces.ts"

const told = piece(1, [{ at: 1000, lane: 0 }, { at: 2500 }], [{ lane: 0, since: 1000, word: "dead" }])

describe("an event in a few words", () => {
  it("says what it was, of which credential, by whom and when", () => {
    assert.deepStrictEqual(described(pictureOf(told), 1), {
      what: "RefreshStarted · c-1",
      who: "event 1 · by hermes one",
      when: "1970-01-01 00:00:01 UTC"
    })
  })

  it("names no credential where it is about none", () => {
    assert.strictEqual(described(pictureOf(told), 2).what, "RefreshStarted")
  })

  it("says at the cursor how its credential stands there", () => {
    assert.strictEqual(
      cursorText(pictureOf(told), 1, 1250),
      "RefreshStarted · c-1, dead, event 1 · by hermes one, 1970-01-01 00:00:01.250 UTC"
    )
  })

  it("lets no name of a ledger turn it around, hide in it or fill the page", () => {
    const bad = "\u202Eb\u0000".repeat(2000)
    const legend = { lanes: [lane("c", "nous", bad)], actors: [{ id: "a", name: bad }], types: [bad] }
    const { what, who } = described(pictureOf({ ...told, legend }), 1)
    assert.notMatch(what + who, /[\p{Cc}\p{Cf}]/u)
    assert.isBelow(what.length + who.length, 5000)
  })
})

describe("how a lane stood", () => {
  it("is told of every time since the oldest event, and of none before it unless that is the first of all", () => {
    const rest = piece(8, [{ at: 1000, lane: 0 }], [{ lane: 0, since: 1000, word: "dead" }])
    const said = (lane: number, instant: number) =>
      [told, rest].map((piece) => standingText(pictureOf(piece), lane, instant))
    assert.deepStrictEqual(said(0, 1000), ["dead", "dead"])
    assert.deepStrictEqual(said(1, 1000), ["not in the pool", "not in the pool"])
    assert.deepStrictEqual(said(0, 999), ["not in the pool", "not known"])
  })
})

describe("text of others", () => {
  it("spells out what cannot be seen, and ends where it gets long", () => {
    assert.strictEqual(foreign("a\u202Eb\u0000c"), "a\\u{202E}b\\u{0000}c")
    assert.strictEqual(foreign("x".repeat(5000)), `${"x".repeat(120)}…`)
  })
})
