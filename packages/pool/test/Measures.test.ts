/** Given the events of a ledger, what one of its actors measures. */
import { followFrom, type Measure, measure, type Outcome } from "@daybook/pool/queries/Measures"
import { empty } from "@daybook/pool/PoolState"
import { fold } from "@daybook/pool/Evolve"
import { whyUnsent } from "@daybook/pool/Unsent"
import { assert, describe, it } from "@effect/vitest"
import {
  actor,
  adopted,
  at,
  by,
  classified,
  enrolled,
  failed,
  generation,
  hour,
  lost,
  minute,
  observed,
  otherActor,
  provider,
  quarantined,
  recorded,
  refusedByApi,
  second,
  start,
  started,
  type Step,
  succeeded
} from "./support.ts"

const [first, next] = [generation(1), generation(2)]
const begun = [enrolled(), observed(first)]

/** Of a follower that was there from the beginning, or from behind the first `after` events. */
const measured = (steps: ReadonlyArray<Step>, after = 0): ReadonlyArray<Measure> => {
  const events = recorded([...begun, ...steps])
  const before = fold(events.slice(0, after === 0 ? 0 : begun.length + after))
  const state = fold(events)
  let following = after === 0 ? followFrom(empty) : followFrom(before)
  return events.slice(after === 0 ? 0 : begun.length + after).flatMap((event) => {
    const next = measure(following, event, state, actor)
    following = next.following
    return next.measures
  })
}

const refresh = (outcome: Outcome, reason?: string): Measure => ({
  _tag: "Refresh",
  provider,
  outcome,
  ...(reason === undefined ? {} : { reason })
})
const recovery = (seconds: number): Measure => ({ _tag: "Recovery", provider, seconds })

describe("a refresh is counted", () => {
  it("as succeeded", () => {
    assert.deepStrictEqual(measured([started(first), succeeded(first, next)]), [refresh("succeeded")])
  })

  it("as raced, where somebody else's generation is used", () => {
    assert.deepStrictEqual(measured([adopted(first, next)]), [refresh("raced")])
  })

  it("as what its answer meant, under the reason", () => {
    const transient = classified(first, { verdict: "Transient", reason: "ServerError" })
    const terminal = classified(first, { verdict: "Terminal", reason: "Revoked" })
    assert.deepStrictEqual(measured([started(first), failed(first), transient]), [refresh("transient", "ServerError")])
    assert.deepStrictEqual(measured([started(first), failed(first), terminal]), [refresh("terminal", "Revoked")])
  })

  it("as lost, where the answer never came", () => {
    assert.deepStrictEqual(measured([started(first), lost(first, start + hour)]), [refresh("lost")])
  })

  it("once, where a race was seen after the success", () => {
    const race = adopted(next, generation(3))
    const after = { ...race, data: { ...race.data, phase: "after success" } } as Step
    assert.deepStrictEqual(measured([started(first), succeeded(first, next), after]), [refresh("succeeded")])
  })

  it("not as a race, where the grant goes back to the pair that was displaced", () => {
    const race = adopted(next, first)
    const back = { ...race, data: { ...race.data, fallback: true } } as Step
    assert.deepStrictEqual(measured([back]), [])
  })

  it("not at all, where the API refused an access token", () => {
    assert.deepStrictEqual(measured([refusedByApi(first)]), [])
  })

  for (const fault of whyUnsent) {
    it(`not at all, and troubles nobody, where nothing was sent for ${fault}`, () => {
      const steps = [
        started(first),
        failed(first, { left: false, fault }),
        classified(first, { verdict: "Transient", reason: "Network" }),
        adopted(first, next)
      ]
      assert.deepStrictEqual(measured(steps), [refresh("raced")])
    })
  }

  it("by the process that recorded the outcome, and by no other", () => {
    const steps = [started(first), failed(first), classified(first, { reason: "ServerError" })]
    assert.deepStrictEqual(measured(steps.map((step) => by(otherActor, step))), [])
  })
})

describe("the time to recover", () => {
  const failure = [started(first), at(start, failed(first)), classified(first, { reason: "ServerError" })]

  it("runs from the first failure to the next generation", () => {
    const again = [started(first, 2), at(start + minute, failed(first, { status: 500 }, 2))]
    const steps = [...failure, ...again, at(start + 90 * second, succeeded(first, next))]
    assert.deepStrictEqual(measured(steps).at(-1), recovery(90))
  })

  it("runs from a refusal by the API to the next generation", () => {
    const steps = [at(start, refusedByApi(first)), at(start + 2 * second, succeeded(first, next))]
    assert.deepStrictEqual(measured(steps), [refresh("succeeded"), recovery(2)])
  })

  it("does not run because of what the API says about a quota", () => {
    const steps = [at(start, refusedByApi(first, "RateLimited")), at(start + 2 * second, succeeded(first, next))]
    assert.deepStrictEqual(measured(steps), [refresh("succeeded")])
  })

  it("runs from a loss to the generation that is adopted", () => {
    const steps = [at(start, lost(first, start)), at(start + 500, adopted(first, next))]
    assert.deepStrictEqual(measured(steps).slice(1), [refresh("raced"), recovery(0.5)])
  })

  it("runs over a quarantine, to the new login", () => {
    const steps = [...failure, quarantined(first), at(start + 2 * hour, observed(next, "login"))]
    assert.deepStrictEqual(measured(steps).at(-1), recovery(7200))
  })

  it("begins with another process's failure, and is measured by the process that ended it", () => {
    const theirs = failure.map((step) => by(otherActor, step))
    const end = at(start + minute, succeeded(first, next))
    assert.deepStrictEqual(measured([...theirs, end]), [refresh("succeeded"), recovery(60)])
    assert.deepStrictEqual(measured([...failure, by(otherActor, end)]), [refresh("transient", "ServerError")])
  })

  it("ends with the trouble: the refresh after it is none", () => {
    const steps = [...failure, succeeded(first, next), started(next, 3), succeeded(next, generation(3), 3)]
    assert.deepStrictEqual(measured(steps).at(-1), refresh("succeeded"))
  })

  it("is known to a process that came when the login was dead already", () => {
    const steps = [...failure, at(start + second, quarantined(first)), at(start + minute, observed(next, "login"))]
    assert.deepStrictEqual(measured(steps, 4), [recovery(59)])
  })

  it("is known to a process that came when the outcome was lost already", () => {
    const steps = [at(start, started(first)), lost(first, start), at(start + minute, adopted(first, next))]
    assert.deepStrictEqual(measured(steps, 2), [refresh("raced"), recovery(60)])
  })

  it("is never less than nothing, whatever a clock says", () => {
    const steps = [at(start, lost(first, start)), at(start - minute, adopted(first, next))]
    assert.deepStrictEqual(measured(steps).at(-1), recovery(0))
  })
})

describe("a quarantine", () => {
  it("is counted with its reason, by the process that decided it", () => {
    const quarantine: Measure = { _tag: "Quarantine", provider, reason: "Reused" }
    assert.deepStrictEqual(measured([quarantined(first, "refresh", "Reused")]), [quarantine])
    assert.deepStrictEqual(measured([by(otherActor, quarantined(first))]), [])
  })
})
