/** What `classify --json` answers: what an answer of a provider means, under which rule; with `--event` also then. */
import type { Explanation, Refusal } from "@daybook/oauth/Explain"
import { conditionOf } from "@daybook/oauth/RuleText"
import { classifierVersion } from "@daybook/oauth/Rules"
import { ErrorClassified } from "@daybook/pool/events/RefreshEvents"
import { Evidence } from "@daybook/pool/Evidence"
import { Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import { QuotaWindow } from "@daybook/pool/QuotaWindow"
import { ApiVerdictName, TerminalReason, TransientReason } from "@daybook/pool/Verdict"
import { Schema } from "effect"
import type { Again as AgainOf } from "../ClassifyAgain.ts"
import { isSame } from "../render/ClassifyLines.ts"

const said = (description: string) => ({ description })

const until = Schema.optionalKey(Instant).annotate(said("Not before, as the answer says it"))

const judged = {
  successor: Schema.Boolean.annotate(said("Tokens came all the same, and are kept")),
  rule: Schema.Struct({
    id: Schema.String,
    version: Schema.Natural,
    matches: Schema.String.annotate(said("When it applies, in words")),
    source: Schema.String.annotate(said("How that is known"))
  }),
  classifier: Schema.Natural.annotate(said("Version of the rules")),
  evidence: Evidence.annotate(said("What is recorded of the answer"))
}

/** One for each kind of verdict, all with the same more. */
const refusals = <Fields extends Schema.Struct.Fields>(more: Fields) =>
  [
    Schema.Struct({
      verdict: Schema.Literal("Transient"),
      reason: TransientReason,
      until,
      shape: Schema.optionalKey(Schema.String).annotate(said("Alike for answers that are one outage")),
      ...judged,
      ...more
    }).annotate(said("Of the token endpoint: the login is presumed alive")),
    Schema.Struct({
      verdict: Schema.Literal("Terminal"),
      reason: TerminalReason,
      confirm: Schema.Boolean.annotate(said("Believed only after another look at store and ledger")),
      ...judged,
      ...more
    }).annotate(said("Of the token endpoint: these tokens are dead")),
    Schema.Struct({
      verdict: ApiVerdictName,
      scope: Schema.Literals(["credential", "model"]),
      until,
      ...judged,
      ...more
    }).annotate(said("Of the model API"))
  ] as const

const Judged = Schema.Union(refusals({}))

const quota = { quota: Schema.Array(QuotaWindow).annotate(said("How much of each allowance is used, as it says")) }

export const Given = Schema.Union([
  Schema.Struct({
    verdict: Schema.Literal("Success"),
    rotated: Schema.Boolean.annotate(said("A new refresh token came")),
    ...quota
  }),
  ...refusals(quota)
])

export const Again = Schema.Struct({
  seq: Seq,
  at: Schema.String.annotate(said("When the refusal was recorded")),
  provider: Schema.String,
  today: Judged,
  recorded: Schema.NullOr(ErrorClassified.fields.data).annotate(
    said("What was concluded then, as it stands in the ledger; null if nothing yet")
  ),
  same: Schema.NullOr(Schema.Boolean).annotate(said("Whether both verdicts are one"))
})

export const Classify = Schema.Union([Given, Again])

export const givenJson = (explained: Explanation, quota: ReadonlyArray<QuotaWindow>): typeof Given.Type =>
  explained._tag === "Success"
    ? { verdict: "Success", rotated: explained.rotated, quota }
    : { ...judgedJson(explained), quota }

const judgedJson = ({ evidence, rule, successor, verdict }: Refusal): typeof Judged.Type => {
  const { rule: _rule, ...said } = verdict
  return {
    ...said,
    successor,
    rule: { id: rule.id, version: rule.version, matches: conditionOf(rule.when), source: rule.source },
    classifier: classifierVersion,
    evidence
  }
}

export const againJson = (again: AgainOf): typeof Again.Type => {
  const { at, provider, recorded, seq, today } = again
  return {
    seq: Seq.make(seq),
    at,
    provider,
    today: judgedJson(today),
    recorded: recorded ?? null,
    same: recorded === undefined ? null : isSame(again)
  }
}
