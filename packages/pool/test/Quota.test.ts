/**
 * What follows from quota windows: when they are worth an event, when a provider is asked about them, and which bench
 * its answer ends.
 */
import { concludeProbe, isProbeDue, observeQuota, probeOf, unanswered } from "@daybook/pool/decisions/Quota"
import { fold } from "@daybook/pool/Evolve"
import type { CredentialId, GrantId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { defaults, Policy } from "@daybook/pool/Policy"
import { members, type PoolState } from "@daybook/pool/PoolState"
import { bindingCooldown } from "@daybook/pool/queries/Account"
import type { QuotaWindow } from "@daybook/pool/QuotaWindow"
import { decode, type Draft } from "@daybook/pool/Recorded"
import { ApiVerdictName } from "@daybook/pool/Verdict"
import { assert, describe, it } from "@effect/vitest"
import { HashMap, Result, Schema } from "effect"
import {
  actor,
  at,
  credentialId,
  enrolled,
  enrolledOther,
  eventId,
  fingerprint,
  generation,
  given,
  grantId,
  hour,
  minute,
  observed,
  onlyMember,
  otherCredentialId,
  otherGrantId,
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
    concludeProbe(state, onlyMember(state), { windows, declared: ["5h", "7d"] }, now)

  const nothing: ReadonlyArray<Draft> = [
    { type: "QuotaObserved", v: 1, credential: credentialId, data: { windows: [], unanswered: true } }
  ]

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

  it("is none, and recorded as such, if it leaves out a window that is used up", () => {
    const used = poolWith(said(start, window(100), week(40)), benchedFor("QuotaExhausted"))
    assert.deepStrictEqual(conclude(used, week(40)), nothing)
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

  it("without windows says nothing, and that is recorded", () => {
    assert.deepStrictEqual(conclude(poolWith(benchedFor("QuotaExhausted"))), nothing)
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
  const asked = (when: Instant): Step => at(when, probeOf(memberWith(), eventId(80), when, defaults))
  const isDue = (...steps: ReadonlyArray<Step>) => {
    const state = poolWith(...steps)
    return isProbeDue(state, onlyMember(state), now, defaults)
  }

  it("is due for a credential that a used-up window benched", () => {
    assert.isTrue(isDue(benched))
  })

  it("is not due for one that is not benched, or no longer", () => {
    assert.isFalse(isDue())
    assert.isFalse(isDue(benchedFor("QuotaExhausted", now)))
  })

  for (const reason of ApiVerdictName.literals.filter((reason) => reason !== "QuotaExhausted")) {
    it(`is not due for a bench for ${reason}`, () => {
      assert.isFalse(isDue(benchedFor(reason, now + hour)))
    })
  }

  it("is not due for the bench of a model", () => {
    assert.isFalse(isDue(benchedFor("QuotaExhausted", now + hour, "gpt-5")))
  })

  it("is not due for one that an operator paused", () => {
    assert.isFalse(isDue(benched, paused))
    assert.isTrue(isDue(benched, paused, resumed))
  })

  it("is not due for an API key", () => {
    const state = given(enrolled({ kind: "apiKey" }), benched)
    assert.isFalse(isProbeDue(state, onlyMember(state), now, defaults))
  })

  it("is due so long after the last one as the policy says, and no earlier, whether or not that was answered", () => {
    assert.isFalse(isDue(benched, asked(now - every + 1)))
    assert.isTrue(isDue(benched, asked(now - every)))
    assert.isFalse(isDue(benched, asked(now - every + 1), at(now - 1, unanswered(memberWith()))))
    assert.isTrue(isDue(benched, asked(now - every), at(now - every, unanswered(memberWith()))))
  })

  it("is due so long after the windows were seen last, whoever saw them, and no earlier", () => {
    assert.isFalse(isDue(benched, said(now - every + 1, window(100))))
    assert.isTrue(isDue(benched, said(now - every, window(100))))
  })

  it("waits for the later of the two", () => {
    assert.isFalse(isDue(benched, asked(now - 2 * every), said(now - 1, window(100))))
    assert.isFalse(isDue(benched, said(now - 2 * every, window(100)), asked(now - 1)))
  })

  it("is due if the windows or the question that are known come from a clock that was ahead", () => {
    assert.isTrue(isDue(benched, said(now + 10 * hour, window(100))))
    assert.isTrue(isDue(benched, asked(now + 10 * hour)))
  })

  it("is due for another credential of the account, and was asked if it was asked about that", () => {
    const mine = fingerprint("me")
    const login = (credential: CredentialId, grant: GrantId, n: number): Step => ({
      type: "GenerationObserved",
      v: 1,
      credential,
      data: { grant, generation: generation(n, { account: mine }), where: "own", how: "enrol" }
    })
    const state = (...steps: ReadonlyArray<Step>) =>
      given(
        enrolled(),
        enrolledOther(),
        login(credentialId, grantId, 1),
        login(otherCredentialId, otherGrantId, 2),
        benched,
        ...steps
      )
    const ofOther = (pool: PoolState) =>
      isProbeDue(pool, HashMap.getUnsafe(pool.credentials, otherCredentialId), now, defaults)
    assert.isTrue(ofOther(state()))
    assert.isFalse(ofOther(state(asked(now - 1))))
  })
})

describe("of several questions at once", () => {
  const ask = (when: Instant, n: number, actor?: Step["actor"]): Step => ({
    ...probeOf(memberWith(), eventId(n), when, defaults),
    at: when,
    ...(actor === undefined ? {} : { actor })
  })
  const question = (...steps: ReadonlyArray<Step>) => memberWith(...steps).quotaAsked

  it("the first in the ledger counts, and the others are void", () => {
    const when = start + hour
    assert.deepStrictEqual(question(ask(when, 70), ask(when + 1, 71), ask(when, 72)), {
      at: when,
      event: eventId(70),
      answered: false
    })
  })

  it("one that comes when its time has come counts again", () => {
    const [when, then] = [start + hour, start + hour + defaults.probeEvery]
    assert.strictEqual(question(ask(when, 70), ask(then - 1, 71))?.event, eventId(70))
    assert.strictEqual(question(ask(when, 70), ask(then, 71))?.event, eventId(71))
  })

  it("one from a clock that was ahead keeps nobody from asking", () => {
    assert.strictEqual(question(ask(start + 10 * hour, 70), ask(start + hour, 71))?.event, eventId(71))
  })

  it("it is answered by whatever is observed next, of use or not, and an answer of no use leaves the windows", () => {
    const when = start + hour
    const known = said(when - hour, window(100))
    const then = memberWith(known, ask(when, 70), at(when + 1, unanswered(memberWith())))
    assert.isTrue(then.quotaAsked?.answered)
    assert.deepInclude(then, { quota: [window(100)], quotaAt: when - hour })
    assert.isTrue(question(ask(when, 70), said(when + 1, window(100)))?.answered)
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
