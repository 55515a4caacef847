/** What `status --json` and `list --json` answer: the credentials of the pool, as they stand now. */
import { Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import { Schema, Struct } from "effect"
import type { PoolView, Row } from "../PoolView.ts"
import { orNull } from "./OrNull.ts"
import { Place, placeOf, Problem, problemOf } from "./Place.ts"
import { CredentialStatus, Word } from "./Show.ts"

const said = (description: string) => ({ description })

const perhaps = [
  "label",
  "reason",
  "rule",
  "sameAccountAs",
  "since",
  "until",
  "expiresAt",
  "deadline",
  "lastAcceptedAt"
] as const

const Credential = Schema.Struct({
  ...CredentialStatus.mapFields(Struct.mapPick(perhaps, orNull)).fields,
  store: Place,
  word: Word,
  lost: Schema.NullOr(Schema.String).annotate(said("Why its tokens are not where the pool keeps them")),
  todo: Schema.NullOr(Schema.String).annotate(said("What a person does now, in words"))
})

export const Status = Schema.Struct({
  home: Schema.String.annotate(said("The folder of the ledger")),
  at: Instant,
  head: Seq.annotate(said("The last event")),
  unknownEvents: Schema.Natural.annotate(said("Events of a newer version, which are kept and not understood")),
  credentials: Schema.Array(Credential),
  problems: Schema.Array(Problem)
})

export const statusJson = ({ at, head, home, problems, rows, unknownEvents }: PoolView): typeof Status.Type => ({
  home,
  at,
  head: Seq.make(head),
  unknownEvents,
  credentials: rows.map(credentialJson),
  problems: problems.map(problemOf)
})

const credentialJson = ({ store, ...row }: Row): typeof Credential.Type => ({
  ...row,
  store: placeOf(store),
  label: row.label ?? null,
  reason: row.reason ?? null,
  rule: row.rule ?? null,
  sameAccountAs: row.sameAccountAs ?? null,
  since: row.since ?? null,
  until: row.until ?? null,
  expiresAt: row.expiresAt ?? null,
  deadline: row.deadline ?? null,
  lastAcceptedAt: row.lastAcceptedAt ?? null,
  lost: row.lost ?? null,
  todo: row.todo ?? null
})
