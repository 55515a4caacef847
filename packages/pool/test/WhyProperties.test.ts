/** What holds of an answer to why, whatever a ledger holds. */
import { fold } from "@daybook/pool/Evolve"
import { empty } from "@daybook/pool/PoolState"
import { CauseWord } from "@daybook/pool/queries/Cause"
import { why } from "@daybook/pool/queries/Why"
import { fieldNames, readField } from "@daybook/pool/queries/why/Fields"
import { Recollection } from "@daybook/pool/queries/why/Recollection"
import type { Recorded } from "@daybook/pool/Recorded"
import { assert, it } from "@effect/vitest"
import { HashMap, Schema } from "effect"
import * as arbitrary from "./arbitraries.ts"

const ledger = arbitrary.ledgerOf(arbitrary.event)
const isCause = Schema.is(CauseWord)

/** Of each credential and each field. */
const answers = (events: ReadonlyArray<Recorded>) => {
  const state = fold(events)
  const now = state.latest
  return Array.from(HashMap.values(state.credentials)).flatMap((credential) =>
    fieldNames.map((field) => {
      const recollection = new Recollection(empty, { credential: credential.id, field, now })
      for (const event of events) recollection.add(event)
      const { held, setter, trouble } = recollection
      return why({ credential, field, now, state, events: held, setter, trouble })
    })
  )
}

it.prop("every field of every credential has an answer, with a cause of the list", { ledger }, ({ ledger }) => {
  for (const { finding } of answers(ledger)) assert.isTrue(isCause(finding.cause))
})

it.prop("a chain goes forward, and evidence is of the ledger", { ledger }, ({ ledger }) => {
  for (const { chain, finding } of answers(ledger)) {
    const places = chain.links.map(({ event }) => Number(event.seq))
    assert.deepStrictEqual(
      places,
      [...new Set(places)].toSorted((a, b) => a - b)
    )
    for (const event of finding.evidence) assert.strictEqual(ledger[event.seq - 1], event)
  }
})

it.prop(
  "the event that set a field is the last after which it stood otherwise",
  { ledger },
  ({ ledger }) => {
    const states = ledger.map((_, place) => fold(ledger.slice(0, place + 1)))
    const { latest } = fold(ledger)
    for (const { credential, field, setter } of answers(ledger)) {
      const keys = states.map((state) => readField(state, credential.id, field, latest)?.key)
      const place = keys.findLastIndex((key, place) => key !== keys[place - 1])
      assert.strictEqual(setter?.seq, ledger[place]?.seq)
    }
  },
  { arbitrary: { runs: 40, size: 40 } }
)
