/**
 * What an operator can bring back of a grant, and what the fold makes of it.
 */
import { assert, describe, it } from "@effect/vitest"
import { revivable, revive } from "@daybook/pool/decisions/Revival"
import { defaults } from "@daybook/pool/Policy"
import type { Grant } from "@daybook/pool/PoolState"
import {
  accessOnly,
  at,
  classified,
  credentialId,
  enrolled,
  failed,
  generation,
  given,
  grantAfter,
  grantId,
  hour,
  lifted,
  lost,
  minute,
  observed,
  quarantined,
  start,
  started,
  type Step
} from "./support.ts"
import { grantById } from "@daybook/pool/PoolState"

const first = generation(1)
const next = generation(2)

/** Three answers that nobody knows, in three minutes; the last one names a time. */
const struckOut = (retryAfter?: number): ReadonlyArray<Step> => [
  observed(first),
  ...[1, 2, 3].flatMap((n): ReadonlyArray<Step> => {
    const retryAt = start + hour
    const demanded = n === 3 && retryAfter !== undefined ? { retryAfter: retryAt } : {}
    return [
      at(start + n * minute, started(first, n)),
      at(start + n * minute, failed(first, { status: 418, ...demanded }, n)),
      at(start + n * minute, classified(first, { reason: "Unrecognized", retryAt }, n))
    ]
  })
]

const tagOf = (grant: Grant) => revivable(grant, defaults)._tag

describe("revivable", () => {
  it("is a generation whose refresh token was judged, once its pair is back in its store", () =>
    assert.strictEqual(tagOf(grantAfter(observed(first), quarantined(first))), "Restore"))

  it("is a generation whose access token was judged, as it stands", () => {
    assert.strictEqual(tagOf(grantAfter(observed(first), quarantined(first, "access"))), "Lift")
    assert.strictEqual(tagOf(grantAfter(observed(accessOnly(1)), quarantined(accessOnly(1), "access"))), "Lift")
  })

  it("is one that too many unknown answers stopped", () =>
    assert.strictEqual(tagOf(grantAfter(...struckOut())), "Lift"))

  it("is nothing of a grant that lives, is in doubt, was replaced, or was never seen", () => {
    assert.strictEqual(tagOf(grantAfter(observed(first))), "Alive")
    assert.strictEqual(tagOf(grantAfter(observed(first), started(first), lost(first, start))), "Alive")
    assert.strictEqual(tagOf(grantAfter(observed(first), quarantined(first), observed(next))), "Alive")
    assert.strictEqual(tagOf(grantById(given(enrolled()), grantId)), "Alive")
  })

  it("is lifted by an event that names the verdict as its cause", () => {
    const grant = grantAfter(observed(first), quarantined(first))
    const { health } = grant
    assert.deepStrictEqual(revive(credentialId, grant, first), [
      {
        type: "QuarantineLifted",
        v: 1,
        credential: credentialId,
        data: { grant: grantId, generation: first, by: "operator" },
        ...(health._tag === "Dead" ? { cause: health.event } : {})
      }
    ])
  })
})

describe("what an operator revives", () => {
  it("may be sent once more: the first sending uses the permission up", () => {
    const revived = grantAfter(observed(first), quarantined(first), lifted(first))
    assert.deepStrictEqual(revived.revived, first)
    assert.strictEqual(revived.health._tag, "Live")
    assert.isUndefined(grantAfter(observed(first), quarantined(first), lifted(first), started(first)).revived)
  })

  it("is not another generation than the one that is dead", () => {
    const { health } = grantAfter(observed(first), quarantined(first), lifted(next))
    assert.strictEqual(health._tag, "Dead")
  })

  it("has no strikes any more, and need not wait", () => {
    const { backoff, revived, strikes } = grantAfter(...struckOut(), lifted(first))
    assert.deepStrictEqual({ backoff, revived, strikes }, { backoff: undefined, revived: undefined, strikes: [] })
  })

  it("waits all the same if the provider named the time", () => {
    const { backoff, strikes } = grantAfter(...struckOut(1), lifted(first))
    assert.deepStrictEqual({ retryAt: backoff?.retryAt, strikes }, { retryAt: start + hour, strikes: [] })
  })

  it("keeps the doubt about its refresh token, if only its access token was judged", () => {
    const doubted = [observed(first), started(first), lost(first, start), quarantined(first, "access")]
    assert.strictEqual(grantAfter(...doubted, lifted(first)).health._tag, "Suspect")
  })

  it("keeps its strikes if a new generation of another grant is meant", () =>
    assert.strictEqual(grantAfter(...struckOut(), lifted(next)).strikes.length, 3))
})
