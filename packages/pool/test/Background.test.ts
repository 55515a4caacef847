import { fold } from "@daybook/pool/Evolve"
import { refOf } from "@daybook/pool/Generation"
import type { Grant, PoolState } from "@daybook/pool/PoolState"
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
})
