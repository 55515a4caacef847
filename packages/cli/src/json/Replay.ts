/** What `replay --json` answers. */
import { CredentialId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import type { NotJudged as NotJudgedOf } from "@daybook/pool/replay/NotJudged"
import type { CountDivergence } from "@daybook/pool/replay/DecisionTrace"
import type { KeptDivergence } from "@daybook/pool/replay/KeptDivergence"
import type { Divergence } from "@daybook/pool/replay/Replay"
import type { StateDivergence } from "@daybook/pool/replay/StateTrace"
import { Schema } from "effect"
import type { History } from "../History.ts"
import { basisFields, basisOf } from "./Basis.ts"
import { Field, fieldJson, NotJudged } from "./WhatIf.ts"

const said = (description: string) => ({ description })

const DivergentDecision = Schema.Struct({
  seq: Seq,
  at: Instant,
  credential: Schema.optional(CredentialId),
  type: Schema.String,
  fields: Schema.Array(Field)
})

const FormerDecision = Schema.Struct({
  seq: Seq,
  credential: Schema.optional(CredentialId),
  type: Schema.String,
  fields: Schema.Record(Schema.String, Schema.String).annotate(said("What came out then; long values as SHA-256"))
})

const DivergentCount = Schema.Struct({
  seq: Seq.annotate(said("The last event of the place")),
  kind: Schema.String.annotate(said("Such as `ErrorClassified of main`; `, otherwise` of those that diverge")),
  was: Schema.Natural.annotate(said("Made again when the file was made")),
  now: Schema.Natural
})

const DivergentState = Schema.Struct({
  seq: Seq.annotate(said("After this event")),
  thing: Schema.String.annotate(said("Such as `credential main`")),
  fields: Schema.Array(Field)
})

export const Replay = Schema.Struct({
  ...basisFields,
  classifier: Schema.Natural.annotate(said("Version of the rules of today")),
  judged: Schema.Natural.annotate(said("Decisions that were made again")),
  diverged: Schema.Natural.annotate(said("Of these, come out otherwise than recorded")),
  underUnknownPolicy: Schema.Natural.annotate(said("Their policy is not in the ledger; the default was taken")),
  notJudged: Schema.Array(NotJudged),
  divergences: Schema.Array(DivergentDecision),
  places: Schema.optionalKey(Schema.Natural).annotate(said("Of states that were compared with an expected file")),
  unexpected: Schema.optionalKey(
    Schema.Struct({
      decision: Schema.optionalKey(DivergentDecision).annotate(said("Comes out otherwise, and did not, or not so")),
      formerly: Schema.optionalKey(FormerDecision).annotate(said("Came out otherwise, and does not, or not so")),
      made: Schema.optionalKey(DivergentCount).annotate(said("Where more or fewer decisions are made again")),
      state: Schema.optionalKey(DivergentState)
    })
  ).annotate(said("The first of each that is not as expected; left out if all is"))
})

export interface ReplayAnswer {
  readonly classifier: number
  readonly judged: number
  readonly diverged: number
  readonly underUnknownPolicy: number
  readonly notJudged: ReadonlyArray<NotJudgedOf>
  readonly divergences: ReadonlyArray<Divergence>
  /** The states of an expected file, if it was compared with one: how many, and one every so many events. */
  readonly compared?: { readonly places: number; readonly every: number }
  readonly unexpected: {
    /** One that comes out otherwise, as expected of none, or of none in this way. */
    readonly decision: Divergence | undefined
    /** One that came out otherwise then, and does not now, or not in this way. */
    readonly formerly: KeptDivergence | undefined
    /** Decisions that are made again now and were not, or the other way round. */
    readonly made: CountDivergence | undefined
    readonly state: StateDivergence | undefined
  }
}

export const replayJson = (
  history: Pick<History, "at" | "damage" | "state">,
  { compared, divergences, unexpected, ...counted }: ReplayAnswer
): typeof Replay.Type => ({
  ...basisOf(history),
  ...counted,
  divergences: divergences.map(decisionJson),
  ...(compared === undefined ? {} : { places: compared.places }),
  ...unexpectedJson(unexpected, history.state.head)
})

const unexpectedJson = ({ decision, formerly, made, state }: ReplayAnswer["unexpected"], head: number) => {
  const found = {
    ...(decision === undefined ? {} : { decision: decisionJson(decision) }),
    ...(formerly === undefined ? {} : { formerly: formerlyJson(formerly) }),
    ...(made === undefined ? {} : { made: { ...made, seq: Seq.make(Math.min(made.seq, head)) } }),
    ...(state === undefined ? {} : { state: stateJson(state) })
  }
  return Object.keys(found).length === 0 ? {} : { unexpected: found }
}

const formerlyJson = ({ seq, ...rest }: KeptDivergence) => ({ ...rest, seq: Seq.make(seq) })

export const decisionJson = ({ fields, seq, ...divergence }: Divergence) => ({
  ...divergence,
  seq: Seq.make(seq),
  fields: fields.map(fieldJson)
})

const stateJson = ({ fields, seq, thing }: StateDivergence) => ({
  seq: Seq.make(seq),
  thing,
  fields: fields.map(fieldJson)
})
