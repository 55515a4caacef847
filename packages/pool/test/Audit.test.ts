import { fold } from "@daybook/pool/Evolve"
import { type Account, audit, auditedTypes } from "@daybook/pool/queries/Audit"
import { type Counts, sumBy } from "@daybook/pool/queries/AuditCounts"
import { catalogue } from "@daybook/pool/Event"
import { assert, describe, it } from "@effect/vitest"
import {
  accepted,
  actor,
  adopted,
  applied,
  benched,
  by,
  credentialId,
  enrolled,
  enrolledOther,
  failed,
  generation,
  joined,
  lifted,
  lost,
  observed,
  opened,
  otherActor,
  otherCredentialId,
  paused,
  quarantined,
  recorded,
  removed,
  resumed,
  start,
  started,
  type Step,
  succeeded
} from "./support.ts"
import { Seq } from "@daybook/pool/Ids"

const first = generation(1)
const next = generation(2)
const live = [opened, joined, enrolled(), observed(first)]

const told = (steps: ReadonlyArray<Step>, from = 1): Account => {
  const events = recorded(steps)
  return audit(
    events.filter(({ seq }) => seq >= from),
    fold(events)
  )
}

/** What is not zero. */
const only = (counts: Counts | undefined) =>
  Object.fromEntries(Object.entries(counts ?? {}).filter(([, count]) => typeof count === "number" && count !== 0))

const totals = (steps: ReadonlyArray<Step>, from?: number) => only(told(steps, from).totals)

describe("an account", () => {
  it("tells what was sent and what came of it", () => {
    const steps = [...live, started(first, 1), succeeded(first, next, 1), started(next, 2), failed(next, {}, 2)]
    assert.deepStrictEqual(totals(steps), { enrolled: 1, sent: 2, succeeded: 1, failed: 1 })
  })

  it("counts an attempt that ended before anything was sent as that, and not as sent", () => {
    const steps = [...live, started(first), failed(first, { left: false, fault: "ECONNREFUSED" })]
    assert.deepStrictEqual(totals(steps), { enrolled: 1, unsent: 1 })
    assert.deepStrictEqual(totals(steps, 6), { unsent: 1 }, "its beginning is not in the stretch")
  })

  it("holds what became of an attempt against the process that began it, whoever found out", () => {
    const steps = [...live, started(first), by(otherActor, lost(first, start)), by(otherActor, paused)]
    const actors = sumBy(told(steps).rows, (row) => row.actor)
    assert.deepStrictEqual(only(actors.get(actor)), { enrolled: 1, sent: 1, lost: 1 })
    assert.deepStrictEqual(only(actors.get(otherActor)), { acts: 1 })
  })

  it("holds it against the one who tells of it where the beginning lies before the stretch", () => {
    const steps = [...live, started(first), by(otherActor, lost(first, start))]
    const [row, ...others] = told(steps, 6).rows
    assert.deepStrictEqual([row?.actor, others], [otherActor, []])
    assert.deepStrictEqual(only(row), { lost: 1 })
  })

  it("counts adoptions, but not where nobody won", () => {
    const fallback = adopted(first, next)
    assert.deepStrictEqual(totals([...live, adopted(first, next)]), { enrolled: 1, adopted: 1 })
    const back = { ...fallback, data: { ...fallback.data, fallback: true } } as Step
    assert.deepStrictEqual(totals([...live, back]), { enrolled: 1 })
  })

  it("counts every refused call, and no accepted one", () => {
    const refusals = { ...accepted(first, 3), data: { generation: first, accepted: false, count: 3 } } as Step
    assert.deepStrictEqual(totals([...live, accepted(first, 9), refusals]), { enrolled: 1, refused: 3 })
  })

  it("tells deaths, who came and went, and what people did", () => {
    const steps = [...live, quarantined(first), lifted(first), lifted(first, "generation"), paused, resumed, removed]
    assert.deepStrictEqual(totals(steps), { enrolled: 1, quarantined: 1, acts: 3, removed: 1 })
  })

  it("is kept by process and by credential, and adds up to its totals", () => {
    const steps = [...live, enrolledOther(), by(otherActor, started(first)), by(otherActor, succeeded(first, next))]
    const { rows, totals } = told(steps)
    assert.deepStrictEqual(
      rows.map((row) => [row.actor, row.credential, only(row)]),
      [
        [actor, credentialId, { enrolled: 1 }],
        [actor, otherCredentialId, { enrolled: 1 }],
        [otherActor, credentialId, { sent: 1, succeeded: 1 }]
      ]
    )
    assert.deepStrictEqual(only(totals), { enrolled: 2, sent: 1, succeeded: 1 })
  })

  it("finds the credential of an event that names only a grant, of two the one that is a member", () => {
    const { credential: _, ...nobodys } = quarantined(first) as Step & { readonly credential: string }
    const again = [...live, removed, enrolled({}, otherCredentialId), nobodys as Step]
    const row = told(again).rows.find(({ quarantined }) => quarantined === 1)
    assert.strictEqual(row?.credential, otherCredentialId)
  })

  it("tells where the policy is another than before, whoever applies it", () => {
    const steps = [opened, applied("a"), by(otherActor, applied("a")), applied("b"), by(otherActor, applied("a"))]
    assert.deepStrictEqual(
      told(steps).policies.map(({ actor, hash, seq }) => [Number(seq), actor, hash]),
      [
        [2, actor, "a"],
        [4, actor, "b"],
        [5, otherActor, "a"]
      ]
    )
  })

  it("tells of the ledger what it says of itself", () => {
    const tail: Step = { type: "TailSealed", v: 1, data: { offset: 7, length: 3, crc: "00000000" } }
    const sealed: Step = { type: "SegmentSealed", v: 1, data: { first: Seq.make(1), bytes: 100 } }
    const range = { segment: Seq.make(1), offset: 40, length: 9, crc: "00000000", seq: Seq.make(3), h: "" }
    const { check, format, ledger, lock } = opened.data as never
    const next = { type: "SegmentOpened", v: 1, data: { check, format, ledger, lock, continues: "", accepts: [range] } }
    const { life } = told([opened, joined, tail, sealed, next as Step])
    assert.deepStrictEqual(life, {
      joined: 1,
      segmentsSealed: 1,
      tailsSealed: [{ seq: Seq.make(3), at: start + 2000, offset: 7, length: 3 }],
      damageAccepted: [
        { seq: Seq.make(5), at: start + 4000, segment: Seq.make(1), offset: 40, length: 9, upTo: Seq.make(3) }
      ]
    })
  })

  it("is the same from the events of the audited types alone", () => {
    const steps = [...live, benched(start), started(first), succeeded(first, next), paused, applied("a"), lifted(first)]
    const events = recorded(steps)
    const fewer = events.filter(({ type }) => type !== "Unknown" && auditedTypes.has(type))
    assert.isBelow(fewer.length, events.length)
    assert.deepStrictEqual(audit(fewer, fold(events)), audit(events, fold(events)))
    assert.isTrue(Object.keys(catalogue).length > auditedTypes.size)
  })
})
