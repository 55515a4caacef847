import { empty } from "@daybook/pool/PoolState"
import { GrantId, Seq } from "@daybook/pool/Ids"
import { fold } from "@daybook/pool/Evolve"
import type { Generation } from "@daybook/pool/Generation"
import type { CauseWord } from "@daybook/pool/queries/Cause"
import { type Answer, namesOf, why } from "@daybook/pool/queries/Why"
import type { FieldName } from "@daybook/pool/queries/why/Fields"
import type { Limits } from "@daybook/pool/queries/why/Case"
import { Recollection } from "@daybook/pool/queries/why/Recollection"
import type { Recorded } from "@daybook/pool/Recorded"
import { assert, describe, it } from "@effect/vitest"
import { HashMap } from "effect"
import {
  accepted,
  accessOnly,
  actorId,
  adopted,
  at,
  by,
  classified,
  cleared,
  credentialId,
  enrolled,
  enrolledOther,
  eventId,
  failed,
  fingerprint,
  generation,
  grantId,
  hour,
  joined,
  lifted,
  lost,
  minute,
  observed,
  opened,
  otherActor,
  otherCredentialId,
  paused,
  quarantined,
  recorded,
  refusedByApi,
  removed,
  resumed,
  sameRefresh,
  second,
  start,
  started,
  type Step,
  succeeded
} from "./support.ts"

const [first, next, third] = [generation(1), generation(2), generation(3)]

/** The pool's usual beginning: one login, its tokens, two processes. */
const begun = (tokens: Generation = first): ReadonlyArray<Step> => [
  opened,
  joined,
  {
    type: "ActorJoined",
    v: 1,
    actor: otherActor,
    data: { program: "worker", version: "1.0.0", pid: 43, host: "laptop" }
  },
  enrolled(),
  observed(tokens)
]

/** The token endpoint's refusal of a token, what was made of it, and the end. */
const refused = (
  sent: Generation,
  reason: "Reused" | "Expired" | "Revoked" | "AccountClosed" | "ResponseLost",
  { attempt = 1, code = "invalid_grant", message }: { attempt?: number; code?: string; message?: string } = {}
): ReadonlyArray<Step> => {
  const verdict = eventId(1_000 + attempt)
  return [
    failed(sent, { status: 400, code, ...(message === undefined ? {} : { message }) }, attempt),
    { ...classified(sent, { verdict: "Terminal", reason, rule: "codes/invalid_grant" }, attempt), id: verdict },
    { ...quarantined(sent, "refresh", reason), cause: verdict }
  ]
}

const transient = (sent: Generation, reason: "RateLimited" | "Misconfigured" | "Denied" | "Network", attempt = 1) =>
  classified(sent, { reason, retryAt: start + hour }, attempt)

interface Asking {
  readonly field?: FieldName
  readonly seq?: number
  readonly now?: number
  readonly limits?: Limits
}

const mentions = (event: Recorded, names: ReadonlyArray<string>): boolean =>
  names.some((name) => JSON.stringify(event).includes(name))

const ask = (steps: ReadonlyArray<Step>, asking?: Asking): Answer => askOf(recorded(steps), asking)

const askOf = (
  events: ReadonlyArray<Recorded>,
  { field = "status", limits, now, seq = Infinity }: Asking = {}
): Answer => {
  const all = events.filter((event) => event.seq <= seq)
  const state = fold(all)
  const moment = now ?? state.latest
  const credential = HashMap.getUnsafe(state.credentials, credentialId)
  const question = { credential: credentialId, field, now: moment }
  const recollection = new Recollection(empty, question)
  const names = namesOf(state, credential)
  for (const event of all) if (mentions(event, names)) recollection.add(event)
  const { held, setter, trouble } = recollection
  return why({ ...question, credential, state, events: held, setter, trouble, limits })
}

const causeOf = (steps: ReadonlyArray<Step>, asking?: Asking): CauseWord => ask(steps, asking).finding.cause
const types = (events: ReadonlyArray<Recorded>): ReadonlyArray<string> =>
  events.map(({ seq, type }) => `${seq} ${type}`)
const chain = (steps: ReadonlyArray<Step>, asking?: Asking) =>
  ask(steps, asking).chain.links.map(({ event, tie }) => `${event.type}${tie === undefined ? "" : ` ${tie}`}`)

describe("a token that is refused as used", () => {
  it("was replayed by a program outside the ledger, if none of ours had sent it", () => {
    const answer = ask([...begun(), started(first), ...refused(first, "Reused")])
    assert.strictEqual(answer.finding.cause, "replayed")
    assert.include(answer.finding.says, "daybook[42] was the first in this ledger to send it")
  })

  it("was raced for, if another process of ours had it under way", () => {
    const answer = ask([
      ...begun(),
      by(otherActor, started(first, 1)),
      started(first, 2),
      by(otherActor, failed(first, { status: 503 }, 1)),
      ...refused(first, "Reused", { attempt: 2 })
    ])
    assert.strictEqual(answer.finding.cause, "raced")
    assert.deepStrictEqual(answer.finding.by, { actor: otherActor })
    assert.include(answer.finding.says, "worker[43] and daybook[42]")
  })

  it("was replayed, if all of ours that had it under way were refused", () => {
    const steps = [
      ...begun(),
      by(otherActor, started(first, 1)),
      started(first, 2),
      by(otherActor, failed(first, { status: 400 }, 1)),
      ...refused(first, "Reused", { attempt: 2 })
    ]
    assert.strictEqual(causeOf(steps), "replayed")
  })

  it("was spent by another process of ours, if that got new tokens for it under another grant", () => {
    const copy = enrolledOther()
    const grant = { grant: "00000004-0000-7000-8000-000000000002" } as const
    const sent = by(otherActor, started(first, 1))
    const got = by(otherActor, succeeded(first, next, 1))
    const answer = ask([
      ...begun(),
      copy,
      { ...sent, credential: otherCredentialId, data: { ...sent.data, ...grant } } as Step,
      { ...got, credential: otherCredentialId, data: { ...got.data, ...grant } } as Step,
      started(first, 2),
      ...refused(first, "Reused", { attempt: 2 })
    ])
    assert.strictEqual(answer.finding.cause, "raced")
    assert.deepStrictEqual(answer.finding.by, { actor: otherActor })
  })

  it("is the price of a lost answer, if one of ours had sent it before and got none", () => {
    const steps = [
      ...begun(),
      by(otherActor, started(first, 1)),
      lost(first, start + 30 * second, 1),
      started(first, 2, "replay"),
      ...refused(first, "Reused", { attempt: 2 })
    ]
    assert.strictEqual(causeOf(steps), "answer-lost")
  })

  it("was replayed all the same, if our earlier request never left", () => {
    const steps = [
      ...begun(),
      by(otherActor, started(first, 1)),
      by(otherActor, failed(first, { left: false, fault: "ECONNREFUSED" }, 1)),
      started(first, 2),
      ...refused(first, "Reused", { attempt: 2 })
    ]
    assert.strictEqual(causeOf(steps), "replayed")
  })

  it("was replayed all the same, if our earlier request was refused for its rate", () => {
    const steps = [
      ...begun(),
      by(otherActor, started(first, 1)),
      by(otherActor, failed(first, { status: 429 }, 1)),
      transient(first, "RateLimited", 1),
      started(first, 2),
      ...refused(first, "Reused", { attempt: 2 })
    ]
    assert.strictEqual(causeOf(steps), "replayed")
  })

  it("was replayed, if what another of ours had under way was refused for its rate meanwhile", () => {
    const steps = [
      ...begun(),
      by(otherActor, started(first, 1)),
      started(first, 2),
      by(otherActor, failed(first, { status: 429 }, 1)),
      transient(first, "RateLimited", 1),
      ...refused(first, "Reused", { attempt: 2 })
    ]
    assert.strictEqual(causeOf(steps), "replayed")
  })

  it("is the price of a crash that nobody has noted, if that was long before", () => {
    const crash = by(otherActor, started(first, 1))
    const late = (step: Step) => at(start + hour, step)
    const steps = [...begun(), crash, late(started(first, 2)), ...refused(first, "Reused", { attempt: 2 }).map(late)]
    assert.strictEqual(causeOf(steps), "answer-lost")
  })

  it("is not laid on one of ours that sent it only afterwards", () => {
    const after = by(otherActor, started(first, 2))
    const grant = "00000004-0000-7000-8000-000000000002"
    const steps = [
      ...begun(),
      enrolledOther(),
      started(first, 1),
      ...refused(first, "Reused"),
      { ...after, credential: otherCredentialId, data: { ...after.data, grant } } as Step
    ]
    assert.strictEqual(causeOf(steps), "replayed")
  })

  it("is not laid on anybody, if sendings of it are out of sight", () => {
    const all = recorded([
      ...begun(),
      started(first, 1),
      failed(first, { status: 429 }, 1),
      transient(first, "RateLimited", 1),
      started(first, 2),
      ...refused(first, "Reused", { attempt: 2 })
    ])
    const state = fold(all)
    const events = all.slice(8)
    const answer = why({
      credential: HashMap.getUnsafe(state.credentials, credentialId),
      field: "status",
      now: state.latest,
      state,
      events,
      setter: events.at(-1),
      trouble: undefined
    })
    assert.strictEqual(answer.finding.cause, "unknown")
  })
})

describe("a token that is refused as not valid", () => {
  it("is of a login that was revoked", () => {
    const answer = ask([
      ...begun(),
      at(start + hour, started(first)),
      ...refused(first, "Revoked").map((step) => at(start + hour, step))
    ])
    assert.strictEqual(answer.finding.cause, "revoked")
    assert.include(answer.finding.says, "it had come 59 min before")
  })

  it("is of a login whose account was closed", () => {
    assert.strictEqual(causeOf([...begun(), started(first), ...refused(first, "AccountClosed")]), "revoked")
  })

  it("is of a login past its deadline, if that was over", () => {
    const tokens = generation(1, { deadline: start + minute })
    const late = start + minute
    const steps = (when: number) => [
      ...begun(tokens),
      at(when, started(tokens)),
      ...refused(tokens, "Revoked").map((step) => at(when, step))
    ]
    assert.strictEqual(causeOf(steps(late)), "expired")
    assert.strictEqual(causeOf(steps(late - 1)), "revoked")
  })

  it("had rested for too long, if its provider is known to end what rests", () => {
    const steps = [
      ...begun(),
      at(start + 3 * hour, started(first)),
      ...refused(first, "Revoked").map((step) => at(start + 3 * hour, step))
    ]
    assert.strictEqual(causeOf(steps, { limits: { idleMillis: 2 * hour } }), "idle")
    assert.strictEqual(causeOf(steps, { limits: { idleMillis: 4 * hour } }), "revoked")
    assert.strictEqual(causeOf(steps), "revoked")
  })

  const stray = [
    ...begun(),
    started(first, 1),
    succeeded(first, next, 1),
    by(otherActor, started(first, 2)),
    by(otherActor, failed(first, { status: 400, code: "invalid_grant" }, 2)),
    started(next, 3)
  ]

  it("was lost by one of ours that sent a token of the past", () => {
    const answer = ask([...stray, ...refused(next, "Revoked", { attempt: 3 })])
    assert.strictEqual(answer.finding.cause, "raced")
    assert.deepStrictEqual(answer.finding.by, { actor: otherActor })
  })

  it("was not lost by the sending that brought it, nor by one that never left", () => {
    const refreshed = [...begun(), started(first, 1), succeeded(first, next, 1)]
    const dead = [started(next, 3), ...refused(next, "Revoked", { attempt: 3 })]
    const unsent = [by(otherActor, started(first, 2)), by(otherActor, failed(first, { left: false }, 2))]
    assert.strictEqual(causeOf([...refreshed, ...dead]), "revoked")
    assert.strictEqual(causeOf([...refreshed, ...unsent, ...dead]), "revoked")
  })

  it("was used before where a provider takes it again and again, and nobody raced for it", () => {
    const again = sameRefresh(first, 2)
    const steps = [
      ...begun(),
      by(otherActor, started(first, 1)),
      by(otherActor, succeeded(first, again, 1)),
      started(again, 2),
      ...refused(again, "Revoked", { attempt: 2 })
    ]
    assert.strictEqual(causeOf(steps), "revoked")
  })

  it("was raced for, if another process of ours had it under way", () => {
    const steps = [
      ...begun(),
      by(otherActor, started(first, 1)),
      started(first, 2),
      ...refused(first, "Revoked", { attempt: 2 })
    ]
    assert.strictEqual(causeOf(steps), "raced")
  })

  it("was revoked, if the provider says so, whatever was sent before", () => {
    const said = refused(next, "Revoked", { attempt: 3, message: "Refresh token has been revoked" })
    assert.strictEqual(causeOf([...stray, ...said]), "revoked")
  })

  const read = (standing: "stale" | "another login"): Step => ({
    type: "VaultRead",
    v: 1,
    credential: credentialId,
    data: { grant: grantId, store: "hermes", found: "generation", generation: third, standing }
  })

  it("was replayed by another program, if its store had shown an older pair", () => {
    const answer = ask([...begun(), read("stale"), started(first), ...refused(first, "Revoked")])
    assert.strictEqual(answer.finding.cause, "replayed")
    assert.deepStrictEqual(answer.finding.by, { store: "hermes" })
    assert.include(types(answer.finding.evidence), "6 VaultRead")
  })

  it("was not replayed for that somebody else logged in there", () => {
    assert.strictEqual(
      causeOf([...begun(), read("another login"), started(first), ...refused(first, "Revoked")]),
      "revoked"
    )
  })

  it("was declared dead by the program that shares its store", () => {
    const seen: Step = {
      type: "VaultRead",
      v: 1,
      id: eventId(77),
      credential: credentialId,
      data: { grant: grantId, store: "hermes", found: "none" }
    }
    const answer = ask([...begun(), seen, { ...quarantined(first), cause: eventId(77) }])
    assert.strictEqual(answer.finding.cause, "revoked")
    assert.deepStrictEqual(answer.finding.by, { store: "hermes" })
    const reused = ask([...begun(), seen, { ...quarantined(first, "refresh", "Reused"), cause: eventId(77) }])
    assert.strictEqual(reused.finding.cause, "replayed")
  })
})

describe("a deadline", () => {
  const day = 24 * hour
  const dying = (deadlines: readonly [number, number], rest: number) => {
    const before = generation(1, { expiresAt: start + hour, deadline: start + deadlines[0] })
    const tokens = generation(2, { expiresAt: start + 2 * hour, deadline: start + deadlines[1] })
    const late = (step: Step) => at(start + hour + rest, step)
    return [
      ...begun(before),
      at(start + hour, started(before)),
      at(start + hour, succeeded(before, tokens)),
      late(started(tokens, 2)),
      ...refused(tokens, "Expired", { attempt: 2 }).map(late)
    ]
  }

  it("that stays where it is, is the end of the login", () => {
    assert.strictEqual(causeOf(dying([day, day], 2 * day)), "expired")
  })

  it("that moves on with each refresh ends only a token that was left alone", () => {
    const answer = ask(dying([day, day + hour], 2 * day))
    assert.strictEqual(answer.finding.cause, "idle")
    assert.include(answer.finding.says, "was not used for 2 d")
  })

  it("that was named once is the token's if that was left alone, unless all logins of the provider end so", () => {
    const tokens = generation(1, { expiresAt: start + hour, deadline: start + day })
    const late = (step: Step) => at(start + 2 * day, step)
    const steps = [...begun(tokens), late(started(tokens)), ...refused(tokens, "Expired").map(late)]
    assert.strictEqual(causeOf(steps), "idle")
    assert.strictEqual(causeOf(steps, { limits: { grantMillis: day } }), "expired")
  })
})

describe("a token that is refused as expired", () => {
  const tokens = generation(1, { expiresAt: start + hour })
  const after = (millis: number) => [
    ...begun(tokens),
    at(start + millis, started(tokens)),
    ...refused(tokens, "Expired").map((step) => at(start + millis, step))
  ]

  it("lay idle, if it was left for twice as long as its access token was good", () => {
    const answer = ask(after(3 * hour))
    assert.strictEqual(answer.finding.cause, "idle")
    assert.include(answer.finding.says, "rested for 2 h")
  })

  it("reached its end, if it was refreshed when it was due", () => {
    assert.strictEqual(causeOf(after(hour)), "expired")
  })

  it("is older than its first sight, if it says so itself", () => {
    const old = generation(1, { issuedAt: start - 2 * hour, expiresAt: start - hour })
    const steps = [...begun(old), started(old), ...refused(old, "Expired")]
    assert.strictEqual(causeOf(steps), "idle")
  })
})

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

const won = (phase: "before request" | "after rejection"): Step => {
  const step = adopted(first, next)
  return { ...step, data: { ...step.data, phase } } as Step
}

describe("a healthy credential", () => {
  it("says so, with its last sign of life", () => {
    const answer = ask([...begun(), accepted(first)])
    assert.strictEqual(answer.finding.cause, "healthy")
    assert.include(answer.finding.says, "accepted it last at 2026-11-22T10:00:05Z")
    assert.isUndefined(answer.before)
  })

  it("whose tokens are those of the winner of a race says so, until it is refreshed itself", () => {
    const steps = [...begun(), started(first), failed(first, { status: 400 }), won("after rejection"), accepted(next)]
    const answer = ask(steps)
    assert.strictEqual(answer.finding.cause, "raced")
    assert.strictEqual(answer.value, "ok")
    assert.deepStrictEqual(answer.finding.by, { store: "hermes" })
    const later = ask([...steps, started(next, 2), succeeded(next, third, 2)])
    assert.strictEqual(later.finding.cause, "healthy")
    assert.strictEqual(later.before?.finding.cause, "raced")
    assert.strictEqual(later.before?.event.seq, 8)
  })

  it("does not call it a race when another program was first, before anything was sent", () => {
    const answer = ask([...begun(), won("before request"), accepted(next)])
    assert.strictEqual(answer.finding.cause, "healthy")
    assert.isUndefined(answer.before)
  })

  it("does not call the ordinary turn of one of ours a race", () => {
    const turn: Step = {
      type: "RaceAdopted",
      v: 1,
      credential: credentialId,
      data: { grant: grantId, held: first, found: next, winner: { actor: otherActor }, phase: "before request" }
    }
    const steps = [...begun(), by(otherActor, started(first)), by(otherActor, succeeded(first, next)), turn]
    assert.isUndefined(ask(steps).before)
    assert.strictEqual(causeOf(steps, { field: "current" }), "healthy")
    assert.deepStrictEqual(chain(steps, { field: "current" }), [
      "GenerationObserved brought",
      "RefreshStarted attempt",
      "RefreshSucceeded"
    ])
  })

  it("says of what a login died that was made again", () => {
    const steps = [
      ...begun(),
      started(first),
      ...refused(first, "Reused"),
      cleared(first),
      lifted(first, "generation"),
      observed(next, "login")
    ]
    const answer = ask(steps)
    assert.strictEqual(answer.finding.cause, "healthy")
    assert.strictEqual(answer.before?.finding.cause, "replayed")
  })
})

describe("a moment before", () => {
  const steps = [
    ...begun(),
    started(first),
    ...refused(first, "Reused"),
    lifted(first, "generation"),
    observed(next, "login")
  ]

  it("has another answer", () => {
    assert.deepStrictEqual(
      [6, 8, 9, 11].map((seq) => causeOf(steps, { seq })),
      ["healthy", "replayed", "replayed", "healthy"]
    )
  })

  it("has the same answer, whatever came after", () => {
    const before = recorded(steps).slice(0, 9)
    const whole = JSON.stringify(ask(steps, { seq: 9 }))
    assert.strictEqual(whole, JSON.stringify(ask(before.map((event) => event as Step))))
  })
})

describe("a field", () => {
  it("stands as the event set it that set it last", () => {
    const label = (text: string): Step => ({
      type: "CredentialRelabelled",
      v: 1,
      credential: credentialId,
      data: { label: text }
    })
    const steps = [...begun(), label("home"), label("work"), accepted(first)]
    const answer = ask(steps, { field: "label" })
    assert.strictEqual(answer.value, "work")
    assert.strictEqual(answer.setter?.seq, 7)
    assert.strictEqual(answer.finding.cause, "operator")
    assert.strictEqual(ask(begun(), { field: "priority" }).setter?.type, "CredentialEnrolled")
  })

  it("says who brought the tokens that count", () => {
    const race = [...begun(), started(first), failed(first), won("after rejection")]
    assert.strictEqual(causeOf(race, { field: "current" }), "raced")
    assert.strictEqual(causeOf([...race, started(next), succeeded(next, third)], { field: "current" }), "healthy")
    const turn = ask([...begun(), won("before request")], { field: "current" })
    assert.strictEqual(turn.finding.cause, "healthy")
    assert.deepStrictEqual(turn.finding.by, { store: "hermes" })
  })

  it("says whether the login is alive, whatever else holds the credential back", () => {
    assert.strictEqual(causeOf([...begun(), paused], { field: "health" }), "healthy")
    assert.strictEqual(
      causeOf([...begun(), started(first), ...refused(first, "Reused"), paused], { field: "health" }),
      "replayed"
    )
  })

  it("of a quota is used up or not", () => {
    const used = (usedPercent: number): Step => ({
      type: "QuotaObserved",
      v: 1,
      credential: credentialId,
      data: { windows: [{ name: "5h", usedPercent }] }
    })
    assert.strictEqual(causeOf([...begun(), used(100)], { field: "quota" }), "quota")
    assert.strictEqual(causeOf([...begun(), used(99)], { field: "quota" }), "healthy")
  })
})

describe("tokens that another program put in the place of ours", () => {
  const verdict = eventId(700)
  const back = (reason: "Reused" | "Revoked"): ReadonlyArray<Step> => {
    const step = adopted(next, first)
    return [
      ...begun(),
      adopted(first, next),
      started(next),
      failed(next),
      { ...classified(next, { verdict: "Terminal", reason }), id: verdict },
      { ...step, cause: verdict, data: { ...step.data, winner: {}, phase: "after rejection", fallback: true } } as Step
    ]
  }

  it("and that were refused for good are the reason why the former count again", () => {
    assert.strictEqual(causeOf(back("Reused"), { field: "current" }), "replayed")
    assert.strictEqual(causeOf(back("Revoked"), { field: "current" }), "revoked")
    assert.strictEqual(causeOf(back("Reused")), "healthy")
  })
})

describe("an event of a newer version", () => {
  it("about the login keeps this one from deciding, and is shown", () => {
    const all = recorded(begun())
    const newer: Recorded = {
      seq: Seq.make(6),
      at: start + minute,
      id: eventId(6),
      actor: actorId(1),
      type: "Unknown",
      v: 2,
      data: { type: "New", grant: grantId, raw: { grant: grantId } }
    }
    const answer = askOf([...all, newer])
    assert.strictEqual(answer.finding.cause, "unknown")
    assert.deepStrictEqual(types(answer.finding.evidence), ["6 Unknown"])
  })
})

describe("a story without end", () => {
  it("is held in part, the newest events of it", () => {
    const many = recorded([...begun(), ...Array.from({ length: 8_191 }, (_, n) => started(first, n))])
    const recollection = new Recollection(empty, { credential: credentialId, field: "label", now: start })
    for (const event of many.slice(3)) recollection.add(event)
    assert.isAtMost(recollection.held.length, 4_096)
    assert.strictEqual(recollection.held.at(-1), many.at(-1))
  })
})

describe("a chain", () => {
  it("ends with whoever brought the tokens", () => {
    const steps = [
      ...begun(),
      started(first, 1),
      succeeded(first, next, 1),
      started(next, 2),
      succeeded(next, third, 2)
    ]
    assert.deepStrictEqual(chain(steps, { field: "current" }), [
      "RefreshSucceeded brought",
      "RefreshStarted attempt",
      "RefreshSucceeded"
    ])
  })

  it("takes nothing for a cause that came later", () => {
    const steps = [
      ...begun(),
      refusedByApi(first),
      started(first, 1, "unauthorized"),
      refusedByApi(first),
      ...refused(first, "Reused")
    ]
    assert.deepStrictEqual(
      ask(steps).chain.links.map(({ event }) => Number(event.seq)),
      [6, 7, 9, 10, 11]
    )
  })

  it("does not lead from an answer that left nothing in doubt", () => {
    const step = lost(first, start)
    const steps = [
      ...begun(),
      started(first),
      { ...step, data: { ...step.data, suspect: false } } as Step,
      quarantined(first)
    ]
    assert.deepStrictEqual(chain(steps), ["CredentialQuarantined"])
  })

  it("goes from a refusal by the API through the refresh that it set off to the end", () => {
    const steps = [...begun(), refusedByApi(first), started(first, 1, "unauthorized"), ...refused(first, "Reused")]
    assert.deepStrictEqual(chain(steps), [
      "ErrorClassified trigger",
      "RefreshStarted attempt",
      "RefreshFailed evidence",
      "ErrorClassified cause",
      "CredentialQuarantined"
    ])
  })

  it("names a cause that is not at hand", () => {
    const elsewhere = eventId(999)
    const answer = ask([...begun(), { ...quarantined(first), cause: elsewhere }])
    assert.strictEqual(answer.chain.outside, elsewhere)
    assert.strictEqual(answer.finding.cause, "revoked")
  })

  it("ends, whatever causes are written", () => {
    const loop = eventId(6)
    const answer = ask([...begun(), { ...quarantined(first), id: loop, cause: loop }])
    assert.strictEqual(answer.chain.links.length, 1)
  })
})
