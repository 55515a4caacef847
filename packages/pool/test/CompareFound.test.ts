import { compareFound, isAncestor } from "@daybook/pool/decisions/CompareFound"
import type { Generation } from "@daybook/pool/Generation"
import { assert, describe, it } from "@effect/vitest"
import {
  accessOnly,
  fingerprint,
  generation,
  grantAfter,
  hour,
  observed,
  sameRefresh,
  start,
  started,
  type Step,
  succeeded
} from "./support.ts"

const mine = fingerprint("me")
const current = generation(2, { account: mine, issuedAt: start, expiresAt: start + hour })
const history = [observed(generation(1)), started(generation(1)), succeeded(generation(1), current)]

const standing = (found: Generation, steps: ReadonlyArray<Step> = history) => compareFound(grantAfter(...steps), found)

describe("what is found in the authority's slot is", () => {
  it("newer, if the ledger holds nothing yet", () => {
    assert.strictEqual(standing(generation(1), []), "newer")
  })

  it("the same, by its fingerprints alone", () => {
    assert.strictEqual(standing(current), "same")
    assert.strictEqual(standing(generation(2)), "same")
    assert.strictEqual(standing({ ...current, expiresAt: start }), "same")
  })

  it("stale, if its refresh token was followed by another", () => {
    assert.strictEqual(standing(generation(1)), "stale")
    assert.strictEqual(standing({ ...generation(1), access: fingerprint("unseen") }), "stale")
    assert.strictEqual(standing(generation(1, { issuedAt: start + hour })), "stale")
  })

  it("stale, if its access token was followed by another and the refresh token goes on", () => {
    const rotated = [observed(generation(1)), succeeded(generation(1), sameRefresh(generation(1), 2))]
    assert.strictEqual(standing(generation(1), rotated), "stale")
  })

  it("stale, if an API key was replaced", () => {
    assert.strictEqual(standing(accessOnly(1), [observed(accessOnly(1)), observed(accessOnly(2))]), "stale")
  })

  it("stale, if it is one of ours even when the current one is another account's", () => {
    const moved = [observed(generation(1, { account: fingerprint("other") })), observed(current)]
    assert.strictEqual(standing(generation(1, { account: fingerprint("other") }), moved), "stale")
  })

  it("stale, if it was issued before ours", () => {
    assert.strictEqual(standing(generation(9, { issuedAt: start - 1 })), "stale")
    assert.strictEqual(standing(generation(9, { issuedAt: start - 1, expiresAt: start + 9 * hour })), "stale")
  })

  it("stale, if it ends before ours and not both say when they were issued", () => {
    const ending = { expiresAt: start + hour - 1 }
    assert.strictEqual(standing(generation(9, ending)), "stale")
    const unknownIssue = [observed(generation(2, { expiresAt: start + hour }))]
    assert.strictEqual(standing(generation(9, { ...ending, issuedAt: start }), unknownIssue), "stale")
    assert.strictEqual(standing(generation(9, { ...ending, issuedAt: start + 1 })), "newer")
  })

  it("another login, if both accounts are known and differ", () => {
    assert.strictEqual(standing(generation(9, { account: fingerprint("other") })), "another login")
    assert.strictEqual(standing(generation(9, { account: fingerprint("other"), issuedAt: start - 1 })), "another login")
    assert.strictEqual(standing(generation(9, { account: mine })), "newer")
  })

  it("newer, if nothing proves it older", () => {
    assert.strictEqual(standing(generation(9)), "newer")
    assert.strictEqual(standing(generation(9, { issuedAt: start, expiresAt: start + hour })), "newer")
    assert.strictEqual(standing(sameRefresh(current, 9)), "newer")
    assert.strictEqual(standing(accessOnly(9)), "newer")
  })

  it("the same, if only its access token is missing: our refresh token is there", () => {
    assert.strictEqual(standing({ refresh: fingerprint("refresh2") }), "same")
  })

  it("stale, if only its refresh token is missing, so that ours goes over it again", () => {
    assert.strictEqual(standing(accessOnly(2)), "stale")
    assert.strictEqual(standing(accessOnly(2), [observed(accessOnly(2))]), "same")
  })

  it("stale, if it is blank: that is no observation", () => {
    assert.strictEqual(standing({}), "stale")
    assert.strictEqual(standing({ expiresAt: start }), "stale")
    assert.strictEqual(standing({}, [observed(accessOnly(2))]), "stale")
    assert.strictEqual(standing({}, []), "stale")
  })

  it("stale, if it is the half of a pair that was followed by another", () => {
    assert.strictEqual(standing(accessOnly(1)), "stale")
    assert.strictEqual(standing({ refresh: fingerprint("refresh1") }), "stale")
  })

  it("newer, if it adds a refresh token to the access token that we hold", () => {
    assert.strictEqual(standing(generation(1), [observed(accessOnly(1))]), "newer")
  })
})

describe("an ancestor is", () => {
  const isOurs = (found: Generation) => isAncestor(grantAfter(...history), found)

  it("the current generation or one that it followed", () => {
    assert.isTrue(isOurs(current))
    assert.isTrue(isOurs(generation(1)))
  })

  it("a part of one of them", () => {
    assert.isTrue(isOurs(accessOnly(2)))
    assert.isTrue(isOurs(accessOnly(1)))
    assert.isTrue(isOurs({ refresh: fingerprint("refresh2") }))
    assert.isTrue(isOurs({}))
  })

  it("nothing else, and nothing at all before the first generation", () => {
    assert.isFalse(isOurs(generation(9)))
    assert.isFalse(isOurs(sameRefresh(current, 9)))
    assert.isFalse(isAncestor(grantAfter(), generation(1)))
  })
})
