/** Why a login that lives cannot be used: each cause, and beside it the nearest case that is another one. */
import { GrantId } from "@daybook/pool/Ids"
import type { Generation } from "@daybook/pool/Generation"
import { assert, describe, it } from "@effect/vitest"
import {
  accepted,
  accessOnly,
  actorId,
  by,
  classified,
  credentialId,
  enrolled,
  enrolledOther,
  eventId,
  failed,
  fingerprint,
  generation,
  hour,
  lost,
  minute,
  observed,
  otherActor,
  otherCredentialId,
  paused,
  quarantined,
  refusedByApi,
  removed,
  resumed,
  second,
  start,
  started,
  type Step,
  succeeded
} from "./support.ts"

import { begun, refused, transient, ask, causeOf, types, chain, first, next } from "./whySupport.ts"

describe("a model API", () => {
  const observation = (sent: Generation): Step => ({
    type: "ApiOutcomeObserved",
    v: 1,
    id: eventId(500),
    credential: credentialId,
    data: {
      generation: sent,
      accepted: false,
      count: 1,
      evidence: { left: true, status: 401, code: "token_invalidated" }
    }
  })
  const concluded = (sent: Generation, verdict: "GrantRevoked" | "QuotaExhausted" | "NotEntitled"): Step => {
    const step = refusedByApi(sent, verdict)
    return { ...step, id: eventId(501), cause: eventId(500), data: { ...step.data, of: eventId(500) } } as Step
  }
  const bench = (
    reason: "QuotaExhausted" | "BillingRequired" | "NotEntitled" | "GrantRevoked" | "UpstreamFault"
  ): Step => ({
    type: "CooldownStarted",
    v: 1,
    credential: credentialId,
    cause: eventId(501),
    data: { until: start + hour, reason }
  })

  it("that calls the login ended means that it was revoked", () => {
    const steps = [
      ...begun(),
      observation(first),
      concluded(first, "GrantRevoked"),
      { ...quarantined(first, "access"), cause: eventId(501) }
    ]
    const answer = ask(steps)
    assert.strictEqual(answer.finding.cause, "revoked")
    assert.include(answer.finding.says, "401 token_invalidated")
    assert.deepStrictEqual(chain(steps), [
      "GenerationObserved brought",
      "ApiOutcomeObserved cause",
      "ErrorClassified cause",
      "CredentialQuarantined"
    ])
  })

  it("that says so means the same where a policy only benches for it", () => {
    assert.strictEqual(
      causeOf([...begun(), observation(first), concluded(first, "GrantRevoked"), bench("GrantRevoked")]),
      "revoked"
    )
  })

  it("that speaks of a quota or of money means a quota", () => {
    const told = (reason: "QuotaExhausted" | "BillingRequired") =>
      ask([...begun(), observation(first), concluded(first, "QuotaExhausted"), bench(reason)])
    assert.strictEqual(told("QuotaExhausted").finding.cause, "quota")
    assert.strictEqual(told("BillingRequired").finding.cause, "quota")
  })

  it("that denies what was asked means an entitlement", () => {
    assert.strictEqual(
      causeOf([...begun(), observation(first), concluded(first, "NotEntitled"), bench("NotEntitled")]),
      "entitlement"
    )
  })

  it("that fails means nothing of the login", () => {
    assert.strictEqual(causeOf([...begun(), observation(first), bench("UpstreamFault")]), "unknown")
  })

  it("that refuses two fresh tokens in a row means an entitlement, and one refusal does not", () => {
    const once = [...begun(), refusedByApi(first), started(first, 1, "unauthorized"), succeeded(first, next, 1)]
    assert.strictEqual(causeOf(once), "healthy")
    assert.strictEqual(causeOf([...once, refusedByApi(next)]), "entitlement")
    assert.strictEqual(causeOf([...once, accepted(next), refusedByApi(next)]), "unknown")
  })

  it("that called the login ended is believed when the bench for it is over, until it accepts something", () => {
    const steps = [...begun(), observation(first), concluded(first, "GrantRevoked"), bench("GrantRevoked")]
    assert.strictEqual(causeOf(steps, { now: start + 2 * hour }), "revoked")
    assert.strictEqual(causeOf([...steps, accepted(first)], { now: start + 2 * hour }), "healthy")
    assert.strictEqual(causeOf([...steps, observed(next, "login")], { now: start + 2 * hour }), "healthy")
  })

  it("binds a credential of the same account, and the answer names the other", () => {
    const account = fingerprint("account")
    const mine = generation(1, { account })
    const grant = "00000004-0000-7000-8000-000000000002"
    const theirs = observed(generation(9, { account }))
    const steps = [
      ...begun(mine),
      enrolledOther(),
      { ...theirs, credential: otherCredentialId, data: { ...theirs.data, grant } } as Step,
      { ...bench("QuotaExhausted"), credential: otherCredentialId, cause: undefined }
    ]
    const answer = ask(steps)
    assert.strictEqual(answer.finding.cause, "quota")
    assert.include(answer.finding.says, otherCredentialId)
    assert.strictEqual(answer.setter?.seq, 8)
  })

  it("binds a credential that joins the account later, and what benched the account is in the chain", () => {
    const account = fingerprint("account")
    const grant = "00000004-0000-7000-8000-000000000002"
    const theirs = observed(generation(9, { account }))
    const steps = [
      ...begun(generation(1, { account })),
      { ...bench("QuotaExhausted"), cause: undefined },
      enrolledOther(),
      { ...theirs, credential: otherCredentialId, data: { ...theirs.data, grant } } as Step
    ]
    const { chain, finding } = ask(steps, { credential: otherCredentialId })
    assert.strictEqual(finding.cause, "quota")
    assert.deepStrictEqual(
      chain.links.map(({ event, tie }) => [event.type, tie]),
      [
        ["CooldownStarted", "account"],
        ["GenerationObserved", undefined]
      ]
    )
  })

  it("benches by itself and by its account, and the answer shows the event of the bench that binds", () => {
    const account = fingerprint("account")
    const mine = generation(1, { account })
    const grant = "00000004-0000-7000-8000-000000000002"
    const theirs = observed(generation(9, { account }))
    const own = { ...bench("QuotaExhausted"), cause: undefined }
    const ofModel = { ...own, data: { ...own.data, model: "gpt" } } as Step
    const steps = [
      ...begun(mine),
      enrolledOther(),
      { ...theirs, credential: otherCredentialId, data: { ...theirs.data, grant } } as Step,
      own,
      ofModel,
      { ...own, credential: otherCredentialId } as Step
    ]
    assert.deepStrictEqual(types(ask(steps).finding.evidence), ["8 CooldownStarted"])
  })

  it("that benches it again has set the bench that binds now", () => {
    const until = (instant: number) =>
      ({ ...bench("QuotaExhausted"), cause: undefined, data: { until: instant, reason: "QuotaExhausted" } }) as Step
    const steps = [...begun(), until(start + hour), until(start + 2 * hour)]
    assert.strictEqual(ask(steps).setter?.seq, 7)
  })

  it("that calls a login ended whose refresh token dies later too has not set the state that counts", () => {
    const steps = [...begun(), quarantined(first, "access"), started(first), ...refused(first, "Revoked")]
    assert.strictEqual(ask(steps).setter?.seq, 10)
  })

  it("has benched nobody any more once the bench is over", () => {
    const steps = [...begun(), observation(first), concluded(first, "QuotaExhausted"), bench("QuotaExhausted")]
    assert.strictEqual(causeOf(steps, { now: start + hour - 1 }), "quota")
    const over = ask(steps, { now: start + hour })
    assert.strictEqual(over.finding.cause, "healthy")
    assert.strictEqual(over.before?.finding.cause, "quota")
  })
})

describe("a lost answer", () => {
  const crashed = [...begun(), by(otherActor, started(first))]

  it("is told from an attempt that nobody ended, once no answer can come", () => {
    assert.strictEqual(causeOf(crashed, { now: start + 10 * second }), "healthy")
    const answer = ask(crashed, { now: start + minute })
    assert.strictEqual(answer.finding.cause, "answer-lost")
    assert.include(answer.finding.says, "worker[43]")
    assert.deepStrictEqual(chain(crashed, { now: start + minute }), ["GenerationObserved brought", "RefreshStarted"])
  })

  it("is told from the doubt that the next process records, across the two", () => {
    const steps = [...crashed, { ...lost(first, start + 30 * second), cause: eventId(6) }]
    const answer = ask(steps)
    assert.strictEqual(answer.finding.cause, "answer-lost")
    assert.include(answer.finding.says, "worker[43] sent the refresh token")
    assert.deepStrictEqual(chain(steps), ["GenerationObserved brought", "RefreshStarted cause", "OutcomeLost"])
    assert.deepStrictEqual(
      answer.chain.links.map(({ event }) => event.actor),
      [actorId(1), otherActor, actorId(1)]
    )
  })

  it("is no cause where the provider takes its token again", () => {
    const step = lost(first, start + 30 * second)
    assert.strictEqual(causeOf([...crashed, { ...step, data: { ...step.data, suspect: false } } as Step]), "healthy")
  })

  it("is told from an answer that leaves it open", () => {
    const steps = [
      ...begun(),
      started(first),
      failed(first, { status: 503 }),
      classified(first, { reason: "ServerError", suspect: true, retryAt: start + hour })
    ]
    const answer = ask(steps)
    assert.strictEqual(answer.finding.cause, "answer-lost")
    assert.include(answer.finding.says, "503")
  })

  it("is told when a replay is refused, and the chain goes back to the crash", () => {
    const steps = [
      ...crashed,
      { ...lost(first, start + 30 * second), cause: eventId(6) },
      started(first, 2, "replay"),
      ...refused(first, "ResponseLost", { attempt: 2 })
    ]
    const answer = ask(steps)
    assert.strictEqual(answer.finding.cause, "answer-lost")
    assert.include(answer.finding.says, "worker[43] sent the refresh token")
    assert.deepStrictEqual(chain(steps), [
      "GenerationObserved brought",
      "RefreshStarted cause",
      "OutcomeLost trigger",
      "RefreshStarted attempt",
      "RefreshFailed evidence",
      "ErrorClassified cause",
      "CredentialQuarantined"
    ])
  })

  it("is laid on whoever sent the token that was lost, not on who was told to wait before", () => {
    const steps = [
      ...begun(),
      started(first, 1),
      failed(first, { status: 429 }, 1),
      transient(first, "RateLimited", 1),
      by(otherActor, started(first, 2)),
      lost(first, start + 30 * second, 2),
      started(first, 3, "replay"),
      ...refused(first, "ResponseLost", { attempt: 3 })
    ]
    assert.include(ask(steps).finding.says, "worker[43] sent the refresh token")
  })

  it("is told where the provider forgives no replay and nothing was sent again", () => {
    const steps = [...crashed, lost(first, start + 30 * second), quarantined(first, "refresh", "ResponseLost")]
    const answer = ask(steps)
    assert.strictEqual(answer.finding.cause, "answer-lost")
    assert.include(answer.finding.says, "takes no token a second time")
  })
})

describe("a token endpoint", () => {
  const refusing = (reason: "RateLimited" | "Misconfigured" | "Denied" | "Network") =>
    causeOf([...begun(), started(first), failed(first, { status: 400 }), transient(first, reason)])

  it("that says why it is not now is believed", () => {
    assert.strictEqual(refusing("Misconfigured"), "misconfigured")
    assert.strictEqual(refusing("Denied"), "entitlement")
    assert.strictEqual(refusing("RateLimited"), "quota")
    assert.strictEqual(refusing("Network"), "unknown")
  })

  it("that answers all logins of a provider in a way nobody knows is no cause of one", () => {
    const grant = GrantId.make("00000004-0000-7000-8000-000000000002")
    const answer = classified(first, { grant, reason: "Unrecognized", providerWide: true, retryAt: start + hour })
    const steps = [...begun(), enrolledOther(), { ...answer, credential: otherCredentialId } as Step]
    assert.include(ask(steps).finding.says, "Several logins of openai-codex")
    assert.strictEqual(causeOf(steps, { now: start + hour }), "healthy")
  })

  it("is not held against a login whose wait is over, as long as that has an access token", () => {
    const failing = (tokens: Generation) =>
      causeOf(
        [...begun(tokens), started(tokens), failed(tokens, { status: 400 }), transient(tokens, "Misconfigured")],
        {
          now: start + hour
        }
      )
    assert.strictEqual(failing(generation(1, { expiresAt: start + 2 * hour })), "healthy")
    assert.strictEqual(failing(generation(1, { expiresAt: start + minute })), "misconfigured")
  })
})

describe("time", () => {
  it("ends a login at its deadline, before anybody refuses it", () => {
    const tokens = generation(1, { deadline: start + hour })
    assert.strictEqual(causeOf(begun(tokens), { now: start + hour }), "expired")
    assert.strictEqual(causeOf(begun(tokens), { now: start + hour - 1 }), "healthy")
  })

  it("ends a token that nobody can renew", () => {
    const tokens = { ...accessOnly(1), expiresAt: start + hour }
    assert.strictEqual(causeOf(begun(tokens), { now: start + hour }), "expired")
    assert.strictEqual(causeOf(begun(tokens), { now: start + hour - 1 }), "healthy")
    assert.strictEqual(causeOf(begun(generation(1, { expiresAt: start + hour })), { now: start + hour }), "healthy")
  })

  it("ends a borrowed login until its owner renews it", () => {
    const tokens = generation(1, { expiresAt: start + hour })
    const steps = [...begun(tokens), enrolled({ ownership: "borrowed" })]
    assert.strictEqual(causeOf(steps, { now: start + hour }), "expired")
  })
})

describe("a person", () => {
  it("who paused it is the reason that it is not used", () => {
    assert.strictEqual(causeOf([...begun(), paused]), "operator")
    const back = ask([...begun(), paused, resumed])
    assert.strictEqual(back.finding.cause, "healthy")
    assert.isUndefined(back.before)
  })

  it("who removed it is the reason, whatever was wrong with it", () => {
    assert.strictEqual(causeOf([...begun(), started(first), ...refused(first, "Reused"), removed]), "operator")
  })

  it("does not hide the death that took it out of the pool", () => {
    const gone: Step = { type: "CredentialRemoved", v: 1, credential: credentialId, data: { by: "quarantine" } }
    assert.strictEqual(causeOf([...begun(), started(first), ...refused(first, "Reused"), gone]), "replayed")
  })
})
