/**
 * What follows from quota windows: when they are worth an event, when a provider is asked about them, and which bench
 * its answer ends.
 */
import { concludeProbe, isProbeDue, observeQuota } from "@daybook/pool/decisions/Quota"
import { fold } from "@daybook/pool/Evolve"
import type { Instant } from "@daybook/pool/Instant"
import { defaults, Policy } from "@daybook/pool/Policy"
import { members, type PoolState } from "@daybook/pool/PoolState"
import { bindingCooldown } from "@daybook/pool/queries/Account"
import type { QuotaWindow } from "@daybook/pool/QuotaWindow"
import { decode, type Draft } from "@daybook/pool/Recorded"
import { ApiVerdictName } from "@daybook/pool/Verdict"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import {
  actor,
  at,
  credentialId,
  enrolled,
  enrolledOther,
  eventId,
  generation,
  given,
  hour,
  minute,
  observed,
  onlyMember,
  paused,
  recorded,
  resumed,
  second,
  start,
  type Step
} from "./support.ts"

const resetsAt = start + 5 * hour
const window = (usedPercent: number, more: Partial<QuotaWindow> = {}): QuotaWindow => ({
  name: "5h",
  usedPercent,
  resetsAt,
  ...more
})
const week = (usedPercent: number) => window(usedPercent, { name: "7d", resetsAt: start + 100 * hour })

/** The event at an instant at which the windows were said to be so. */
const said = (when: Instant, ...windows: ReadonlyArray<QuotaWindow>): Step =>
  at(when, { type: "QuotaObserved", v: 1, credential: credentialId, data: { windows } })

const benchedFor = (reason: ApiVerdictName, until: Instant = start + hour, model?: string): Step => ({
  type: "CooldownStarted",
  v: 1,
  credential: credentialId,
  data: { until, reason, ...(model === undefined ? {} : { model }) }
})

const poolWith = (...steps: ReadonlyArray<Step>) => given(enrolled(), observed(generation(1)), ...steps)
const memberWith = (...steps: ReadonlyArray<Step>) => onlyMember(poolWith(...steps))
const after = (state: PoolState, drafts: ReadonlyArray<Draft>) => fold(recorded(drafts, state.head), state)
const types = (drafts: ReadonlyArray<Draft>) => drafts.map(({ type }) => type)

describe("quota windows that came with an answer", () => {
  const now = start + hour

  /** Whether they are recorded, so long after those that are known. */
  const isRecorded = (
    known: ReadonlyArray<QuotaWindow>,
    windows: ReadonlyArray<QuotaWindow>,
    afterMillis: number
  ): boolean => observeQuota(memberWith(said(now - afterMillis, ...known)), windows, now).length > 0

  it("are recorded when they are seen for the first time", () => {
    assert.deepStrictEqual(observeQuota(memberWith(), [window(10), week(3)], now), [
      { type: "QuotaObserved", v: 1, credential: credentialId, data: { windows: [window(10), week(3)] } }
    ])
  })

  it("are nothing to record if there are none", () => {
    assert.deepStrictEqual(observeQuota(memberWith(), [], now), [])
    assert.isFalse(isRecorded([window(10)], [], 2 * hour))
  })

  it("are not recorded again while they say the same, however much later", () => {
    assert.isFalse(isRecorded([window(10), week(3)], [window(10), week(3)], 10 * hour))
  })

  it("are not recorded within a minute if only their figures changed", () => {
    assert.isFalse(isRecorded([window(10), week(3)], [window(11), week(3)], minute - 1))
    assert.isFalse(isRecorded([window(10)], [window(10, { resetsAt: resetsAt + 1 })], minute - 1))
  })

  it("are recorded after a minute if anything changed: a figure, an end, a name, how many there are", () => {
    assert.isTrue(isRecorded([window(10)], [window(11)], minute))
    assert.isTrue(isRecorded([window(10)], [window(10, { resetsAt: resetsAt + 1 })], minute))
    assert.isTrue(isRecorded([window(10)], [window(10, { name: "primary" })], minute))
    assert.isTrue(isRecorded([window(10)], [window(10), week(3)], minute))
    assert.isTrue(isRecorded([window(10), week(3)], [window(10)], minute))
  })

  it("are recorded at once when one of them becomes used up", () => {
    assert.isTrue(isRecorded([window(99.9), week(3)], [window(100), week(3)], second))
    assert.isTrue(isRecorded([window(100), week(99)], [window(100), week(101)], second))
  })

  it("are recorded at once when one of them becomes free", () => {
    assert.isTrue(isRecorded([window(100), week(3)], [window(0), week(3)], second))
    assert.isTrue(isRecorded([window(100), week(3)], [week(3)], second))
  })

  it("are recorded at once when another one is the one that is used up", () => {
    assert.isTrue(isRecorded([window(100), week(3)], [window(0), week(100)], second))
  })

  it("are not recorded within a minute while the same one stays used up, though its figures move with each answer", () => {
    assert.isFalse(isRecorded([window(100)], [window(101, { resetsAt: resetsAt + 1 })], second))
  })

  it("are recorded if those that are known come from a clock that was ahead", () => {
    assert.isTrue(isRecorded([window(10)], [window(11)], -hour))
  })
})

describe("an answer to a question about the quota", () => {
  const now = start + 10 * minute
  const conclude = (state: PoolState, ...windows: ReadonlyArray<QuotaWindow>) =>
    concludeProbe(onlyMember(state), { windows, declared: ["5h", "7d"] }, now)

  it("that all windows are free ends the bench", () => {
    const state = poolWith(benchedFor("QuotaExhausted"))
    const events = conclude(state, window(0), week(40))
    assert.deepStrictEqual(events.slice(1), [
      { type: "CooldownCleared", v: 1, credential: credentialId, data: { by: "probe" } }
    ])
    assert.isUndefined(bindingCooldown(onlyMember(after(state, events)), now))
  })

  it("that one window is used up leaves the bench as it is, and is recorded", () => {
    const state = poolWith(benchedFor("QuotaExhausted"))
    const events = conclude(state, window(0), week(100))
    assert.deepStrictEqual(types(events), ["QuotaObserved"])
    const { cooldown, quota } = onlyMember(after(state, events))
    assert.deepStrictEqual(cooldown, { until: start + hour, reason: "QuotaExhausted" })
    assert.deepStrictEqual(quota, [window(0), week(100)])
  })

  for (const reason of ApiVerdictName.literals.filter((reason) => reason !== "QuotaExhausted")) {
    it(`ends no bench for ${reason}, however free the windows are`, () => {
      const state = poolWith(benchedFor(reason))
      const events = conclude(state, window(0))
      assert.deepStrictEqual(types(events), ["QuotaObserved"])
      assert.strictEqual(onlyMember(after(state, events)).cooldown?.reason, reason)
    })
  }

  it("is none, not even one to record, if it leaves out a window that is used up", () => {
    const used = poolWith(said(start, window(100), week(40)), benchedFor("QuotaExhausted"))
    assert.deepStrictEqual(conclude(used, week(40)), [])
    assert.deepStrictEqual(types(conclude(used, window(3))), ["QuotaObserved", "CooldownCleared"])
  })

  it("need not speak of a window that was used up and is over", () => {
    const used = poolWith(
      said(start, window(100, { resetsAt: start + minute }), week(40)),
      benchedFor("QuotaExhausted")
    )
    assert.deepStrictEqual(types(conclude(used, week(40))), ["QuotaObserved", "CooldownCleared"])
  })

  for (const name of ["7d_oi", "limit:requests", "primary"]) {
    it(`need not speak of ${name}, of which the endpoint never speaks`, () => {
      const used = poolWith(said(start, window(100, { name }), window(100)), benchedFor("QuotaExhausted"))
      assert.deepStrictEqual(types(conclude(used, window(0))), ["QuotaObserved", "CooldownCleared"])
    })
  }

  it("ends no bench of a model", () => {
    const state = poolWith(benchedFor("QuotaExhausted", start + hour, "gpt-5"))
    assert.deepStrictEqual(types(conclude(state, window(0))), ["QuotaObserved"])
  })

  it("leaves the bench of a model when it ends the credential's", () => {
    const state = poolWith(benchedFor("QuotaExhausted"), benchedFor("ModelUnavailable", start + hour, "gpt-5"))
    const then = onlyMember(after(state, conclude(state, window(0))))
    assert.isUndefined(then.cooldown)
    assert.strictEqual(bindingCooldown(then, now, "gpt-5")?.reason, "ModelUnavailable")
  })

  it("without windows says nothing", () => {
    assert.deepStrictEqual(conclude(poolWith(benchedFor("QuotaExhausted"))), [])
  })

  it("is no more than an observation if nobody is benched, or no longer", () => {
    assert.deepStrictEqual(types(conclude(poolWith(), window(0))), ["QuotaObserved"])
    assert.deepStrictEqual(types(conclude(poolWith(benchedFor("QuotaExhausted", now)), window(0))), ["QuotaObserved"])
  })

  it("is recorded though it says nothing new, so that other processes see that it was asked for", () => {
    const state = poolWith(benchedFor("QuotaExhausted"), said(now - second, window(100)))
    assert.deepStrictEqual(types(conclude(state, window(100))), ["QuotaObserved"])
  })
})

describe("a question about the quota", () => {
  const now = start + hour
  const every = defaults.probeEvery
  const benched = benchedFor("QuotaExhausted", now + hour)
  const isDue = (asked: Instant | undefined, ...steps: ReadonlyArray<Step>) =>
    isProbeDue(memberWith(...steps), asked, now, defaults)

  it("is due for a credential that a used-up window benched", () => {
    assert.isTrue(isDue(undefined, benched))
  })

  it("is not due for one that is not benched, or no longer", () => {
    assert.isFalse(isDue(undefined))
    assert.isFalse(isDue(undefined, benchedFor("QuotaExhausted", now)))
  })

  for (const reason of ApiVerdictName.literals.filter((reason) => reason !== "QuotaExhausted")) {
    it(`is not due for a bench for ${reason}`, () => {
      assert.isFalse(isDue(undefined, benchedFor(reason, now + hour)))
    })
  }

  it("is not due for the bench of a model", () => {
    assert.isFalse(isDue(undefined, benchedFor("QuotaExhausted", now + hour, "gpt-5")))
  })

  it("is not due for one that an operator paused", () => {
    assert.isFalse(isDue(undefined, benched, paused))
    assert.isTrue(isDue(undefined, benched, paused, resumed))
  })

  it("is not due for an API key", () => {
    const key = onlyMember(given(enrolled({ kind: "apiKey" }), benched))
    assert.isFalse(isProbeDue(key, undefined, now, defaults))
  })

  it("is due so long after the last question as the policy says, and no earlier", () => {
    assert.isFalse(isDue(now - every + 1, benched))
    assert.isTrue(isDue(now - every, benched))
  })

  it("is due so long after the windows were seen last, whoever saw them, and no earlier", () => {
    assert.isFalse(isDue(undefined, benched, said(now - every + 1, window(100))))
    assert.isTrue(isDue(undefined, benched, said(now - every, window(100))))
  })

  it("waits for the later of the two", () => {
    assert.isFalse(isDue(now - 2 * every, benched, said(now - 1, window(100))))
    assert.isFalse(isDue(now - 1, benched, said(now - 2 * every, window(100))))
  })

  it("is due if the windows that are known come from a clock that was ahead, and then not again at once", () => {
    const ahead = said(now + 10 * hour, window(100))
    assert.isTrue(isDue(undefined, benched, ahead))
    assert.isTrue(isDue(now + 10 * hour, benched))
    assert.isFalse(isDue(now - 1, benched, ahead))
  })
})

describe("the windows of a credential", () => {
  it("are those that were said last, all of them, and since when", () => {
    const { quota, quotaAt } = memberWith(said(start + minute, window(10), week(3)), said(start + hour, week(4)))
    assert.deepStrictEqual(quota, [week(4)])
    assert.strictEqual(quotaAt, start + hour)
  })

  it("are none before any were said", () => {
    assert.deepInclude(memberWith(), { quota: [], quotaAt: undefined })
  })

  it("are its own, and no other credential's", () => {
    const [, other] = members(given(enrolled(), enrolledOther(), said(start + minute, window(10))))
    assert.deepInclude(other, { quota: [], quotaAt: undefined })
  })

  it("change no bench", () => {
    assert.isDefined(memberWith(benchedFor("QuotaExhausted"), said(start + minute, window(0))).cooldown)
  })
})

describe("a policy that was recorded before there were questions about a quota", () => {
  it("is read as one that asks every five minutes", () => {
    const { probeEvery: _, ...policy } = Schema.encodeSync(Policy)({ ...defaults, timeLimit: 1234 })
    const line = { seq: 1, at: new Date(start).toISOString(), id: eventId(1), actor, type: "PolicyApplied", v: 1 }
    const event = Result.getOrThrow(decode({ ...line, data: { policy, hash: "hash" } }))
    assert.strictEqual(event.type, "PolicyApplied")
    assert.deepStrictEqual(event.type === "PolicyApplied" ? event.data.policy : undefined, {
      ...defaults,
      timeLimit: 1234,
      probeEvery: 5 * minute
    })
  })
})
