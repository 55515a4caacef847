/** What `audit --json` answers: who did how much of what, and what the ledger says of its own life. */
import { ActorId, CredentialId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import type { Account } from "@daybook/pool/queries/Audit"
import { type Counts as CountsOf, sumBy } from "@daybook/pool/queries/AuditCounts"
import { Schema } from "effect"
import type { ActorNames } from "../ActorNames.ts"
import type { History } from "../History.ts"
import { basisFields, basisOf } from "./Basis.ts"

const said = (description: string) => ({ description })
const count = (description: string) => Schema.Natural.annotate(said(description))

const counts = {
  sent: count("Attempts whose refresh token may have reached a provider"),
  succeeded: count("Of them: answered with new tokens"),
  failed: count("Of them: with an answer that was no success, or without one"),
  lost: count("Of them: their process died before it could say what was answered"),
  unsent: count("Attempts that ended before anything was sent"),
  adopted: count("Tokens of somebody else that are used from then on"),
  refused: count("Calls of a model API that were refused"),
  quarantined: count("Generations that were judged dead"),
  enrolled: count("Logins and keys that became part of the pool"),
  removed: count("Credentials that left the pool"),
  acts: count("What else operators did: logins, pauses, names, priorities, revivals")
}

const Counts = Schema.Struct(counts)
const name = Schema.String.annotate(said("The program and its process, such as worker[42]"))

const Chain = Schema.Struct({
  segmentsSealed: count("Files of the ledger that were completed"),
  tailsSealed: Schema.Array(
    Schema.Struct({ seq: Seq, at: Instant, offset: Schema.Natural, length: Schema.Natural })
  ).annotate(said("Half lines of writers that died, closed by the next; in bytes")),
  damageAccepted: Schema.Array(
    Schema.Struct({
      seq: Seq,
      at: Instant,
      segment: Seq.annotate(said("First event of the damaged file")),
      offset: Schema.Natural,
      length: Schema.Natural,
      upTo: Seq.annotate(said("Events up to this one may be among what was lost"))
    })
  ).annotate(said("Damage that an operator accepted; in bytes")),
  archived: Schema.optional(Seq).annotate(said("Events up to this one are not here: archived, or never copied")),
  unknownEvents: count("Events of a newer version in the whole ledger; they count for nothing here"),
  joined: count("Processes that began to write")
})

export const Audit = Schema.Struct({
  ...basisFields,
  from: Schema.Struct({ seq: Seq }).annotate(said("The first event that is counted")),
  rows: Schema.Array(
    Schema.Struct({ actor: ActorId, name, credential: Schema.optional(CredentialId), ...counts })
  ).annotate(said("Each process on each credential; without a credential, what concerns none")),
  actors: Schema.Array(Schema.Struct({ actor: ActorId, name, ...counts })),
  credentials: Schema.Array(Schema.Struct({ credential: Schema.optional(CredentialId), ...counts })),
  totals: Counts,
  policies: Schema.Array(Schema.Struct({ seq: Seq, at: Instant, actor: ActorId, name, hash: Schema.String })).annotate(
    said("Where a process began to decide by another policy than the one before it")
  ),
  chain: Chain
})

export interface Audited {
  readonly from: Seq
  /** The oldest event that is here. */
  readonly oldest: Seq
  readonly account: Account
  readonly names: ActorNames
}

export const auditJson = (
  history: Pick<History, "at" | "damage" | "state">,
  { account, from, names, oldest }: Audited
): typeof Audit.Type => {
  const { life, policies, rows, totals } = account
  return {
    ...basisOf(history),
    from: { seq: from },
    rows: rows.map((row) => ({ ...row, name: names(row.actor) })),
    actors: Array.from(
      sumBy(rows, ({ actor }) => actor),
      ([actor, sums]) => ({ actor, name: names(actor), ...sums })
    ),
    credentials: Array.from(
      sumBy(rows, ({ credential }) => credential),
      ([credential, sums]: readonly [CredentialId | undefined, CountsOf]) => ({ credential, ...sums })
    ),
    totals,
    policies: policies.map((change) => ({ ...change, name: names(change.actor) })),
    chain: {
      ...life,
      archived: oldest > 1 ? Seq.make(oldest - 1) : undefined,
      unknownEvents: history.state.unknown
    }
  }
}
