/** What a program may say about the policy, and what it hears if that makes no sense. */
import { assert, describe, it } from "@effect/vitest"
import { checkedPolicy, InvalidPolicy } from "@daybook/pool/CheckedPolicy"
import { hermes, olderHermes } from "@daybook/pool/HermesPolicy"
import { defaults } from "@daybook/pool/Policy"

/** As a program without types may hand it over. */
const refusal = (given: object): string => {
  try {
    checkedPolicy(given)
    return "accepted"
  } catch (error) {
    assert.instanceOf(error, InvalidPolicy)
    return error.message
  }
}

describe("a policy", () => {
  it("is the defaults where nothing else is said", () => {
    assert.deepStrictEqual(checkedPolicy(), defaults)
    assert.deepStrictEqual(checkedPolicy({ strikes: 5 }), { ...defaults, strikes: 5 })
  })

  it("takes a field that is undefined for one that is not given", () => {
    assert.deepStrictEqual(checkedPolicy({ strategy: undefined, leaseMost: undefined } as object), defaults)
  })

  it("may be one of hermes' own", () => {
    assert.deepStrictEqual(checkedPolicy(hermes), hermes)
    assert.deepStrictEqual(checkedPolicy(olderHermes), olderHermes)
  })
})

const wrong: ReadonlyArray<readonly [what: string, given: object, beginning: string]> = [
  [
    "a strategy that nobody knows",
    { strategy: "rond_robin" },
    'policy.strategy is "rond_robin". Expected "fill_first" | '
  ],
  ["a field that there is not", { stratgy: "random" }, "policy.stratgy is no field of a policy. "],
  [
    "a field that there is not, further in",
    { backoff: { first: 1, most: 2, last: 3 } },
    "policy.backoff.last is no field"
  ],
  ["half of a pair", { backoff: { first: 1 } }, "policy.backoff.most is missing. "],
  ["a time below zero", { timeLimit: -5 }, "policy.timeLimit is -5. "],
  ["a time in words", { timeLimit: "10s" }, 'policy.timeLimit is "10s". Expected number. '],
  ["no number", { lockWait: Number.NaN }, "policy.lockWait is NaN. "],
  ["half of a lease", { leaseMost: 1.5 }, "policy.leaseMost is 1.5. "],
  ["no leases at all", { leaseMost: 0 }, "policy.leaseMost is 0, and must be 1 at least. "],
  ["no time for an answer", { timeLimit: 0 }, "policy.timeLimit is 0, and must be 1 at least. "],
  ["no pause between two looks", { upkeepEvery: 0 }, "policy.upkeepEvery is 0, and must be 1 at least. "],
  ["a wrong row", { benches: [{ millis: -1 }] }, "policy.benches.0.millis is -1. "]
]

describe("a policy is refused with the field's name and the next step if it has", () => {
  for (const [what, given, beginning] of wrong) {
    it(what, () => {
      const message = refusal(given)
      assert.strictEqual(message.slice(0, beginning.length), beginning)
      assert.include(message, "Correct it; docs/policy.md has every field and what it takes.")
    })
  }
})
