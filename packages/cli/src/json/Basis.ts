/** What every answer about the past rests on: which ledger, up to where, and what could not be read of it. */
import type { Damaged } from "@daybook/ledger/LedgerError"
import { LedgerId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import { Schema } from "effect"
import type { History } from "../History.ts"

const Basis = Schema.Struct({
  id: Schema.optionalKey(LedgerId),
  seq: Seq.annotate({ description: "The last event that the answer takes into account" }),
  at: Instant.annotate({ description: "The moment that the answer is for" })
})

const Damage = Schema.Struct({
  path: Schema.String,
  line: Schema.Int.annotate({ description: "Counted from 1" }),
  offset: Schema.Int.annotate({ description: "In bytes, of the file" }),
  why: Schema.String
}).annotate({ description: "The ledger is damaged here; the answer is from the events before" })

/** Fields of every document. */
export const basisFields = { ledger: Basis, damage: Schema.optionalKey(Damage) }

export const basisOf = ({ at, damage, state }: Pick<History, "at" | "damage" | "state">) => ({
  ledger: { ...(state.ledger === undefined ? {} : { id: state.ledger.id }), seq: state.head, at },
  ...(damage === undefined ? {} : { damage: placeOf(damage) })
})

const placeOf = ({ line, offset, path, why }: Damaged) => ({ path, line, offset, why })
