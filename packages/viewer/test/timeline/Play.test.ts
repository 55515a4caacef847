import { assert, describe, it } from "vitest"
import { played } from "@daybook/viewer/timeline/Play"
import { piece, pictureOf } from "./pieces.ts"

const night = 8 * 3_600_000
const ledger = pictureOf(piece(1, [{ at: 0 }, { at: 1000 }, { at: 1000 }, { at: 1000 + night }, { at: 2000 + night }]))

describe("playing", () => {
  it("goes so many times as fast as our clock", () => {
    assert.deepStrictEqual(played(ledger, { seq: 1, now: 0 }, 10, 50), { seq: 1, now: 500 })
    assert.deepStrictEqual(played(ledger, { seq: 1, now: 500 }, 10, 50), { seq: 3, now: 1000 })
  })

  it("comes to the same place in one step or in many", () => {
    const inOne = played(ledger, { seq: 1, now: 0 }, 2, 480)
    const inMany = Array.from({ length: 48 }).reduce<{ seq: number; now: number }>(
      (cursor) => played(ledger, cursor, 2, 10)!,
      { seq: 1, now: 0 }
    )
    assert.strictEqual(inMany.seq, inOne?.seq)
    assert.approximately(inMany.now, inOne!.now, 1e-3)
  })

  it("is through a night in less than a second", () => {
    const cursor = played(ledger, { seq: 3, now: 1000 }, 1, 810)
    assert.strictEqual(cursor?.seq, 4)
  })

  it("shows the night go by, and does not leap", () => {
    const cursor = played(ledger, { seq: 3, now: 1000 }, 1, 400)
    assert.deepStrictEqual(cursor, { seq: 3, now: 1000 + night / 2 })
  })

  it("ends with the last event", () => {
    assert.strictEqual(played(ledger, { seq: 5, now: 2000 + night }, 1, 10), undefined)
  })
})
