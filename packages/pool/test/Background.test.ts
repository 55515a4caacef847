import { fold } from "@daybook/pool/Evolve"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { type Generation, refOf } from "@daybook/pool/Generation"
import { ActorId, EventId, GrantId, Seq } from "@daybook/pool/Ids"
import { type Grant, grantById, type PoolState } from "@daybook/pool/PoolState"
import { isBackground } from "@daybook/pool/queries/Background"
import type { Recorded } from "@daybook/pool/Recorded"
import { assert, describe, it } from "@effect/vitest"
import { HashMap, Schema } from "effect"
import * as arbitrary from "./arbitraries.ts"

/** What is no count. */
const standing = (state: PoolState) => ({
  credentials: new Map(
    Array.from(HashMap.toEntries(state.credentials), ([id, { accepted: _a, refused: _r, ...credential }]) => [
      id,
      { ...credential, modelCooldowns: new Map(HashMap.toEntries(credential.modelCooldowns)) }
    ])
  ),
  grants: new Map(Array.from(HashMap.toEntries(state.grants), ([id, grant]) => [id, standingOf(grant)])),
  providers: new Map(HashMap.toEntries(state.providers))
})

const standingOf = ({ backoff, lineage, ...grant }: Grant) => ({
  ...grant,
  backoff: backoff && { ...backoff, failures: 0 },
  lineage: lineage.map(({ by, generation, seq }) => ({ by, generation: refOf(generation), seq }))
})

const cut = (events: ReadonlyArray<Recorded>, at: number): ReadonlyArray<Recorded> => [
  ...events.slice(0, at).filter(isBackground(fold(events.slice(0, at)))),
  ...events.slice(at)
]

describe("the background of a moment", () => {
  it.prop(
    "gives with what came after it the state that all events give",
    {
      ledger: arbitrary.ledgerOf(arbitrary.event),
      at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }))
    },
    ({ at, ledger }) => {
      assert.deepStrictEqual(standing(fold(cut(ledger, at))), standing(fold(ledger)))
    },
    { arbitrary: { runs: 80, size: 40 } }
  )

  it("keeps the second sight of a generation, which said when the grant ends", () => {
    const at = 1_795_341_600_000
    const grant = GrantId.make("00000004-0000-7000-8000-000000000001")
    const place = (seq: number) => ({
      seq: Seq.make(seq),
      at: at + seq,
      id: EventId.make(`00000005-0000-7000-8000-00000000000${seq}`),
      actor: ActorId.make("00000001-0000-7000-8000-000000000001"),
      v: 1 as const
    })
    const stashed = (seq: number, next: Generation): Recorded => ({
      ...place(seq),
      type: "SuccessorStashed",
      data: { grant, consumed: {}, next, where: "memory", why: "" }
    })
    const [first, second] = ["fp_a_______________", "fp_b_______________"].map((text) => Fingerprint.make(text))
    const ledger = [
      stashed(1, { refresh: first! }),
      stashed(2, { refresh: first!, deadline: at + 90_000 }),
      stashed(3, { refresh: second! })
    ]
    assert.deepStrictEqual(standing(fold(cut(ledger, 3))), standing(fold(ledger)))
    assert.strictEqual(grantById(fold(cut(ledger, 3)), grant).current?.deadline, at + 90_000)
  })
})
