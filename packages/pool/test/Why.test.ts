/** Why a credential is as it is: its fields, what led there, and what is no fault. */
import { empty } from "@daybook/pool/PoolState"
import { Seq } from "@daybook/pool/Ids"
import { Recollection } from "@daybook/pool/queries/why/Recollection"
import type { Recorded } from "@daybook/pool/Recorded"
import { assert, describe, it } from "@effect/vitest"
import {
  accepted,
  actorId,
  adopted,
  by,
  classified,
  cleared,
  credentialId,
  eventId,
  failed,
  grantId,
  lifted,
  lost,
  minute,
  observed,
  otherActor,
  paused,
  quarantined,
  recorded,
  refusedByApi,
  start,
  started,
  type Step,
  succeeded
} from "./support.ts"

import { begun, refused, ask, askOf, causeOf, types, chain, first, next, third } from "./whySupport.ts"

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
    assert.strictEqual(answer.chain.links.at(-1)?.event.type, "RaceAdopted")
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

  it("is not called older than the ledger if nobody has ever said when the tokens end", () => {
    const answer = ask(begun(), { field: "expiresAt" })
    assert.deepStrictEqual([answer.value, answer.finding.cause], [undefined, "healthy"])
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
    assert.strictEqual(ask([...begun(), used(99), accepted(first)], { field: "quota" }).setter?.seq, 6)
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
