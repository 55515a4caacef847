/** `daybook log` */
import { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Console, Effect, type Option, Schema, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import * as ActorNames from "../ActorNames.ts"
import { isWanted, linesWith } from "../EventFilter.ts"
import { ledger } from "../HistoryFlags.ts"
import * as HistoryPages from "../HistoryPages.ts"
import * as LogQuery from "../LogQuery.ts"
import * as Period from "../Period.ts"
import { eventJson } from "../render/EventJson.ts"
import { dayOf, logLine, logLines } from "../render/LogLine.ts"
import { type Names, namesIn } from "@daybook/words/Names"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"

const only = (name: string, description: string): Flag.Flag<Option.Option<string>> =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.optional)

const flags = {
  follow: Flag.Boolean("follow").pipe(
    Flag.withAlias("f"),
    Flag.withDescription("Go on with whatever is appended, until interrupted"),
    Flag.withDefault(false)
  ),
  credential: only("credential", "Only events of this one, by id or label"),
  provider: only("provider", "Only events of its credentials"),
  type: only("type", "Only events of this type, such as RefreshStarted"),
  actor: only("actor", "Only events that this process wrote: a program, program[pid], or the id of an actor"),
  verdict: only("verdict", "Only this verdict or reason, such as Terminal, Reused or RateLimited"),
  correlation: only("correlation", "Only events of this story, by the id that --json shows"),
  wide: Flag.Boolean("wide").pipe(
    Flag.withDescription("An event a line, however long, with its day and thousandths of a second"),
    Flag.withDefault(false)
  ),
  ...Period.flags,
  from: Flag.Int("from").pipe(
    Flag.withMetavar("SEQ"),
    Flag.withDescription("From this event on; default the oldest that was not archived"),
    Flag.withSchema(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    Flag.optional
  ),
  ledger
}

export const log = Command.make(
  "log",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(Command.withDescription("The events of the ledger in order, in UTC; --json gives them as JSON Lines"))

type Told = Pick<Settings, "columns" | "home" | "json" | "paint">

interface Asked extends LogQuery.Asked {
  readonly wide: boolean
}

export const answer = Effect.fnUntraced(function* (told: Told, asked: Asked) {
  const lines = asked.wide || told.json ? oneLine(told) : byDay(told)
  const query = yield* LogQuery.resolve(told, asked)
  yield* asked.follow ? follow(query, lines) : print(told, query, lines)
}, Effect.scoped)

/** The lines of an event, which comes after those that were asked about before. */
type Lines = (event: Recorded, names: Names) => ReadonlyArray<string>

const follow = ({ from, history: { ledger }, wanted }: LogQuery.Query, linesOf: Lines) =>
  ledger.tail(from).pipe(
    Stream.filter((event) => isWanted(event, ledger.known(), wanted)),
    Stream.runForEach((event) => Console.log(linesOf(event, namesIn(ledger.known())).join("\n")))
  )

const print = Effect.fnUntraced(function* (told: Told, { from, history, wanted }: LogQuery.Query, linesOf: Lines) {
  const { state } = history
  const first = from ?? (yield* HistoryPages.oldest(history))?.seq ?? Seq.make(1)
  let count = 0
  const names = ActorNames.lookup(history)
  const show = Effect.fnUntraced(function* (events: ReadonlyArray<Recorded>) {
    const shown = events.filter((event) => isWanted(event, state, wanted))
    if (shown.length === 0) return
    count += shown.length
    const named = yield* names(told.json ? [] : shown.map(({ actor }) => actor))
    yield* Console.log(shown.flatMap((event) => linesOf(event, named)).join("\n"))
  })
  yield* HistoryPages.forEach(history, first, show, linesWith(state, wanted))
  if (count === 0 && wanted.correlation !== undefined) return yield* LogQuery.noSuchStory(wanted.correlation)
})

const oneLine =
  ({ json, paint }: Told): Lines =>
  (event, names) => [json ? JSON.stringify(eventJson(event)) : logLine(event, names, paint)]

const byDay = ({ columns, paint }: Told): Lines => {
  let day = ""
  return (event, names) => {
    const isNew = dayOf(event) !== day
    day = dayOf(event)
    return [...(isNew ? [paint("faint", day)] : []), ...logLines(event, names, columns, paint)]
  }
}
