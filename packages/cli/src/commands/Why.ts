/** `daybook why` */
import { type FieldName, fieldNames, isField } from "@daybook/pool/queries/why/Fields"
import { Effect, Option, Result } from "effect"
import { Argument, Command } from "effect/cli"
import { exitCodes } from "../ExitCode.ts"
import * as History from "../History.ts"
import { type HistoryFlags, historyFlags } from "../HistoryFlags.ts"
import { inQuestion } from "../InQuestion.ts"
import { Why, whyJson } from "../json/Why.ts"
import { nearest } from "../Nearest.ts"
import { nextStep } from "@daybook/words/NextStep"
import * as Output from "../Output.ts"
import { recall, runningLoop } from "../Recall.ts"
import { whyLines } from "../render/WhyLines.ts"
import { settings } from "../Root.ts"
import { type OnSameLedger, sameLedger } from "../SameLedger.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"

const flags = {
  what: Argument.String("credential[.field]").pipe(
    Argument.withDescription(
      `Id or label of a credential, by default the one that is not ok; and what of it, by default status: ${fieldNames.join(", ")}`
    ),
    Argument.optional
  ),
  ...historyFlags
}

export const why = Command.make(
  "why",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* tell(yield* settings, { ...flags, what: Option.getOrUndefined(flags.what) })
  })
).pipe(
  Command.withDescription(
    "Why a credential is as it is: the cause, the events that led there, and what to do. Reads the ledger alone"
  )
)

type Told = Pick<Settings, "home" | "json" | "paint">

interface Asked extends Partial<HistoryFlags> {
  /** If it is left out, the only credential that can be meant. */
  readonly what: string | undefined
}

export const tell = Effect.fnUntraced(function* ({ home, json, paint }: Told, { what, ...flags }: Asked) {
  const history = yield* History.open({ home }, flags)
  const again = sameLedger({ home }, flags)
  const { credential, field } = yield* what === undefined ? unnamed(history, again) : named(history, what)
  const answer = yield* recall(history, credential, field)
  const { at } = history
  const { state } = answer
  const next = nextStep(answer, state, at, yield* runningLoop(history, credential))
  if (json) return yield* Output.documentOf(Why, whyJson({ ...history, state }, answer, next))
  const command = next.command === undefined ? undefined : again(next.command)
  yield* Output.lines(whyLines({ answer, state, at, next: { ...next, command } }, paint))
}, Effect.scoped)

const usual: FieldName = "status"

const unnamed = (history: History.History, again: OnSameLedger) =>
  Effect.map(inQuestion(history, again), (credential) => ({ credential, field: usual }))

/** A name may have a dot in it, so it counts as a whole before its end counts as a field. */
const named = Effect.fnUntraced(function* (history: History.History, what: string) {
  const whole = yield* Effect.result(History.credential(history, what))
  if (Result.isSuccess(whole)) return { credential: whole.success, field: usual }
  const dot = what.lastIndexOf(".")
  if (dot < 1) return yield* Effect.fail(whole.failure)
  const field = what.slice(dot + 1)
  const credential = yield* History.credential(history, what.slice(0, dot))
  return isField(field) ? { credential, field } : yield* noSuchField(field)
})

const noSuchField = (field: string): Stop => {
  const near = nearest(field, fieldNames)
  const guess = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`
  return new Stop({
    exitCode: exitCodes.usage,
    message: `A credential has no field "${field}".${guess} Its fields are: ${fieldNames.join(", ")}.`
  })
}
