/**
 * In which order the credentials that may be used are asked, strategy by strategy.
 */
import { type Occasion, rank } from "@daybook/pool/decisions/Rank"
import { fold } from "@daybook/pool/Evolve"
import { CredentialId } from "@daybook/pool/Ids"
import { defaults, Policy, Strategy } from "@daybook/pool/Policy"
import { members, type PoolState } from "@daybook/pool/PoolState"
import { obstacleOf } from "@daybook/pool/queries/Obstacle"
import type { QuotaWindow } from "@daybook/pool/QuotaWindow"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as arbitrary from "./arbitraries.ts"
import { at, enrolled, generation, given, grantId, hour, minute, start, type Step } from "./support.ts"

const now = start + 10 * minute
const idOf = (name: string) => CredentialId.make(name)
const calm: Occasion = { now, turn: 0, leases: () => 0, uncounted: () => 0 }

/** One member for each name, in this order. */
const poolOf = (names: ReadonlyArray<string>, ...steps: ReadonlyArray<Step>) =>
  given(...names.map((name) => enrolled({}, idOf(name))), ...steps)

const abc = poolOf(["a", "b", "c"])

const order = (
  strategy: Strategy,
  state: PoolState = abc,
  occasion: Partial<Occasion> = {},
  policy: Partial<Policy> = {}
) =>
  rank(state, { ...defaults, ...policy, strategy }, members(state), { ...calm, ...occasion })
    .map(({ id }) => id)
    .join("")

const counts =
  (held: Readonly<Record<string, number>>) =>
  (id: string): number =>
    held[id] ?? 0

describe("fill_first", () => {
  it("asks the lowest priority number first, then whoever was enrolled first", () => {
    const state = given(
      enrolled({ priority: 2 }, idOf("a")),
      enrolled({ priority: 1 }, idOf("b")),
      enrolled({ priority: 1 }, idOf("c"))
    )
    assert.strictEqual(order("fill_first", state), "bca")
  })

  it("does so whatever turn it is and however much they are used", () => {
    assert.strictEqual(order("fill_first", abc, { turn: 7, leases: counts({ a: 9 }) }), "abc")
  })

  it("is what a pool does if nobody says otherwise, under our policy and under hermes'", () => {
    assert.strictEqual(defaults.strategy, "fill_first")
    const { strategy: _, ...older } = Schema.encodeSync(Policy)(defaults)
    assert.strictEqual(Schema.decodeUnknownSync(Policy)(older).strategy, "fill_first")
  })
})

describe("round_robin", () => {
  it("begins one further with each turn, and comes round", () => {
    const turns = [0, 1, 2, 3].map((turn) => order("round_robin", abc, { turn }))
    assert.deepStrictEqual(turns, ["abc", "bca", "cab", "abc"])
  })

  it("takes all in turn, whatever their priority", () => {
    const state = given(enrolled({ priority: 5 }, idOf("a")), enrolled({ priority: 0 }, idOf("b")))
    assert.deepStrictEqual(
      [0, 1].map((turn) => order("round_robin", state, { turn })),
      ["ba", "ab"]
    )
  })
})

describe("least_used", () => {
  const calls = (name: string, count: number, accepted = true): Step => ({
    type: "ApiOutcomeObserved",
    v: 1,
    credential: idOf(name),
    data: { generation: generation(1), accepted, count }
  })

  it("asks whoever has the fewest uses going on", () => {
    assert.strictEqual(order("least_used", abc, { leases: counts({ a: 2, b: 1 }) }), "cba")
  })

  it("asks whoever was called least among those that are equal now", () => {
    const state = poolOf(["a", "b", "c"], calls("a", 10), calls("b", 3), calls("c", 5))
    assert.strictEqual(order("least_used", state), "bca")
    assert.strictEqual(order("least_used", state, { leases: counts({ b: 1 }) }), "cab")
  })

  it("counts what this process has seen and not recorded yet", () => {
    const state = poolOf(["a", "b"], calls("a", 2), calls("b", 3))
    assert.strictEqual(order("least_used", state, { uncounted: counts({ a: 2 }) }), "ba")
  })

  it("counts refused calls as uses", () => {
    assert.strictEqual(order("least_used", poolOf(["a", "b"], calls("a", 1, false))), "ba")
  })
})

describe("random", () => {
  it("puts each one first about equally often", () => {
    const firsts = Array.from({ length: 3000 }, (_, turn) => order("random", abc, { turn })[0])
    for (const name of ["a", "b", "c"]) {
      const often = firsts.filter((first) => first === name).length
      assert.isAbove(often, 850, name)
      assert.isBelow(often, 1150, name)
    }
  })

  it("puts each one second about equally often after the first, so that the next of a failed one is no favourite", () => {
    const seconds = Array.from({ length: 3000 }, (_, turn) => order("random", abc, { turn }))
      .filter((one) => one.startsWith("a"))
      .map((one) => one[1])
    const often = seconds.filter((second) => second === "b").length
    assert.isAbove(often / seconds.length, 0.4)
    assert.isBelow(often / seconds.length, 0.6)
  })

  it("is the same again for the same turn", () => {
    assert.strictEqual(order("random", abc, { turn: 42 }), order("random", abc, { turn: 42 }))
  })
})

describe("soonest_reset", () => {
  const said = (name: string, ...quota: ReadonlyArray<Partial<QuotaWindow>>): Step => ({
    type: "QuotaObserved",
    v: 1,
    credential: idOf(name),
    data: { windows: quota.map((window) => ({ name: "5h", usedPercent: 10, ...window })) }
  })
  const resetting = (...steps: ReadonlyArray<Step>) => order("soonest_reset", poolOf(["a", "b", "c"], ...steps))

  it("asks whoever's window ends first, so that what is left in it does not lapse", () => {
    assert.strictEqual(
      resetting(
        said("a", { resetsAt: now + 3 * hour }),
        said("b", { resetsAt: now + 2 * hour }),
        said("c", { resetsAt: now + hour })
      ),
      "cba"
    )
  })

  it("looks at the first window to end of several", () => {
    const long = { name: "7d", resetsAt: now + 90 * hour }
    assert.strictEqual(
      resetting(said("a", { resetsAt: now + 2 * hour }, long), said("b", long, { resetsAt: now + hour })),
      "bac"
    )
  })

  it("asks those that nobody knows a window of after the others", () => {
    assert.strictEqual(resetting(said("c", { resetsAt: now + hour })), "cab")
  })

  it("asks last whoever has a window that is used up", () => {
    assert.strictEqual(
      resetting(said("a", { resetsAt: now + hour }, { name: "7d", usedPercent: 100, resetsAt: now + 2 * hour })),
      "bca"
    )
  })

  it("takes a window that is over for none", () => {
    assert.strictEqual(resetting(said("b", { usedPercent: 100, resetsAt: now })), "abc")
    assert.strictEqual(resetting(said("c", { resetsAt: now }), said("b", { resetsAt: now + 1 })), "bac")
  })

  it("knows the windows of an account by whichever of its credentials they were said last", () => {
    const mate = generation(1, { account: arbitrary.account })
    const accounts: ReadonlyArray<Step> = ["a", "b"].map((name) => ({
      type: "GenerationObserved",
      v: 1,
      credential: idOf(name),
      data: { grant: grantId, generation: mate, where: "own", how: "enrol" }
    }))
    const state = poolOf(
      ["a", "b"],
      ...accounts,
      at(start + minute, said("a", { resetsAt: now + hour, usedPercent: 100 })),
      at(start + 2 * minute, said("b", { resetsAt: now + hour }))
    )
    assert.strictEqual(order("soonest_reset", state), "ab")
  })
})

describe("a cap on leases", () => {
  const capped = (strategy: Strategy, held: Readonly<Record<string, number>>, turn = 0) =>
    order(strategy, abc, { leases: counts(held), turn }, { leaseMost: 2 })

  it("puts those below it first, in the order of the strategy", () => {
    assert.strictEqual(capped("fill_first", { a: 2 }), "bca")
    assert.strictEqual(capped("fill_first", { a: 1 }), "abc")
    assert.strictEqual(capped("round_robin", { c: 2 }, 1), "bac")
  })

  it("keeps nobody waiting: if all have reached it, the least leased is asked first", () => {
    assert.strictEqual(capped("fill_first", { a: 4, b: 2, c: 3 }), "bca")
  })

  it("counts nobody's leases if there is none", () => {
    const never = () => assert.fail("counted")
    assert.strictEqual(order("fill_first", abc, { leases: never }), "abc")
    assert.strictEqual(order("round_robin", abc, { leases: never }), "abc")
  })

  it("asks once for the leases of each", () => {
    const asked: Array<string> = []
    const leases = (id: string) => asked.push(id)
    order("least_used", abc, { leases }, { leaseMost: 2 })
    assert.deepStrictEqual(asked.toSorted(), ["a", "b", "c"])
  })
})

const anything = {
  ledger: arbitrary.ledgerOf(arbitrary.event),
  strategy: Strategy,
  turn: Schema.Natural,
  held: Schema.Natural,
  moment: arbitrary.moment
}

describe("whatever the strategy", () => {
  it.prop("the same state, policy, turn and leases give the same order", anything, (any) => {
    const policy = { ...defaults, strategy: any.strategy, leaseMost: 3 }
    const occasion = {
      now: any.moment,
      turn: any.turn,
      leases: (id: string) => (any.held + id.length) % 5,
      uncounted: () => 0
    }
    const state = fold(any.ledger)
    const once = rank(state, policy, members(state), occasion)
    const again = rank(fold(any.ledger), policy, members(state).toReversed(), occasion)
    assert.deepStrictEqual(
      again.map(({ id }) => id),
      once.map(({ id }) => id)
    )
  })

  it.prop("those who are given are in the order once each, and nobody else", anything, (any) => {
    const state = fold(any.ledger)
    const eligible = members(state).filter((one) => obstacleOf(state, one, any.moment) === undefined)
    const ranked = rank(state, { ...defaults, strategy: any.strategy }, eligible, { ...calm, turn: any.turn })
    assert.sameMembers(
      ranked.map(({ id }) => id),
      eligible.map(({ id }) => id)
    )
  })
})
