import { type Plan, planRefresh, type RefreshRequest } from "@daybook/pool/decisions/PlanRefresh"
import { fold } from "@daybook/pool/Evolve"
import { defaults } from "@daybook/pool/Policy"
import { grantById, suspicionOf } from "@daybook/pool/PoolState"
import { decode } from "@daybook/pool/Recorded"
import type { ReplayPolicy } from "@daybook/pool/ReplayPolicy"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { Trigger } from "@daybook/pool/events/RefreshEvents"
import * as arbitrary from "./arbitraries.ts"
import {
  accepted,
  accessOnly,
  actor,
  at,
  classified,
  enrolled,
  eventId,
  failed,
  fingerprint,
  generation,
  given,
  grantId,
  hour,
  lifted,
  lost,
  minute,
  observed,
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

const first = generation(1)
const next = generation(2)
const now = start + hour
const afterExpiry: ReplayPolicy = { _tag: "afterExpiry" }
const never: ReplayPolicy = { _tag: "never" }
const grace: ReplayPolicy = { _tag: "withinGrace", millis: 2 * minute }

const request = (more: Partial<RefreshRequest> = {}): RefreshRequest => ({
  now,
  trigger: "expired",
  usable: false,
  due: true,
  provider,
  replay: afterExpiry,
  policy: defaults,
  ...more
})

const plan = (steps: ReadonlyArray<Step>, more: Partial<RefreshRequest> = {}): Plan => {
  const state = given(enrolled(), ...steps)
  return planRefresh(state, grantById(state, grantId), request(more))
}

/** The plan without the words for people. */
const held = (found: Plan) => {
  if (found._tag !== "Hold") return found._tag
  return found.retryAt === undefined ? found.reason : `${found.reason} until +${(found.retryAt - start) / second}s`
}

const usable = { usable: true }
const operator = { trigger: "operator" } as const

describe("a live grant", () => {
  const live = [observed(first)]

  it("serves a usable token that is not due, whatever asks", () => {
    for (const trigger of Trigger.literals) {
      assert.deepStrictEqual(plan(live, { usable: true, due: false, trigger }), { _tag: "Serve" })
    }
  })

  it("sends when it is due, and for the reason given", () => {
    for (const trigger of Trigger.literals) {
      assert.deepStrictEqual(plan(live, { trigger }), { _tag: "Send", trigger })
      assert.deepStrictEqual(plan(live, { trigger, ...usable }), { _tag: "Send", trigger })
    }
  })

  it("sends an unusable token's refresh token even if nobody said that it is due", () => {
    assert.strictEqual(held(plan(live, { due: false })), "Send")
  })
})

describe("a generation without a refresh token", () => {
  it("is served until it ends, and then there is nothing to send", () => {
    assert.strictEqual(held(plan([observed(accessOnly(1))], usable)), "Serve")
    assert.strictEqual(held(plan([observed(accessOnly(1))])), "NoRefreshToken")
    assert.strictEqual(held(plan([])), "NoRefreshToken")
  })
})

describe("a dead generation", () => {
  const dead = [observed(first), started(first), quarantined(first)]

  it("is not sent again, whoever asks", () => {
    for (const trigger of Trigger.literals) {
      const found = plan(dead, { trigger, ...usable })
      assert.isTrue(found._tag === "Dead" && found.dead.reason === "Revoked")
    }
  })

  it("is not served either", () => {
    assert.strictEqual(held(plan(dead, { usable: true, due: false })), "Dead")
  })

  it("is sent by an operator's refresh if only the API refused its access token", () => {
    const refused = [observed(first), quarantined(first, "access")]
    assert.deepStrictEqual(plan(refused, operator), { _tag: "Send", trigger: "operator" })
    assert.strictEqual(held(plan(refused)), "Dead")
    assert.strictEqual(held(plan(refused, { trigger: "unauthorized" })), "Dead")
  })

  it("whose answer was lost as well is a replay even for an operator", () => {
    const both = [observed(first), started(first), lost(first, now + minute), quarantined(first, "access")]
    assert.strictEqual(held(plan(both, operator)), "OutcomeUnknown until +3660s")
    assert.deepStrictEqual(plan(both, { ...operator, now: now + minute }), { _tag: "Send", trigger: "replay" })
  })
})

describe("a revived generation", () => {
  const revived = [
    observed(first),
    started(first),
    failed(first),
    classified(first, { reason: "RateLimited", retryAt: now + hour }),
    quarantined(first),
    lifted(first)
  ]

  it("is sent once", () => {
    assert.strictEqual(held(plan(revived)), "Send")
  })

  it("is sent once even when its answer had been lost and the provider never forgives a replay", () => {
    const lostOnce = [
      observed(first),
      started(first),
      lost(first, start),
      quarantined(first, "refresh", "ResponseLost")
    ]
    assert.strictEqual(held(plan([...lostOnce, lifted(first)], { replay: never })), "Send")
  })

  it("has lost its permission when it became suspect or dead again meanwhile", () => {
    assert.strictEqual(held(plan([...revived, lost(first, now + minute, 2)])), "OutcomeUnknown until +3660s")
    assert.strictEqual(held(plan([...revived, quarantined(first)])), "Dead")
  })

  it("is then like any other: a lost answer makes it suspect, a refusal kills it", () => {
    const sent = [...revived, started(first, 2)]
    assert.strictEqual(held(plan([...sent, lost(first, now, 2)], { replay: never })), "ResponseLost")
    assert.strictEqual(held(plan([...sent, failed(first, {}, 2), quarantined(first)])), "Dead")
  })
})

describe("a grant that an event of a newer program names", () => {
  const blocked = (more: Partial<RefreshRequest>) => {
    const before = given(enrolled(), observed(first))
    const unknown = decode({
      seq: before.head + 1,
      at: "2026-11-22T10:00:05.000Z",
      id: eventId(9),
      actor,
      type: "MoonPhaseObserved",
      v: 1,
      data: { grant: grantId }
    })
    const state = fold([Result.getOrThrow(unknown)], before)
    return held(planRefresh(state, grantById(state, grantId), request(more)))
  }

  it("is served while its token is good, and nothing is sent", () => {
    assert.strictEqual(blocked({ usable: true, due: false }), "Serve")
    assert.strictEqual(blocked({}), "LedgerUnavailable")
    assert.strictEqual(blocked(operator), "LedgerUnavailable")
  })
})

describe("a failure", () => {
  const later = now + minute
  const refused = (retryAt: number, retryAfter?: number) => [
    observed(first),
    started(first),
    failed(first, { status: 503, ...(retryAfter === undefined ? {} : { retryAfter }) }),
    classified(first, { reason: "ServerError", retryAt })
  ]

  it("holds the next try until its time, and says under which rule", () => {
    const found = plan(refused(later))
    assert.strictEqual(held(found), "ServerError until +3660s")
    assert.isTrue(found._tag === "Hold" && found.why.includes("test/rule"))
    assert.strictEqual(held(plan(refused(now))), "Send")
  })

  it("holds a usable token's refresh as well", () => {
    assert.strictEqual(held(plan(refused(later), usable)), "ServerError until +3660s")
    assert.strictEqual(held(plan(refused(later), { usable: true, due: false })), "Serve")
  })

  it("lets an operator pass", () => {
    assert.strictEqual(held(plan(refused(later), operator)), "Send")
  })

  it("lets not even an operator pass within the time that the answer named", () => {
    assert.strictEqual(held(plan(refused(later, later), operator)), "ServerError until +3660s")
    assert.strictEqual(held(plan(refused(later, later), { ...operator, now: later })), "Send")
  })

  it("is over with a new generation", () => {
    assert.strictEqual(held(plan([...refused(later, later), observed(next, "watch")])), "Send")
  })
})

describe("a generation that struck out", () => {
  const unrecognised = (attempt: number, instant: number) => [
    at(instant, started(first, attempt)),
    at(instant, failed(first, {}, attempt)),
    at(instant, classified(first, { reason: "Unrecognized", retryAt: now + hour }, attempt))
  ]
  const struckOut = [observed(first), ...[0, 1, 2].flatMap((n) => unrecognised(n, start + n * minute))]

  it("is held under that name", () => {
    assert.strictEqual(held(plan(struckOut)), "StruckOut until +7200s")
    assert.strictEqual(held(plan(struckOut.slice(0, -3))), "Unrecognized until +7200s")
  })

  it("is sent for an operator, and when its time has come", () => {
    assert.strictEqual(held(plan(struckOut, operator)), "Send")
    assert.strictEqual(held(plan(struckOut, { now: now + hour })), "Send")
  })
})

describe("a provider that several logins get the same unknown answer from", () => {
  const outage = [
    observed(first),
    started(first),
    failed(first),
    classified(first, { reason: "Unrecognized", retryAt: now + minute, providerWide: true, shape: "418" }),
    observed(next)
  ]

  it("is left alone until the time named, but for an operator", () => {
    assert.strictEqual(held(plan(outage)), "Unrecognized until +3660s")
    assert.strictEqual(held(plan(outage, operator)), "Send")
    assert.strictEqual(held(plan(outage, { now: now + minute })), "Send")
  })

  it("is not another provider", () => {
    assert.strictEqual(held(plan(outage, { provider: "xai-oauth" })), "Send")
  })
})

describe("access tokens that are refused as soon as they come", () => {
  const unauthorized = { trigger: "unauthorized" } as const
  const refusedOnce = [observed(first), at(now, refusedByApi(first))]
  const refusedTwice = [...refusedOnce, succeeded(first, next), at(now, refusedByApi(next))]
  const refusedThrice = [...refusedTwice, succeeded(next, generation(3)), at(now, refusedByApi(generation(3)))]

  it("earn one forced refresh", () => {
    assert.strictEqual(held(plan(refusedOnce, unauthorized)), "Send")
  })

  it("stop forced refreshes for a minute, then for twice as long each", () => {
    assert.strictEqual(held(plan(refusedTwice, unauthorized)), "Denied until +3660s")
    assert.strictEqual(held(plan(refusedThrice, unauthorized)), "Denied until +3720s")
    assert.strictEqual(held(plan(refusedTwice, { ...unauthorized, now: now + minute })), "Send")
  })

  it("do so at most for an hour", () => {
    const refusals = Array.from({ length: 30 }, (_, n) => [
      observed(generation(n), "watch"),
      at(now, refusedByApi(generation(n)))
    ])
    assert.strictEqual(held(plan(refusals.flat(), unauthorized)), "Denied until +7200s")
  })

  it("are forgiven for an accepted call, a new login and an operator", () => {
    assert.strictEqual(held(plan([...refusedTwice, accepted(next)], unauthorized)), "Send")
    assert.strictEqual(held(plan([...refusedTwice, observed(generation(3), "login")], unauthorized)), "Send")
    assert.strictEqual(held(plan(refusedTwice, operator)), "Send")
  })

  it("do not stop a refresh that no refusal forced", () => {
    assert.strictEqual(held(plan(refusedTwice, { trigger: "expired" })), "Send")
  })
})

describe("answers that bring a refresh token and nothing else", () => {
  const barren = (n: number) => ({ refresh: fingerprint(`barren${n}`) })
  const answers = (count: number) => [
    observed(first),
    ...Array.from({ length: count }, (_, n) => at(now, succeeded(first, barren(n))))
  ]

  it("are followed at once the first time, then after a minute, two, four, at most an hour", () => {
    assert.strictEqual(held(plan(answers(1))), "Send")
    assert.strictEqual(held(plan(answers(2))), "OutcomeUnknown until +3660s")
    assert.strictEqual(held(plan(answers(3))), "OutcomeUnknown until +3720s")
    assert.strictEqual(held(plan(answers(20))), "OutcomeUnknown until +7200s")
    assert.strictEqual(held(plan(answers(2), { now: now + minute })), "Send")
  })

  it("are forgotten with an access token", () => {
    assert.strictEqual(held(plan([...answers(5), succeeded(barren(4), next)])), "Send")
  })
})

describe("a suspect generation", () => {
  const quietAfter = start + 20 * second
  const suspect = (...more: ReadonlyArray<Step>) => [
    observed(first),
    at(start, started(first)),
    at(quietAfter, lost(first, quietAfter)),
    ...more
  ]
  const replay = (policy: ReplayPolicy, more: Partial<RefreshRequest>, steps = suspect()) =>
    held(plan(steps, { replay: policy, ...more }))

  it("is never sent while an earlier request may still arrive, whatever the provider forgives", () => {
    for (const policy of [{ _tag: "anytime" }, grace, afterExpiry, never] as const) {
      for (const trigger of Trigger.literals) {
        assert.strictEqual(replay(policy, { trigger, now: quietAfter - 1 }), "OutcomeUnknown until +20s")
      }
    }
  })

  it("serves its usable access token meanwhile", () => {
    assert.strictEqual(replay(afterExpiry, { usable: true, due: false }), "Serve")
  })

  it("is sent as a replay, and says so", () => {
    assert.deepStrictEqual(plan(suspect(), { trigger: "expired" }), { _tag: "Send", trigger: "replay" })
  })

  it("waits for the end of its access token, without naming a time, and an operator waits as well", () => {
    assert.strictEqual(replay(afterExpiry, usable), "OutcomeUnknown")
    assert.strictEqual(replay(afterExpiry, { ...usable, ...operator }), "OutcomeUnknown")
    assert.strictEqual(replay(afterExpiry, {}), "Send")
  })

  it("is sent anytime where that costs nothing", () => {
    assert.strictEqual(replay({ _tag: "anytime" }, { ...usable, now: quietAfter }), "Send")
  })

  it("is sent at once within a grace, and after it like anywhere else", () => {
    assert.strictEqual(replay(grace, { ...usable, now: start + 2 * minute }), "Send")
    assert.strictEqual(replay(grace, { ...usable, now: start + 2 * minute + 1 }), "OutcomeUnknown")
    assert.strictEqual(replay(grace, { now }), "Send")
  })

  it("whose loss is found hours later has no grace left", () => {
    const foundLate = [observed(first), at(start, started(first)), at(now, lost(first, quietAfter))]
    assert.strictEqual(replay(grace, usable, foundLate), "OutcomeUnknown")
  })

  it("of a provider that never forgives is given up when its access token ends, and not before", () => {
    assert.strictEqual(replay(never, usable), "OutcomeUnknown")
    assert.strictEqual(replay(never, {}), "ResponseLost")
  })

  it("backs off between replays, from a minute to an hour", () => {
    const again = (times: number) =>
      suspect(
        ...Array.from({ length: times }, (_, n) => [
          started(first, n + 2, "replay"),
          at(now, lost(first, now, n + 2))
        ]).flat()
      )
    assert.strictEqual(replay(afterExpiry, { now }, again(1)), "OutcomeUnknown until +3660s")
    assert.strictEqual(replay(afterExpiry, { now }, again(2)), "OutcomeUnknown until +3720s")
    assert.strictEqual(replay(afterExpiry, { now }, again(9)), "OutcomeUnknown until +7200s")
    assert.strictEqual(replay(afterExpiry, { now: now + minute }, again(1)), "Send")
    assert.strictEqual(replay(afterExpiry, { now, ...operator }, again(1)), "Send")
  })
})

describe("whatever a ledger holds and whoever asks", () => {
  const anyRequest = Arbitrary.all({
    now: arbitrary.moment,
    asked: Arbitrary.schema(
      Schema.Struct({
        trigger: Trigger,
        usable: Schema.Boolean,
        due: Schema.Boolean,
        replay: Schema.Union([
          Schema.Struct({ _tag: Schema.Literals(["anytime", "afterExpiry", "never"]) }),
          Schema.Struct({
            _tag: Schema.Literal("withinGrace"),
            millis: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: hour }))
          })
        ])
      })
    )
  })
  const inputs = { ledger: arbitrary.ledgerOf(arbitrary.grantEvent), anyRequest }

  const planned = ({
    anyRequest,
    ledger
  }: {
    readonly ledger: Parameters<typeof fold>[0]
    readonly anyRequest: {
      readonly now: number
      readonly asked: Pick<RefreshRequest, "trigger" | "usable" | "due" | "replay">
    }
  }) => {
    const state = fold(ledger)
    const asked = request({ now: anyRequest.now, ...anyRequest.asked })
    const grant = grantById(state, grantId)
    return { state, asked, grant, plan: planRefresh(state, grant, asked) }
  }

  it.prop(
    "a dead refresh token is never sent",
    inputs,
    (input) => {
      const { asked, grant, plan } = planned(input)
      if (grant.health._tag !== "Dead" || plan._tag === "Dead") return
      assert.strictEqual(grant.health.bound, "access")
      assert.strictEqual(asked.trigger, "operator")
    },
    arbitrary.thorough
  )

  it.prop(
    "a suspect one is sent only as a replay, and never while an earlier request may arrive",
    inputs,
    (input) => {
      const { asked, grant, plan } = planned(input)
      const suspicion = suspicionOf(grant.health)
      if (suspicion === undefined || plan._tag !== "Send") return
      assert.strictEqual(plan.trigger, "replay")
      assert.isAtMost(suspicion.quietAfter, asked.now)
      assert.notStrictEqual(asked.replay._tag, "never")
    },
    arbitrary.thorough
  )

  it.prop(
    "nothing is sent without a refresh token, for a blocked grant, or for a token that is good and not due",
    inputs,
    (input) => {
      const { asked, grant, plan } = planned(input)
      if (plan._tag !== "Send") return
      assert.isDefined(grant.current?.refresh)
      assert.isFalse(grant.blocked)
      assert.isFalse(asked.usable && !asked.due)
    },
    arbitrary.thorough
  )

  it.prop(
    "a revival allows one sending: once that is begun, nothing is left of it",
    inputs,
    (input) => {
      const { grant, state } = planned(input)
      const { current } = grant
      if (grant.revived === undefined || current === undefined) return
      const after = fold(recorded([started(current, 77)], state.head), state)
      assert.isUndefined(grantById(after, grantId).revived)
    },
    arbitrary.thorough
  )

  it.prop(
    "a hold names a time that lies ahead, or none",
    inputs,
    (input) => {
      const { asked, plan } = planned(input)
      if (plan._tag === "Hold" && plan.retryAt !== undefined) assert.isAbove(plan.retryAt, asked.now)
    },
    arbitrary.thorough
  )
})
