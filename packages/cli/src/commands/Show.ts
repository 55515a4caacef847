/** `daybook show` */
import { axesOf } from "@daybook/pool/queries/Axes"
import { credentialStatus, statusOf } from "@daybook/pool/queries/Status"
import { Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import * as History from "../History.ts"
import { type HistoryFlags, historyFlags } from "../HistoryFlags.ts"
import { Show, showCredentialJson, showJson } from "../json/Show.ts"
import * as Output from "../Output.ts"
import { asOfLines } from "../render/AsOfLines.ts"
import { showCredentialLines, showLines } from "../render/ShowLines.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"

const flags = {
  credential: Argument.String("credential").pipe(
    Argument.withDescription("All there is to say of this one, by id or label; default all credentials in brief"),
    Argument.optional
  ),
  ...historyFlags
}

export const show = Command.make(
  "show",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(Command.withDescription("The pool, or one credential axis by axis, as the ledger knows it of any moment"))

type Told = Pick<Settings, "home" | "json" | "paint">

interface Asked extends Partial<HistoryFlags> {
  readonly credential: Option.Option<string>
}

export const answer = Effect.fnUntraced(function* (told: Told, { credential, ...flags }: Asked) {
  if (Option.isNone(credential)) return yield* showPool(told, yield* History.look(told, flags))
  yield* showOne(told, yield* History.open(told, flags), credential.value)
}, Effect.scoped)

const showPool = Effect.fnUntraced(function* (
  { json, paint }: Told,
  history: Pick<History.History, "at" | "damage" | "state">
) {
  const { at, state } = history
  const status = statusOf(state, at)
  if (json) return yield* Output.documentOf(Show, showJson(history, status))
  yield* Output.lines([...asOfLines(history, paint), ...showLines(status, at, paint)])
})

const showOne = Effect.fnUntraced(function* ({ json, paint }: Told, history: History.History, name: string) {
  const { at, state } = history
  const credential = yield* History.credential(history, name)
  const status = credentialStatus(state, credential, at)
  const axes = axesOf(state, credential, at)
  if (json) return yield* Output.documentOf(Show, showCredentialJson(history, status, axes))
  yield* Output.lines([...asOfLines(history, paint), ...showCredentialLines(status, axes, state, at, paint)])
})
