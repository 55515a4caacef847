/** `daybook export` */
import { storyOf } from "@daybook/pool/queries/Story"
import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as Destination from "../Destination.ts"
import { exitCodes } from "../ExitCode.ts"
import { csv } from "../export/Csv.ts"
import type { NewFormat } from "../export/Format.ts"
import { jsonLines } from "../export/JsonLines.ts"
import { perfetto } from "../export/Perfetto.ts"
import * as History from "../History.ts"
import * as HistoryPages from "../HistoryPages.ts"
import { historyFlags } from "../HistoryFlags.ts"
import { settings } from "../Root.ts"
import { Stop } from "../Stop.ts"

const formats: Readonly<Record<string, NewFormat>> = { jsonl: jsonLines, csv, perfetto }

const flags = {
  ...historyFlags,
  jsonl: Flag.Boolean("jsonl").pipe(Flag.withDescription("JSON Lines; the default"), Flag.withDefault(false)),
  csv: Flag.Boolean("csv").pipe(
    Flag.withDescription("A table, for spreadsheets and databases"),
    Flag.withDefault(false)
  ),
  perfetto: Flag.Boolean("perfetto").pipe(
    Flag.withDescription("A trace, for ui.perfetto.dev or chrome://tracing"),
    Flag.withDefault(false)
  ),
  from: Flag.String("from").pipe(
    Flag.withMetavar("MOMENT"),
    Flag.withDescription("Only events after this moment, or from this event on"),
    Flag.optional
  ),
  credential: Flag.String("credential").pipe(
    Flag.withDescription("Only events of this one, by id or label"),
    Flag.optional
  ),
  out: Flag.String("out").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("A new file to write to; default standard output"),
    Flag.optional
  )
}

export const exportEvents = Command.make(
  "export",
  flags,
  Effect.fnUntraced(function* ({ credential, from, out, ...flags }) {
    const newFormat = yield* chosen(flags)
    const history = yield* History.open(yield* settings, flags)
    const first = yield* firstOf(history, from)
    const isWanted = yield* Option.match(credential, {
      onNone: () => Effect.succeed(() => true),
      onSome: (name) => Effect.map(History.credential(history, name), ({ id }) => storyOf(history.state, id))
    })
    const write = yield* Destination.open(out)
    const { begin, end, event } = newFormat(history.state)
    yield* write(begin)
    yield* HistoryPages.forEach(history, first, (events) => write(events.filter(isWanted).map(event).join("")))
    yield* write(end())
  }, Effect.scoped)
).pipe(
  Command.withDescription("Events for other tools: JSON Lines, a table, or a trace. Writes no secret: there is none")
)

const chosen = (flags: { readonly [name in keyof typeof formats]?: unknown }): Effect.Effect<NewFormat, Stop> => {
  const named = Object.keys(formats).filter((name) => flags[name] === true)
  const [name = "jsonl"] = named
  return named.length > 1
    ? Effect.fail(new Stop({ exitCode: exitCodes.usage, message: `--${named.join(" and --")}: choose one of them.` }))
    : Effect.succeed(formats[name] ?? jsonLines)
}

/** The first event to export: the one that is named, or the one after a moment. */
const firstOf = Effect.fnUntraced(function* (history: History.History, from: Option.Option<string>) {
  if (Option.isSome(from)) {
    if (/^\d+$/.test(from.value)) return Number(from.value)
    return (yield* History.standing(history, from.value, "--from")).state.head + 1
  }
  return (yield* HistoryPages.oldest(history))?.seq ?? 1
})
