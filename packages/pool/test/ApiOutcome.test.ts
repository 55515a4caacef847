import {
  acceptances,
  type ApiRefusal,
  concludeApiAcceptance,
  concludeApiRefusal
} from "@daybook/pool/decisions/ApiOutcome"
import { fold } from "@daybook/pool/Evolve"
import type { GenerationRef } from "@daybook/pool/Generation"
import { defaults } from "@daybook/pool/Policy"
import { grantById, members, type PoolState } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import type { ApiVerdict, ApiVerdictName } from "@daybook/pool/Verdict"
import { assert, describe, it } from "@effect/vitest"
import { HashMap } from "effect"
import {
  accepted,
  accessOnly,
  adopted,
  at,
  benched,
  credentialId,
  enrolled,
  enrolledOther,
  eventId,
  generation,
  given,
  grantId,
  hour,
  minute,
  observed,
  onlyMember,
  recorded,
  refusedByApi,
  sameRefresh,
  start,
  type Step,
  succeeded
} from "./support.ts"

const first = generation(1)
const next = generation(2)
const now = start + minute
const pool = given(enrolled(), observed(first))
const types = (drafts: ReadonlyArray<Draft>) => drafts.map(({ type }) => type)
const after = (state: PoolState, drafts: ReadonlyArray<Draft>) => fold(recorded(drafts, state.head), state)

const verdictOf = (verdict: ApiVerdictName, more: Partial<ApiVerdict> = {}): ApiVerdict => ({
  verdict,
  rule: "codes/test",
  scope: "credential",
  ...more
})

const refuse = (verdict: ApiVerdict, more: Partial<ApiRefusal> = {}, state = pool) =>
  concludeApiRefusal(state, {
    credential: onlyMember(state),
    generation: first,
    evidence: { left: true, status: 401, code: "token_invalidated" },
    verdict,
    now,
    policy: defaults,
    classifier: 4,
    ids: [eventId(50), eventId(51)],
    ...more
  })

const cooldown = (drafts: ReadonlyArray<Draft>) => {
  const draft = drafts.find((draft) => draft.type === "CooldownStarted")
  if (draft === undefined) throw new Error(`no cooldown among ${types(drafts).join(", ")}`)
  return draft.data
}

describe("a refusal", () => {
  it("is recorded, classified and linked: what was seen, what it means, what follows", () => {
    const [seen, meaning, consequence] = refuse(verdictOf("GrantRevoked"))
    assert.deepStrictEqual(seen, {
      type: "ApiOutcomeObserved",
      v: 1,
      id: eventId(50),
      credential: credentialId,
      data: {
        generation: first,
        accepted: false,
        count: 1,
        evidence: { left: true, status: 401, code: "token_invalidated" }
      }
    })
    assert.deepStrictEqual(meaning, {
      type: "ErrorClassified",
      v: 1,
      id: eventId(51),
      credential: credentialId,
      cause: eventId(50),
      data: {
        grant: grantId,
        of: eventId(50),
        generation: first,
        surface: "api",
        verdict: "GrantRevoked",
        rule: "codes/test",
        classifier: 4
      }
    })
    assert.strictEqual(consequence?.cause, eventId(51))
  })

  it("keeps the model that was asked for, and the time as it was said", () => {
    const until = start + 90 * 24 * hour
    const [seen, meaning] = refuse(verdictOf("QuotaExhausted", { until }), { model: "gpt-5" })
    assert.isTrue(seen?.type === "ApiOutcomeObserved" && seen.data.model === "gpt-5")
    assert.isTrue(meaning?.type === "ErrorClassified" && meaning.data.retryAt === until)
  })

  it("of an older generation is recorded and decides nothing", () => {
    const moved = given(enrolled(), observed(first), adopted(first, next))
    for (const verdict of ["GrantRevoked", "QuotaExhausted", "AccessExpired"] as const) {
      const drafts = refuse(verdictOf(verdict), {}, moved)
      assert.deepStrictEqual(types(drafts), ["ApiOutcomeObserved", "ErrorClassified"])
      const { version: _before, movedBy: _who, ...before } = grantById(moved, grantId)
      const { version: _after, movedBy: _whoThen, ...then } = grantById(after(moved, drafts), grantId)
      assert.deepStrictEqual(then, before)
    }
  })

  it("of an older access token with the same refresh token decides nothing either", () => {
    const moved = given(enrolled(), observed(first), succeeded(first, sameRefresh(first, 2)))
    assert.deepStrictEqual(types(refuse(verdictOf("GrantRevoked"), {}, moved)), [
      "ApiOutcomeObserved",
      "ErrorClassified"
    ])
  })
})

describe("GrantRevoked", () => {
  it("quarantines the generation, bound to its access token, and never cools down", () => {
    const drafts = refuse(verdictOf("GrantRevoked"))
    assert.deepStrictEqual(types(drafts), ["ApiOutcomeObserved", "ErrorClassified", "CredentialQuarantined"])
    assert.deepStrictEqual(drafts[2]?.data, {
      grant: grantId,
      generation: first,
      bound: "access",
      reason: "Revoked",
      rule: "codes/test"
    })
    const state = after(pool, drafts)
    assert.strictEqual(grantById(state, grantId).health._tag, "Dead")
    assert.isUndefined(onlyMember(state).cooldown)
  })

  it("is concluded once, however many callers report it", () => {
    const dead = after(pool, refuse(verdictOf("GrantRevoked")))
    assert.deepStrictEqual(types(refuse(verdictOf("GrantRevoked"), {}, dead)), [
      "ApiOutcomeObserved",
      "ErrorClassified"
    ])
  })

  it("does so for a caller that knows the access token only", () => {
    const state = after(pool, refuse(verdictOf("GrantRevoked"), { generation: accessOnly(1) }))
    assert.strictEqual(grantById(state, grantId).health._tag, "Dead")
  })

  it("kills an API key", () => {
    const key = given(enrolled({ kind: "apiKey" }), observed(accessOnly(1)))
    const state = after(key, refuse(verdictOf("GrantRevoked"), { generation: accessOnly(1) }, key))
    assert.strictEqual(grantById(state, grantId).health._tag, "Dead")
  })
})

describe("a verdict that concerns no credential's health", () => {
  for (const verdict of ["AccessExpired", "UpstreamFault", "RequestFault"] as const) {
    it(`${verdict} benches nothing and kills nothing`, () => {
      const drafts = refuse(verdictOf(verdict))
      assert.deepStrictEqual(types(drafts), ["ApiOutcomeObserved", "ErrorClassified"])
      const state = after(pool, drafts)
      assert.strictEqual(grantById(state, grantId).health._tag, "Live")
      assert.isUndefined(onlyMember(state).cooldown)
    })
  }

  it("AccessExpired counts against the generation that was sent", () => {
    assert.strictEqual(grantById(after(pool, refuse(verdictOf("AccessExpired"))), grantId).refusedInARow, 1)
  })
})

describe("a cooldown", () => {
  it("is not started again for a shorter time, and is for a longer one", () => {
    const benched = after(pool, refuse(verdictOf("QuotaExhausted", { until: now + 5 * hour })))
    const credential = onlyMember(benched)
    const again = (until: number) => types(refuse(verdictOf("RateLimited", { until }), { credential }, benched))
    assert.notInclude(again(now + hour), "CooldownStarted")
    assert.include(again(now + 6 * hour), "CooldownStarted")
  })

  for (const [reason, length] of Object.entries(defaults.cooldown)) {
    it(`for ${reason} lasts as long as the policy says when the answer names no end`, () => {
      const { until, ...rest } = cooldown(refuse(verdictOf(reason as keyof typeof defaults.cooldown)))
      assert.strictEqual(until, now + length)
      assert.deepStrictEqual(rest, { reason: reason as ApiVerdictName })
    })
  }

  it("lasts until the end that the answer names", () => {
    assert.strictEqual(cooldown(refuse(verdictOf("QuotaExhausted", { until: now + 5 * hour }))).until, now + 5 * hour)
    assert.strictEqual(cooldown(refuse(verdictOf("RateLimited", { until: now + 1 }))).until, now + 1)
  })

  it("lasts at most a day, then a probe", () => {
    const until = now + 30 * 24 * hour
    assert.strictEqual(cooldown(refuse(verdictOf("QuotaExhausted", { until }))).until, now + 24 * hour)
  })

  it("benches one model if that is what the answer is about", () => {
    const model = "gpt-5"
    assert.strictEqual(cooldown(refuse(verdictOf("ModelUnavailable", { scope: "model" }), { model })).model, model)
    assert.isUndefined(cooldown(refuse(verdictOf("RateLimited"), { model })).model)
  })

  it("is none for a model that is not there, if nobody knows which", () => {
    const types = refuse(verdictOf("ModelUnavailable", { scope: "model" })).map(({ type }) => type)
    assert.deepStrictEqual(types, ["ApiOutcomeObserved", "ErrorClassified"])
  })

  it("leaves the grant alone", () => {
    assert.strictEqual(grantById(after(pool, refuse(verdictOf("BillingRequired"))), grantId).health._tag, "Live")
  })
})

describe("an acceptance", () => {
  const accept = (state: PoolState, generation: GenerationRef = first, model?: string) =>
    concludeApiAcceptance(state, { credential: onlyMember(state), generation, model, now })

  it("is recorded for the first call of a generation", () => {
    assert.deepStrictEqual(accept(pool), [
      {
        type: "ApiOutcomeObserved",
        v: 1,
        credential: credentialId,
        data: { generation: first, accepted: true, count: 1 }
      }
    ])
    assert.deepStrictEqual(types(accept(given(enrolled(), observed(first), accepted(first)), next)), [
      "ApiOutcomeObserved"
    ])
  })

  it("is not recorded again", () => {
    assert.deepStrictEqual(accept(given(enrolled(), observed(first), accepted(first))), [])
    assert.deepStrictEqual(accept(after(pool, accept(pool))), [])
  })

  it("is recorded after a refusal", () => {
    const refused = given(enrolled(), observed(first), accepted(first), refusedByApi(first))
    assert.deepStrictEqual(types(accept(refused)), ["ApiOutcomeObserved"])
    assert.deepStrictEqual(accept(after(refused, accept(refused))), [])
  })

  it("ends a bench", () => {
    const state = given(enrolled(), observed(first), accepted(first), benched(now + hour))
    const drafts = accept(state)
    assert.deepStrictEqual(types(drafts), ["ApiOutcomeObserved", "CooldownCleared"])
    assert.isUndefined(onlyMember(after(state, drafts)).cooldown)
  })

  it("ends the bench of its model, and says so, but of no other model", () => {
    const state = given(
      enrolled(),
      observed(first),
      accepted(first),
      benched(now + hour, "gpt-5"),
      benched(now + hour, "gpt-4")
    )
    assert.deepStrictEqual(
      accept(state, first, "gpt-5").map(({ data }) => data),
      [
        { generation: first, accepted: true, count: 1 },
        { by: "success", model: "gpt-5" }
      ]
    )
    const then = onlyMember(after(state, accept(state, first, "gpt-5")))
    assert.deepStrictEqual(Array.from(HashMap.keys(then.modelCooldowns)), ["gpt-4"])
    assert.deepStrictEqual(accept(state), [])
    assert.deepStrictEqual(accept(state, first, "another"), [])
  })

  it("does not end a bench that is over", () => {
    assert.deepStrictEqual(accept(given(enrolled(), observed(first), accepted(first), benched(now))), [])
  })
})

it("a refusal benches the credential that was used, not its sister on the same grant", () => {
  const state = given(enrolled(), enrolledOther({ grant: grantId }), observed(first))
  const [used] = members(state)
  assert.strictEqual(used?.id, credentialId)
  const then = after(state, refuse(verdictOf("RateLimited")))
  assert.deepStrictEqual(
    members(then).map(({ cooldown }) => cooldown !== undefined),
    [true, false]
  )
})

it("a shorter bench of a model leaves a longer one of that model as it is, whatever the credential's own", () => {
  const state = given(enrolled(), observed(first), benched(now + minute), benched(now + hour, "gpt-5"))
  const verdict = verdictOf("RateLimited", { scope: "model", until: now + minute * 30 })
  assert.notInclude(types(refuse(verdict, { model: "gpt-5" }, state)), "CooldownStarted")
})

describe("calls that were counted", () => {
  const counted = (count: number, last: number): Step => ({
    ...acceptances({ credential: credentialId, generation: first, count, last }),
    at: now + hour
  })

  it("add to those that were accepted, and say when the last of them was", () => {
    const state = given(enrolled(), observed(first), accepted(first), counted(41, now))
    assert.deepInclude(onlyMember(state), { accepted: 42, lastAccepted: first, lastAcceptedAt: now })
  })

  it("leave the generation that was accepted last, though they are of an older one", () => {
    const state = given(enrolled(), observed(first), accepted(first), observed(next), accepted(next), counted(1, now))
    assert.deepStrictEqual(onlyMember(state).lastAccepted, next)
  })

  it("end no run of refusals that came after the last of them", () => {
    const refused = (last: number) =>
      grantById(given(enrolled(), observed(first), at(now, refusedByApi(first)), counted(3, last)), grantId)
    assert.strictEqual(refused(now).refusedInARow, 1)
    assert.strictEqual(refused(now + 1).refusedInARow, 0)
  })
})
