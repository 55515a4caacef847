/** What `replay --json` answers. */
import { CredentialId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import type { NotJudged as NotJudgedOf } from "@daybook/pool/replay/NotJudged"
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
      decision: Schema.optionalKey(DivergentDecision),
      state: Schema.optionalKey(DivergentState)
    })
  ).annotate(said("The first decision and the first state that are not as expected; left out if all are"))
})

export interface ReplayAnswer {
  readonly classifier: number
  readonly judged: number
  readonly diverged: number
  readonly underUnknownPolicy: number
  readonly notJudged: ReadonlyArray<NotJudgedOf>
  readonly divergences: ReadonlyArray<Divergence>
  /** Of an expected file, if it was compared with one. */
  readonly places: number | undefined
  readonly unexpected: {
    readonly decision: Divergence | undefined
    readonly state: StateDivergence | undefined
  }
}

export const replayJson = (
  history: Pick<History, "at" | "damage" | "state">,
  { divergences, places, unexpected: { decision, state }, ...counted }: ReplayAnswer
): typeof Replay.Type => ({
  ...basisOf(history),
  ...counted,
  divergences: divergences.map(decisionJson),
  ...(places === undefined ? {} : { places }),
  ...(decision === undefined && state === undefined
    ? {}
    : {
        unexpected: {
          ...(decision === undefined ? {} : { decision: decisionJson(decision) }),
          ...(state === undefined ? {} : { state: stateJson(state) })
        }
      })
})

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
