import { evolve, fold } from "@daybook/pool/Evolve"
import { CredentialId, Seq } from "@daybook/pool/Ids"
import { empty, type PoolState } from "@daybook/pool/PoolState"
import { type Answer, Bisect } from "@daybook/pool/queries/Bisect"
import { holds } from "@daybook/pool/queries/condition/Condition"
import { parse } from "@daybook/pool/queries/condition/Parse"
import type { Recorded } from "@daybook/pool/Recorded"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import * as arbitrary from "./arbitraries.ts"

const seq = (place: number) => Seq.make(place)

/** Asks until nothing is left to ask; answers the places in the order in which they were asked. */
const search = (bisect: Bisect, answerAt: (place: number) => Answer): ReadonlyArray<number> => {
  const asked: Array<number> = []
  for (let place = bisect.next(); place !== undefined; place = bisect.next()) {
    asked.push(place)
    bisect.tell(place, answerAt(place))
  }
  return asked
}

const from =
  (first: number) =>
  (place: number): Answer =>
    place >= first ? "holds" : "fails"

describe("halving", () => {
  it("finds the first of a million in about twenty looks", () => {
    const bisect = new Bisect(seq(1), seq(1_000_000))
    const asked = search(bisect, from(271_828))
    assert.deepStrictEqual(bisect.first(), { after: seq(271_827), by: seq(271_828), holds: true })
    assert.isAtMost(asked.length, 22)
  })

  it("looks at no place twice, and at none outside", () => {
    const asked = search(new Bisect(seq(10), seq(900), { samples: 7 }), from(700))
    assert.strictEqual(new Set(asked).size, asked.length)
    assert.deepStrictEqual([Math.min(...asked), Math.max(...asked)], [10, 900])
  })

  it("looks at cheap places as long as there are any, and so at about as many", () => {
    const cheap = Array.from({ length: 1999 }, (_, n) => seq(500 * (n + 1) + (n % 7)))
    const bisect = new Bisect(seq(1), seq(1_000_000), { cheap, samples: 3 })
    const asked = search(bisect, from(271_828))
    assert.deepStrictEqual(bisect.first(), { after: seq(271_827), by: seq(271_828), holds: true })
    const dear = asked.filter((place) => !cheap.includes(seq(place)))
    assert.deepStrictEqual(dear.slice(0, 2), [1, 1_000_000])
    assert.isAtMost(dear.length, 2 + 9)
    assert.isAtMost(asked.length, 25)
  })

  it("stops at the ends where it never holds, or held before", () => {
    for (const answer of ["holds", "fails"] as const) {
      const bisect = new Bisect(seq(1), seq(1000))
      assert.deepStrictEqual(
        search(bisect, () => answer),
        [1, 1000]
      )
      assert.deepStrictEqual(bisect.flips(), [])
    }
  })

  it("of one event has nothing to search", () => {
    const bisect = new Bisect(seq(5), seq(5), { samples: 3 })
    assert.deepStrictEqual(search(bisect, from(1)), [5])
    assert.isTrue(bisect.isExact)
  })

  it("sees by samples that something came and went between the ends", () => {
    const came = (place: number): Answer => (place >= 300 && place < 600 ? "holds" : "fails")
    const blind = new Bisect(seq(1), seq(1000))
    search(blind, came)
    assert.isUndefined(blind.first())
    const seeing = new Bisect(seq(1), seq(1000), { samples: 7 })
    search(seeing, came)
    assert.deepStrictEqual(seeing.first(), { after: seq(299), by: seq(300), holds: true })
    assert.deepStrictEqual(
      seeing.flips().map((flip) => flip.holds),
      [true, false]
    )
  })

  it("goes around places that cannot be judged, and names those it could not see behind", () => {
    const patchy = (place: number): Answer => (place > 40 && place < 50 ? "unknown" : from(45)(place))
    const bisect = new Bisect(seq(1), seq(100))
    search(bisect, patchy)
    assert.deepStrictEqual(bisect.first(), { after: seq(40), by: seq(50), holds: true })
    const elsewhere = new Bisect(seq(1), seq(100))
    search(elsewhere, (place) => (place === 50 ? "unknown" : from(77)(place)))
    assert.strictEqual(elsewhere.first()?.by, 77)
  })
})

/** Each holds on once it does: what was enrolled is known for good, and the latest time never goes back. */
const lasting = Schema.Literals([
  "head > 7",
  "head >= 21 && at > 2000-01-01",
  "one.provider != none",
  "one.provider != none && two.provider != none",
  "at >= 2026-11-22T10:30:00Z || head > 30",
  "!(head < 13)"
])

const statesOf = (ledger: ReadonlyArray<Recorded>): ReadonlyArray<PoolState> => {
  let state = empty
  return ledger.map((event) => (state = evolve(state, event)))
}

const judge = (text: string) => {
  const condition = Result.getOrThrow(parse(text))
  return (state: PoolState): Answer =>
    holds(condition, { state, idOf: (name) => CredentialId.make(name) }) ? "holds" : "fails"
}

it.prop(
  "where a condition holds on once it does, halving finds what looking at every state finds",
  {
    ledger: arbitrary.ledgerOf(arbitrary.event),
    text: lasting,
    samples: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5 })),
    cheap: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 45 })))
  },
  ({ cheap, ledger, samples, text }) => {
    const answers = statesOf(ledger).map(judge(text))
    const linear = answers.findIndex(
      (answer, index) => index > 0 && answer === "holds" && answers[index - 1] === "fails"
    )
    const bisect = new Bisect(seq(1), seq(ledger.length), { samples, cheap: cheap.map(seq) })
    search(bisect, (place) => judge(text)(fold(ledger.slice(0, place))))
    assert.strictEqual(bisect.first()?.by, linear < 0 ? undefined : linear + 1)
  },
  arbitrary.thorough
)

it.prop(
  "whatever the condition, what halving finds is a place where it begins to hold",
  { ledger: arbitrary.ledgerOf(arbitrary.event) },
  ({ ledger }) => {
    const answers = statesOf(ledger).map(judge("count(status == ok) > 0 || one.priority > 1"))
    const bisect = new Bisect(seq(1), seq(ledger.length), { samples: 3 })
    search(bisect, (place) => answers[place - 1] ?? "unknown")
    const first = bisect.first()
    if (first === undefined) return
    assert.strictEqual(first.by - first.after, 1)
    assert.deepStrictEqual([answers[first.after - 1], answers[first.by - 1]], ["fails", "holds"])
  },
  arbitrary.thorough
)
