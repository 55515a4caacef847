/**
 * The questions about the past, and what answers each: a function of what was recorded, and of nothing else. It fails with
 * `Refused` where the question cannot be answered, and with the reason of its context's signal where it is not wanted.
 */
import type { Context } from "../model/Context.ts"
import type { Answers, QuestionName } from "../Questions.ts"
import { diff } from "./Diff.ts"
import { event } from "./Event.ts"
import { lineage } from "./Lineage.ts"
import { loops } from "./Loops.ts"
import { state } from "./State.ts"
import { whatIf } from "./WhatIf.ts"
import { why } from "./Why.ts"

/** The others are about what is drawn. */
export type Answered = Exclude<QuestionName, "find" | "instants" | "rows">

export const answers: {
  readonly [Name in Answered]: (
    context: Context,
    question: Answers[Name]["question"]
  ) => Promise<Answers[Name]["answer"]>
} = { state, diff, why, event, lineage, loops, whatIf }
