import { ceiling, jittered } from "@daybook/pool/decisions/Backoff"
import {
  classifyFailure,
  concludeFailure,
  type FailureContext,
  quarantine
} from "@daybook/pool/decisions/ClassifyFailure"
import type { EventOf } from "@daybook/pool/Event"
import type { Evidence } from "@daybook/pool/Evidence"
import { evolve, fold } from "@daybook/pool/Evolve"
import { defaults } from "@daybook/pool/Policy"
import { grantById, type PoolState } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import type { TerminalReason, TokenVerdict, TransientReason, TransientVerdict } from "@daybook/pool/Verdict"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import {
  at,
  credentialId,
  enrolled,
  enrolledOther,
  eventId,
  failed,
  generation,
  given,
  grantId,
  hour,
  lost,
  minute,
  observed,
  otherCredentialId,
  otherGrantId,
  provider,
  recorded,
  second,
  start,
  started,
  type Step
} from "./support.ts"

const first = generation(1)

const context = (more: Partial<FailureContext> = {}): FailureContext => ({
  grant: grantId,
  credential: credentialId,
  provider,
  classifier: 4,
  now: start + minute,
  chance: 0.5,
  replay: { _tag: "afterExpiry" },
  policy: defaults,
  ...more
})

const transient = (reason: TransientReason, more: Partial<TransientVerdict> = {}): TransientVerdict => ({
  verdict: "Transient",
  reason,
  rule: "status/test",
  ...more
})

const terminal = (reason: TerminalReason): TokenVerdict => ({
  verdict: "Terminal",
  reason,
  rule: "codes/test",
  confirm: true
})

const afterAnswer = (evidence: Partial<Evidence> = {}, before: ReadonlyArray<Step> = []): PoolState =>
  given(enrolled(), observed(first), ...before, started(first, 7), failed(first, evidence, 7))

const failureOf = (state: PoolState) => {
  const { unclassified } = grantById(state, grantId)
  if (unclassified === undefined) throw new Error("no failure waits to be classified")
  return unclassified
}

const conclude = (state: PoolState, verdict: TokenVerdict, more: Partial<FailureContext> = {}) =>
  classificationOf(classifyFailure(state, failureOf(state), verdict, context(more)))

const classificationOf = (draft: Draft): EventOf<"ErrorClassified">["data"] => {
  if (draft.type !== "ErrorClassified") throw new Error(`a ${draft.type} instead of a classification`)
  return draft.data
}

/** How long the next try is put off. */
const waits = (state: PoolState, verdict: TransientVerdict, more: Partial<FailureContext> = {}): number =>
  (conclude(state, verdict, more).retryAt ?? Number.NaN) - context(more).now

describe("a conclusion", () => {
  it("names the failure, the generation that was sent, the rule and the classifier", () => {
    const state = afterAnswer()
    const draft = classifyFailure(state, failureOf(state), transient("Denied"), context())
    assert.strictEqual(draft.cause, failureOf(state).event)
    assert.deepStrictEqual(classificationOf(draft), {
      grant: grantId,
      of: failureOf(state).event,
      generation: first,
      surface: "token",
      verdict: "Transient",
      reason: "Denied",
      rule: "status/test",
      classifier: 4,
      retryAt: start + minute + 30 * second
    })
  })

  it("of a Terminal verdict names no time", () => {
    const data = conclude(afterAnswer(), terminal("Revoked"))
    assert.strictEqual(data.verdict, "Terminal")
    assert.strictEqual(data.reason, "Revoked")
    assert.isUndefined(data.retryAt)
  })
})

describe("whether the token may be spent", () => {
  const suspects = (reason: TransientReason, evidence: Evidence, more: Partial<FailureContext> = {}) =>
    conclude(afterAnswer(evidence), transient(reason), more).suspect ?? false

  const cases: ReadonlyArray<[why: string, reason: TransientReason, evidence: Evidence, suspect: boolean]> = [
    ["an explicit refusal: too many requests", "RateLimited", { left: true, status: 429 }, false],
    ["an explicit refusal: not entitled", "Denied", { left: true, status: 403 }, false],
    ["an explicit refusal: wrong client", "Misconfigured", { left: true, status: 401 }, false],
    ["a challenge before the provider", "EdgeBlocked", { left: true, status: 403, challenge: true }, false],
    ["an unknown refusal with a 4xx", "Unrecognized", { left: true, status: 418 }, false],
    ["a request that never left", "Network", { left: false, fault: "ECONNREFUSED" }, false],
    ["a server's fault", "ServerError", { left: true, status: 500 }, true],
    ["a gateway's fault", "OutcomeUnknown", { left: true, status: 502 }, true],
    ["a server's fault that names a code", "Misconfigured", { left: true, status: 500 }, true],
    ["a limit that a server's fault names", "RateLimited", { left: true, status: 503 }, true],
    ["a request that took too long and names a code", "Misconfigured", { left: true, status: 408 }, true],
    ["an edge's 503 page", "EdgeBlocked", { left: true, status: 503 }, false],
    ["a request timeout", "OutcomeUnknown", { left: true, status: 408 }, true],
    ["a cut connection", "OutcomeUnknown", { left: true, fault: "ECONNRESET" }, true],
    ["an unreadable success", "OutcomeUnknown", { left: true, status: 200, body: "text" }, true],
    ["an unknown answer with a 2xx", "Unrecognized", { left: true, status: 200 }, true],
    ["an unknown answer without a status", "Unrecognized", { left: true }, true],
    ["a kept successor", "OutcomeUnknown", { left: true, status: 200, successor: true }, false]
  ]
  for (const [why, reason, evidence, suspect] of cases) {
    it(`${suspect ? "yes" : "no"}, after ${why}`, () => assert.strictEqual(suspects(reason, evidence), suspect))
  }

  it("no, after whatever answer, where a token may be sent again anytime", () => {
    for (const [why, reason, evidence] of cases) {
      assert.isFalse(suspects(reason, evidence, { replay: { _tag: "anytime" } }), why)
    }
  })

  it("by every other policy for replays alike", () => {
    for (const replay of [{ _tag: "never" }, { _tag: "withinGrace", millis: minute }] as const) {
      for (const [why, reason, evidence, suspect] of cases) {
        assert.strictEqual(suspects(reason, evidence, { replay }), suspect, why)
      }
    }
  })
})

describe("a refusal of a replay", () => {
  const replayed = [started(first), lost(first, start + minute)]
  const reasonOf = (reason: TerminalReason, before: ReadonlyArray<Step>) =>
    conclude(afterAnswer({}, before), terminal(reason)).reason

  it("means that the answer to the first sending was the last, and is lost", () => {
    assert.strictEqual(reasonOf("Reused", replayed), "ResponseLost")
    assert.strictEqual(reasonOf("Revoked", replayed), "ResponseLost")
  })

  it("keeps its reason if that says more", () => {
    assert.strictEqual(reasonOf("AccountClosed", replayed), "AccountClosed")
    assert.strictEqual(reasonOf("Expired", replayed), "Expired")
  })

  it("is no such thing without a lost answer", () => {
    assert.strictEqual(reasonOf("Reused", []), "Reused")
  })
})

describe("the next try", () => {
  it("waits as long as the answer says, whatever else is known", () => {
    const until = start + 3 * hour
    assert.strictEqual(conclude(afterAnswer(), transient("RateLimited", { until })).retryAt, until)
    assert.strictEqual(conclude(afterAnswer(), transient("ServerError", { until })).retryAt, until)
  })

  it("waits a day at most, however far away the answer says", () => {
    const until = start + 365 * 24 * hour
    assert.isAtMost(conclude(afterAnswer(), transient("RateLimited", { until })).retryAt ?? until, start + 25 * hour)
  })

  it("waits twice as long after each failure in a row, at most the policy's longest", () => {
    let state = afterAnswer({ left: false })
    const ceilings = Array.from({ length: 12 }, (_, n) => {
      const verdict = transient("Network")
      const wait = waits(state, verdict, { chance: 1 })
      const drafts = [
        classifyFailure(state, failureOf(state), verdict, context()),
        started(first, n + 10),
        failed(first, { left: false }, n + 10)
      ]
      state = fold(recorded(drafts, state.head), state)
      return wait
    })
    assert.deepStrictEqual(ceilings.slice(0, 4), [2 * second, 4 * second, 8 * second, 16 * second])
    assert.strictEqual(ceilings.at(-1), defaults.backoff.most)
  })

  it("falls anywhere below that, so that many processes do not come back together", () => {
    const wait = (chance: number) => waits(afterAnswer({ left: false }), transient("Network"), { chance })
    assert.strictEqual(wait(0), 0)
    assert.strictEqual(wait(0.25), 500)
    assert.strictEqual(wait(0.75), 1500)
  })

  it("waits longer where no new try is likely to help", () => {
    assert.strictEqual(waits(afterAnswer({ status: 403 }), transient("Denied"), { chance: 1 }), minute)
  })

  it("is left to the replay rules after the first lost answer", () => {
    assert.strictEqual(waits(afterAnswer({ status: 500 }), transient("ServerError"), { chance: 1 }), 0)
  })

  it("waits the replay's time after a replay was not answered either", () => {
    const state = afterAnswer({ status: 500 }, [started(first), lost(first, start)])
    assert.strictEqual(waits(state, transient("ServerError"), { chance: 1 }), minute)
  })
})

describe("three strikes", () => {
  const unrecognised = transient("Unrecognized", { shape: "418" })

  const struck = (...minutes: ReadonlyArray<number>): PoolState =>
    minutes.reduce(
      (state, minutes, n) => {
        const now = start + minutes * minute
        const classified = classifyFailure(state, failureOf(state), unrecognised, context({ now }))
        const next = [
          at(now, classified),
          at(now, started(first, n + 10)),
          at(now, failed(first, { status: 418 }, n + 10))
        ]
        return fold(recorded(next, state.head), state)
      },
      afterAnswer({ status: 418 })
    )
  const nextWait = (state: PoolState, minutes: number) =>
    waits(state, unrecognised, { now: start + minutes * minute, chance: 1 })

  it("stop automatic tries for an hour, then for twice as long each, at most a day", () => {
    assert.isAtMost(nextWait(struck(1), 2), defaults.backoff.most)
    assert.strictEqual(nextWait(struck(1, 2), 3), hour)
    assert.strictEqual(nextWait(struck(1, 2, 3), 90), 2 * hour)
    assert.strictEqual(nextWait(struck(...Array.from({ length: 12 }, (_, n) => n)), 900), 24 * hour)
  })

  it("take three different minutes", () => {
    assert.isAtMost(nextWait(struck(1, 1, 1, 2), 2), defaults.backoff.most)
  })

  it("do not count for an answer that is understood", () => {
    assert.isAtMost(waits(struck(1, 2), transient("EdgeBlocked"), { chance: 1 }), defaults.backoff.most)
  })
})

describe("the same unknown answer for two grants of a provider", () => {
  const shape = "418/teapot"
  const unrecognised = transient("Unrecognized", { shape })

  /** The other login got it first, at `start`. */
  const seenByAnother = (ofShape = shape): PoolState =>
    given(
      enrolled(),
      enrolledOther(),
      observed(first),
      at(start, {
        type: "ErrorClassified",
        v: 1,
        credential: otherCredentialId,
        data: {
          grant: otherGrantId,
          of: eventId(99),
          generation: generation(5),
          surface: "token",
          verdict: "Transient",
          reason: "Unrecognized",
          rule: "unrecognized",
          classifier: 4,
          shape: ofShape
        }
      }),
      started(first),
      failed(first, { status: 418 })
    )
  const wide = (state: PoolState, now: number, verdict = unrecognised) =>
    conclude(state, verdict, { now }).providerWide ?? false

  it("counts against the provider", () => {
    assert.isTrue(wide(seenByAnother(), start + 10 * minute))
  })

  it("counts even if the answer is longer than what is recorded of it", () => {
    const long = "x".repeat(300)
    const verdict = transient("Unrecognized", { shape: long })
    assert.isTrue(wide(seenByAnother(long.slice(0, 200)), start + minute, verdict))
    assert.strictEqual(conclude(afterAnswer(), verdict).shape, long.slice(0, 200))
  })

  it("does not after ten minutes", () => {
    assert.isFalse(wide(seenByAnother(), start + 10 * minute + 1))
  })

  it("does not if the answers differ", () => {
    assert.isFalse(wide(seenByAnother("418/kettle"), start + minute))
  })

  it("does not if the answer is understood", () => {
    assert.isFalse(wide(seenByAnother(), start + minute, transient("ServerError", { shape })))
  })

  it("does not if one grant got it twice", () => {
    const state = afterAnswer({ status: 418 })
    const again = fold(
      recorded(
        [
          classifyFailure(state, failureOf(state), unrecognised, context()),
          started(first, 8),
          failed(first, { status: 418 }, 8)
        ],
        state.head
      ),
      state
    )
    assert.isFalse(wide(again, start + minute))
  })

  it("is no strike, neither in the count nor in the wait", () => {
    const state = seenByAnother()
    const now = start + minute
    const strict = { now, chance: 1, policy: { ...defaults, strikes: 1 } }
    assert.isAtMost(waits(state, unrecognised, strict), defaults.backoff.most)
    const conclusion = classifyFailure(state, failureOf(state), unrecognised, context({ now }))
    const after = fold(recorded([conclusion], state.head), state)
    assert.deepStrictEqual(grantById(after, grantId).strikes, [])
  })
})

describe("a Terminal conclusion", () => {
  const state = afterAnswer({ code: "refresh_token_reused", status: 401 })

  it("comes with the quarantine of the generation that was sent, and of no other", () => {
    const drafts = concludeFailure(state, failureOf(state), terminal("Reused"), context(), eventId(50))
    assert.deepStrictEqual(
      drafts.map(({ type }) => type),
      ["ErrorClassified", "CredentialQuarantined"]
    )
    const [classified, quarantined] = drafts
    assert.strictEqual(classified?.id, eventId(50))
    assert.strictEqual(quarantined?.cause, eventId(50))
    assert.deepStrictEqual(quarantined?.data, {
      grant: grantId,
      generation: first,
      bound: "refresh",
      reason: "Reused",
      rule: "codes/test"
    })
  })

  it("is all there is to a Transient one", () => {
    const drafts = concludeFailure(state, failureOf(state), transient("Denied"), context(), eventId(50))
    assert.deepStrictEqual(
      drafts.map(({ type }) => type),
      ["ErrorClassified"]
    )
  })

  it("left without its quarantine can be quarantined later, to the same effect", () => {
    const drafts = concludeFailure(state, failureOf(state), terminal("Reused"), context(), eventId(50))
    const atOnce = fold(recorded(drafts, state.head), state)
    const condemned = fold(recorded(drafts.slice(0, 1), state.head), state)
    const { condemned: left } = grantById(condemned, grantId)
    assert.isDefined(left)
    const [late] = recorded([quarantine(left, { grant: grantId, credential: credentialId })], condemned.head)
    assert.isDefined(late)
    assert.deepStrictEqual(grantById(evolve(condemned, late), grantId), grantById(atOnce, grantId))
  })
})

describe("a backoff", () => {
  const range = { first: 100, most: 5_000 }
  const count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 }))
  const chance = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

  it.prop("never shrinks with another failure, and never passes its cap", { failures: count }, ({ failures }) => {
    assert.isAtLeast(ceiling(range, failures + 1), ceiling(range, failures))
    assert.isAtMost(ceiling(range, failures), range.most)
  })

  it.prop("stays between nothing and its ceiling", { failures: count, chance }, ({ chance, failures }) => {
    assert.isAtLeast(jittered(range, failures, chance), 0)
    assert.isAtMost(jittered(range, failures, chance), ceiling(range, failures))
  })
})
