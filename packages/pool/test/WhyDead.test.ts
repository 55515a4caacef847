/** Why a login is dead: each cause, and beside it the nearest case that is another one. */
import { fold } from "@daybook/pool/Evolve"
import { why } from "@daybook/pool/queries/Why"
import { assert, describe, it } from "@effect/vitest"
import { HashMap } from "effect"
import {
  at,
  by,
  credentialId,
  enrolledOther,
  eventId,
  failed,
  generation,
  grantId,
  hour,
  lifted,
  lost,
  minute,
  otherActor,
  otherCredentialId,
  quarantined,
  recorded,
  sameRefresh,
  second,
  start,
  started,
  type Step,
  succeeded
} from "./support.ts"

import { begun, refused, transient, ask, causeOf, types, first, next, third } from "./whySupport.ts"

describe("a token that is refused as used", () => {
  it("was replayed by a program outside the ledger, if none of ours had sent it", () => {
    const answer = ask([...begun(), started(first), ...refused(first, "Reused")])
    assert.strictEqual(answer.finding.cause, "replayed")
    assert.include(
      answer.finding.says,
      "(400 invalid_grant), and no process in this ledger had used it: another program had"
    )
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

  it("was revoked, and is not called unused, if each sending before was refused as well", () => {
    const again = (attempt: number) => [started(first, attempt), ...refused(first, "Revoked", { attempt })]
    const { cause, says } = ask([...begun(), ...again(1), lifted(first), ...again(2)]).finding
    assert.strictEqual(cause, "revoked")
    assert.include(says, "its refresh token had been sent once before")
    assert.include(ask([...begun(), ...again(1)]).finding.says, "nobody in this ledger had used its refresh token")
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
