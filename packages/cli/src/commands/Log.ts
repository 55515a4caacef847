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
import { logLine } from "../render/LogLine.ts"
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
).pipe(Command.withDescription("The events of the ledger, a line each; --json gives them as JSON Lines"))

type Told = Pick<Settings, "home" | "json" | "paint">

export const answer = Effect.fnUntraced(function* (told: Told, asked: LogQuery.Asked) {
  const query = yield* LogQuery.resolve(told, asked)
  yield* asked.follow ? follow(told, query) : print(told, query)
}, Effect.scoped)

const follow = (told: Told, { from, history: { ledger }, wanted }: LogQuery.Query) =>
  ledger.tail(from).pipe(
    Stream.filter((event) => isWanted(event, ledger.known(), wanted)),
    Stream.runForEach((event) => Console.log(lineOf(event, namesIn(ledger.known()), told)))
  )

const print = Effect.fnUntraced(function* (told: Told, { from, history, wanted }: LogQuery.Query) {
  const { state } = history
  const first = from ?? (yield* HistoryPages.oldest(history))?.seq ?? Seq.make(1)
  let count = 0
  const names = ActorNames.lookup(history)
  const show = Effect.fnUntraced(function* (events: ReadonlyArray<Recorded>) {
    const shown = events.filter((event) => isWanted(event, state, wanted))
    if (shown.length === 0) return
    count += shown.length
    const named = yield* names(told.json ? [] : shown.map(({ actor }) => actor))
    yield* Console.log(shown.map((event) => lineOf(event, named, told)).join("\n"))
  })
  yield* HistoryPages.forEach(history, first, show, linesWith(state, wanted))
  if (count === 0 && wanted.correlation !== undefined) return yield* LogQuery.noSuchStory(wanted.correlation)
})

const lineOf = (event: Recorded, names: Names, { json, paint }: Told): string =>
  json ? JSON.stringify(eventJson(event)) : logLine(event, names, paint)
