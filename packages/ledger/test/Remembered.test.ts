import { Seq } from "@daybook/pool/Ids"
import { empty } from "@daybook/pool/PoolState"
import { assert, it } from "@effect/vitest"
import { Remembered } from "../src/internal/Remembered.ts"
import type { Crossed } from "../src/internal/View.ts"

const crossed = (seq: number, h = `h${seq}`): Crossed => ({
  mark: { segment: Seq.make(1), offset: seq * 100, line: seq, seq: Seq.make(seq), h, isSealed: false, latest: seq },
  state: { ...empty, head: Seq.make(seq) }
})

const known = (remembered: Remembered, upTo: number): ReadonlyArray<number> =>
  Array.from({ length: upTo }, (_, place) => place + 1).filter(
    (seq) => remembered.stateAt(crossed(seq).mark)?.head === seq
  )

it("knows the states at the marks that were come by, and of the same chain only", () => {
  const remembered = new Remembered(9)
  remembered.offer([crossed(3), crossed(6)])
  assert.deepStrictEqual(known(remembered, 9), [3, 6])
  assert.isUndefined(remembered.stateAt(crossed(3, "another").mark))
})

it("keeps a few of many, from all over the ledger, and not many more of one that grows", () => {
  const remembered = new Remembered(1_200)
  for (let seq = 1; seq <= 10_000; seq++) remembered.offer([crossed(seq)])
  assert.deepStrictEqual(
    known(remembered, 10_000),
    Array.from({ length: 24 }, (_, place) => 100 * (place + 1))
  )
})

it("keeps nothing again that was come by before", () => {
  const remembered = new Remembered(9)
  remembered.offer([crossed(5), crossed(10)])
  remembered.offer([crossed(5), crossed(7), crossed(10)])
  assert.deepStrictEqual(known(remembered, 10), [5, 10])
})
