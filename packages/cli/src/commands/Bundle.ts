/** `daybook bundle` */
import * as Excerpt from "@daybook/ledger/Excerpt"
import { Seq } from "@daybook/pool/Ids"
import { storyOf } from "@daybook/pool/queries/Story"
import { expand } from "daybook/Home"
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { hostname } from "node:os"
import { Choice } from "../bundle/Choice.ts"
import { Pseudonyms } from "../bundle/Pseudonyms.ts"
import { exitCodes } from "../ExitCode.ts"
import * as History from "../History.ts"
import * as HistoryPages from "../HistoryPages.ts"
import { type HistoryFlags, historyFlags, moments } from "../HistoryFlags.ts"
import { Bundle } from "../json/Bundle.ts"
import { basisOf } from "../json/Basis.ts"
import * as Output from "../Output.ts"
import { bundleLines } from "../render/BundleLines.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"

const flags = {
  ...historyFlags,
  folder: Argument.String("folder").pipe(
    Argument.withDescription("Where the excerpt goes: a folder that is not there yet, or empty")
  ),
  since: Flag.String("since").pipe(
    Flag.withMetavar("MOMENT"),
    Flag.withDescription(`Only events after a moment (${moments}), and what is needed to understand them`),
    Flag.optional
  ),
  credential: Flag.String("credential").pipe(
    Flag.withDescription("Only events of this one, by id or label; may be given several times"),
    Flag.atLeast(0)
  )
}

interface Flags extends HistoryFlags {
  readonly folder: string
  readonly since: Option.Option<string>
  readonly credential: ReadonlyArray<string>
}

export const bundle = Command.make(
  "bundle",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(
  Command.withDescription(
    "An excerpt for a bug report: a ledger of its own, with other fingerprints, and without addresses, labels, hosts and folders"
  )
)

export const answer = Effect.fnUntraced(function* (told: Pick<Settings, "home" | "json">, flags: Flags) {
  const history = yield* History.open(told, flags)
  const made = yield* write(history, expand(flags.folder), flags.since, flags.credential)
  yield* told.json ? Output.documentOf(Bundle, { ...basisOf(history), ...made }) : Output.lines(bundleLines(made))
}, Effect.scoped)

const write = Effect.fnUntraced(function* (
  history: History.History,
  folder: string,
  since: Option.Option<string>,
  named: ReadonlyArray<string>
) {
  const opened = yield* HistoryPages.oldest(history)
  if (opened === undefined) return yield* nothing
  const before = Option.isNone(since) ? undefined : yield* History.standing(history, since.value, "--since")
  const about = yield* Effect.forEach(named, (name) => History.credential(history, name))
  const choice = new Choice(
    before,
    about.map(({ id }) => storyOf(history.state, id))
  )
  const pseudonyms = new Pseudonyms([hostname()])
  const source = yield* sourceOf(history, before?.state.head ?? opened.seq - 1)
  const excerpt = yield* Excerpt.create(folder, opened, source)
  yield* HistoryPages.forEach(history, opened.seq, (events) =>
    excerpt.write(choice.of(events).map((event) => pseudonyms.of(event)))
  )
  yield* excerpt.finish
  return { folder, events: excerpt.count(), source, leftOut: choice.unknown }
})

const sourceOf = Effect.fnUntraced(function* ({ damage, end, ledger, state }: History.History, before: number) {
  const head = damage === undefined ? yield* ledger.head : undefined
  const id = head?.ledger ?? end.state.ledger?.id
  if (id === undefined) return yield* nothing
  const range = { ledger: id, from: Seq.make(before + 1), to: state.head, head: head?.seq ?? end.state.head }
  return head === undefined ? range : { ...range, h: head.h }
})

const nothing = new Stop({
  exitCode: exitCodes.error,
  message: "There is nothing to make an excerpt of: not even the first event of the ledger can be read."
})
