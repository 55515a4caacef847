/**
 * What ends a bench before its time: a login that another program put in the place of the one that was benched, or an
 * operator.
 */
import { endedByLogin, endedByOperator } from "@daybook/pool/decisions/Bench"
import { fold } from "@daybook/pool/Evolve"
import type { GenerationRef } from "@daybook/pool/Generation"
import { grantById, type PoolState } from "@daybook/pool/PoolState"
import { bindingCooldown } from "@daybook/pool/queries/Account"
import { assert, describe, it } from "@effect/vitest"
import {
  accessOnly,
  benched,
  enrolled,
  enrolledOther,
  generation,
  given,
  grantId,
  hour,
  minute,
  observed,
  onlyMember,
  otherGrantId,
  recorded,
  sameRefresh,
  start
} from "./support.ts"

const first = generation(1)
const now = start + minute
const until = now + hour

const ends = (state: PoolState, found: GenerationRef, at = now) =>
  endedByLogin(state, grantById(state, grantId), found, at)

describe("a bench", () => {
  const state = given(enrolled(), observed(first), benched(until), benched(until, "a-model"))

  it("ends with another login in its place, and so do those of its models", () => {
    const after = fold(recorded(ends(state, generation(2)), state.head), state)
    assert.isUndefined(bindingCooldown(onlyMember(after), now))
    assert.isUndefined(bindingCooldown(onlyMember(after), now, "a-model"))
  })

  it("is said to end by the new tokens", () => {
    assert.deepStrictEqual(
      ends(state, generation(2)).map(({ data, type }) => [type, data]),
      [
        ["CooldownCleared", { by: "generation" }],
        ["CooldownCleared", { by: "generation", model: "a-model" }]
      ]
    )
  })

  it("does not end with the same login found again", () => {
    assert.deepStrictEqual(ends(state, first), [])
  })

  it("does not end with another access token of the same login", () => {
    assert.deepStrictEqual(ends(state, sameRefresh(first, 2)), [])
  })

  it("that is over already is not ended again", () => {
    assert.deepStrictEqual(ends(state, generation(2), until), [])
  })

  it("of an API key ends with another key", () => {
    const key = given(enrolled({ kind: "apiKey" }), observed(accessOnly(1)), benched(until))
    assert.strictEqual(ends(key, accessOnly(2)).length, 1)
    assert.strictEqual(ends(key, accessOnly(1)).length, 0)
  })

  it("of another login does not end", () => {
    const other = given(
      enrolledOther({ grant: grantId }),
      observed(first),
      enrolled({ grant: otherGrantId }),
      benched(until)
    )
    assert.deepStrictEqual(ends(other, generation(2)), [])
  })

  it("does not end where no login was known", () => {
    assert.deepStrictEqual(ends(given(enrolled(), benched(until)), first), [])
  })

  it("ends when an operator says so, and so do those of its models", () => {
    const after = fold(recorded(endedByOperator(onlyMember(state), now), state.head), state)
    assert.isUndefined(bindingCooldown(onlyMember(after), now))
    assert.isUndefined(bindingCooldown(onlyMember(after), now, "a-model"))
    assert.deepStrictEqual(endedByOperator(onlyMember(after), now), [])
  })
})
