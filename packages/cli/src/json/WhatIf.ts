/** What `what-if --json` answers. */
import { CredentialId, Seq } from "@daybook/pool/Ids"
import { format, Instant } from "@daybook/pool/Instant"
import { Policy } from "@daybook/pool/Policy"
import type { Change } from "@daybook/pool/replay/Change"
import type { FieldDifference } from "@daybook/pool/replay/Difference"
import type { Report } from "@daybook/pool/replay/Report"
import { Schema } from "effect"
import type { History } from "../History.ts"
import { basisFields, basisOf } from "./Basis.ts"

const said = (description: string) => ({ description })

export const Field = Schema.Struct({
  field: Schema.String.annotate(said("Such as `until`; `event` if one side has no such decision at all")),
  recorded: Schema.optionalKey(Schema.Unknown),
  now: Schema.optionalKey(Schema.Unknown)
})

export const NotJudged = Schema.Struct({
  type: Schema.String,
  why: Schema.String,
  count: Schema.Natural
}).annotate(said("Decisions that no replay can make again"))

const Requests = Schema.Struct({
  recorded: Schema.Natural,
  saved: Schema.Natural.annotate(said("Would not have been made")),
  beyond: Schema.Natural.annotate(said("Made with tokens that the other course has not: nobody can say"))
})

const millis = Schema.Natural.annotate(said("In milliseconds"))
const Spent = Schema.Struct({ ready: millis, benched: millis, dead: millis, paused: millis })

const WhatIfChange = Schema.Struct({
  seq: Seq.annotate(said("The recorded decision, or what the new one follows from")),
  at: Instant,
  credential: Schema.optional(CredentialId),
  type: Schema.String,
  fields: Schema.Array(Field).annotate(said("`now` is what it would be")),
  because: Schema.Literals(["policy", "rules", "earlier change"]),
  policyFields: Schema.Array(Schema.String).annotate(said("Each of which alone changes it; if none does, all together"))
})

export const WhatIf = Schema.Struct({
  ...basisFields,
  from: Schema.Natural.annotate(said("The first event that is decided on otherwise")),
  policy: Schema.optional(Policy).annotate(said("Left out: each process's own, under the rules of today")),
  classifier: Schema.Natural.annotate(said("Version of the rules of today")),
  decisions: Schema.Struct({
    judged: Schema.Natural.annotate(said("Made again")),
    changed: Schema.Natural,
    unmade: Schema.Natural.annotate(said("Not made, since what they follow from would not have been seen")),
    otherwiseToday: Schema.Natural.annotate(said("Come out otherwise today, under the policy of that time too")),
    underUnknownPolicy: Schema.Natural.annotate(said("Their policy is not in the ledger; the default was taken")),
    notJudged: Schema.Array(NotJudged)
  }),
  changes: Schema.Array(WhatIfChange),
  deadRequests: Requests.annotate(
    said("Refused because the login or its token was dead; the first, which found that out, included")
  ),
  refreshes: Requests,
  refusedCalls: Requests.annotate(said("Of the model API")),
  acceptedCalls: Schema.Struct({
    ...Requests.fields,
    stopped: Schema.Natural.annotate(said("Of the saved ones: no other credential of the provider was free"))
  }),
  sooner: Schema.Struct({ refreshes: Schema.Natural, calls: Schema.Natural }).annotate(
    said("Waits that would have ended sooner; what a request would have met then, nobody knows")
  ),
  missed: Schema.Array(
    Schema.Struct({
      seq: Seq,
      at: Instant,
      credential: Schema.optional(CredentialId),
      until: Schema.optional(Instant).annotate(said("When it would have been tried, at the earliest"))
    })
  ).annotate(said("Refreshes that succeeded and would have waited")),
  lostLogins: Schema.Array(
    Schema.Struct({ credential: CredentialId, since: Instant, seq: Seq, proof: Schema.Literals(["refresh", "call"]) })
  ).annotate(said("Logins that would have been given up, and the event that proves them good")),
  apart: Schema.Array(CredentialId).annotate(said("Out of comparison at the end")),
  times: Schema.Array(Schema.Struct({ credential: CredentialId, recorded: Spent, would: Spent }))
})

export interface WhatIfAnswer {
  readonly from: number
  readonly policy: Policy | undefined
  readonly classifier: number
  readonly changes: ReadonlyArray<Change>
  readonly report: Report
}

export const whatIfJson = (
  history: Pick<History, "at" | "damage" | "state">,
  { changes, report, ...asked }: WhatIfAnswer
): typeof WhatIf.Type => ({
  ...basisOf(history),
  ...asked,
  ...report,
  changes: changes.map(({ because, fields, seq, ...change }) => ({
    ...change,
    seq: Seq.make(seq),
    fields: fields.map(fieldJson),
    because: words[because._tag],
    policyFields: because._tag === "Policy" ? because.fields : []
  })),
  missed: report.missed.map((missed) => ({ ...missed, seq: Seq.make(missed.seq) })),
  lostLogins: report.lostLogins.map((lost) => ({ ...lost, seq: Seq.make(lost.seq) }))
})

const words = { Policy: "policy", Rules: "rules", EarlierChange: "earlier change" } as const

/** Instants as they stand in a ledger; what is not there is left out. */
export const fieldJson = ({ field, now, recorded }: FieldDifference) => ({
  field,
  ...(recorded === undefined ? {} : { recorded: readable(field, recorded) }),
  ...(now === undefined ? {} : { now: readable(field, now) })
})

const instants: ReadonlySet<string> = new Set(["until", "retryAt", "quietAfter"])

const readable = (field: string, value: unknown): unknown =>
  instants.has(field) && typeof value === "number" ? format(value) : value
