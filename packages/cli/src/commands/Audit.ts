/** `daybook audit` */
import { Seq } from "@daybook/pool/Ids"
import { Audit as Counting, auditedTypes } from "@daybook/pool/queries/Audit"
import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import * as ActorNames from "../ActorNames.ts"
import * as History from "../History.ts"
import { type HistoryFlags, ledger } from "../HistoryFlags.ts"
import * as HistoryPages from "../HistoryPages.ts"
import { Audit, type Audited, auditJson } from "../json/Audit.ts"
import * as Output from "../Output.ts"
import * as Period from "../Period.ts"
import { periodLines } from "../render/AsOfLines.ts"
import { auditLines } from "../render/AuditLines.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"

const flags = {
  ...Period.flags,
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("Every process and every credential, not only the 20 busiest"),
    Flag.withDefault(false)
  ),
  ledger
}

export const audit = Command.make(
  "audit",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(
  Command.withDescription(
    "Who refreshed, raced, was refused and died, by process and by credential; what people did; what the ledger lost"
  )
)

interface Asked extends Pick<HistoryFlags, "ledger">, Period.Flags {
  readonly all: boolean
}

const most = 20

export const answer = Effect.fnUntraced(function* (
  { json, paint, ...told }: Pick<Settings, "home" | "json" | "paint">,
  { all, ledger, ...period }: Asked
) {
  const { from, history } = yield* Period.resolve(yield* History.open(told, { ledger }), period)
  const audited = yield* count(history, from)
  if (json) return yield* Output.documentOf(Audit, auditJson(history, audited))
  yield* Output.lines([
    ...periodLines(history, audited.from, paint),
    "",
    ...auditLines(audited, all ? undefined : most, paint)
  ])
}, Effect.scoped)

const count = Effect.fnUntraced(function* (history: History.History, since: Seq | undefined) {
  const oldest = (yield* HistoryPages.oldest(history))?.seq ?? Seq.make(1)
  const from = since ?? oldest
  const counting = new Counting(history.state)
  if (from <= history.state.head) {
    yield* History.scan(history, { from, types: auditedTypes, take: (event) => counting.take(event) })
  }
  const account = counting.account()
  const actors = [...account.rows, ...account.policies].map(({ actor }) => actor)
  return { from, oldest, account, names: (yield* ActorNames.find(history, actors)).actor } satisfies Audited
})
