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
import { type HistoryFlags, ledger } from "../HistoryFlags.ts"
import * as Period from "../Period.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"

const formats: Readonly<Record<"jsonl" | "csv" | "perfetto", NewFormat>> = { jsonl: jsonLines, csv, perfetto }

const flags = {
  ledger,
  ...Period.flags,
  jsonl: Flag.Boolean("jsonl").pipe(Flag.withDescription("JSON Lines; the default"), Flag.withDefault(false)),
  csv: Flag.Boolean("csv").pipe(
    Flag.withDescription("A table, for spreadsheets and databases"),
    Flag.withDefault(false)
  ),
  perfetto: Flag.Boolean("perfetto").pipe(
    Flag.withDescription("A trace, for ui.perfetto.dev or chrome://tracing"),
    Flag.withDefault(false)
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

interface Flags extends Pick<HistoryFlags, "ledger">, Period.Flags {
  readonly jsonl: boolean
  readonly csv: boolean
  readonly perfetto: boolean
  readonly credential: Option.Option<string>
  readonly out: Option.Option<string>
}

export const exportEvents = Command.make(
  "export",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(Command.withDescription("Events for other tools: JSON Lines, a table, or a trace. There is no secret in them"))

export const answer = Effect.fnUntraced(function* (told: Pick<Settings, "home">, flags: Flags) {
  const newFormat = yield* chosen(flags)
  const { from, history } = yield* Period.resolve(yield* History.open(told, { ledger: flags.ledger }), flags)
  const first = from ?? (yield* HistoryPages.oldest(history))?.seq ?? 1
  const isWanted = yield* Option.match(flags.credential, {
    onNone: () => Effect.succeed(() => true),
    onSome: (name) => Effect.map(History.credential(history, name), ({ id }) => storyOf(history.state, id))
  })
  const write = yield* Destination.open(flags.out)
  const { begin, end, event } = newFormat(history.state)
  yield* write(begin)
  yield* HistoryPages.forEach(history, first, (events) => write(events.filter(isWanted).map(event).join("")))
  yield* write(end())
}, Effect.scoped)

const chosen = (flags: Pick<Flags, keyof typeof formats>): Effect.Effect<NewFormat, Stop> => {
  const named = (["jsonl", "csv", "perfetto"] as const).filter((name) => flags[name])
  const [name = "jsonl"] = named
  return named.length > 1
    ? Effect.fail(new Stop({ exitCode: exitCodes.usage, message: `--${named.join(" and --")}: choose one of them.` }))
    : Effect.succeed(formats[name])
}
