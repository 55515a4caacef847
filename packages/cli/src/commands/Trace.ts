/** `daybook trace` */
import { ActorId, CorrelationId, type EventId, Seq } from "@daybook/pool/Ids"
import { Gathering, trace as traced } from "@daybook/pool/queries/Trace"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, HashMap, Option, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { exitCodes } from "../ExitCode.ts"
import * as Gap from "../Gap.ts"
import * as History from "../History.ts"
import { type HistoryFlags, historyFlags } from "../HistoryFlags.ts"
import { Trace, traceJson } from "../json/Trace.ts"
import * as Output from "../Output.ts"
import { traceLines } from "../render/TraceLines.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"

export const trace = Command.make(
  "trace",
  {
    id: Argument.String("id").pipe(
      Argument.withDescription("A correlation, an event by id or number, or an attempt, as `log --json` shows them")
    ),
    gap: Flag.String("gap").pipe(
      Flag.withMetavar("TIME"),
      Flag.withDescription("Mark what came later than this after what led to it: 500ms, 2s, 5m"),
      Flag.withDefault("1s")
    ),
    ...historyFlags
  },
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(Command.withDescription("What led to what, through all processes, and how long each step took"))

interface Asked extends HistoryFlags {
  readonly id: string
  readonly gap: string
}

export const answer = Effect.fnUntraced(function* (told: Pick<Settings, "home" | "json" | "paint">, asked: Asked) {
  const gap = yield* Gap.read(asked.gap, "--gap")
  const history = yield* History.open(told, asked)
  const found = yield* foundBy(history, asked.id)
  const events = traced(found.events)
  const outside = yield* outsideOf(
    history,
    events.flatMap(({ outside }) => outside ?? [])
  )
  const view = { ...found, events, outside, gap }
  if (told.json) return yield* Output.documentOf(Trace, traceJson(history, view))
  yield* Output.lines(traceLines(view, history.state, told.paint))
}, Effect.scoped)

interface Found {
  /** None, if it is what one event came from and led to. */
  readonly correlation: CorrelationId | undefined
  readonly events: ReadonlyArray<Recorded>
}

const foundBy = Effect.fnUntraced(function* (history: History.History, id: string) {
  const named = yield* namedBy(history, id)
  const correlation = named.find((event) => event.correlation === id)?.correlation ?? subjectOf(named, id)?.correlation
  if (correlation !== undefined) {
    const own = correlation === id ? named : yield* eventsWith(history, [correlation])
    return { correlation, events: yield* closed(history, new Gathering(correlation), own) } satisfies Found
  }
  const subject = subjectOf(named, id)
  if (subject === undefined) return yield* noSuchId(history, id)
  const causes = yield* causesOf(history, subject)
  return { correlation, events: yield* closed(history, new Gathering(undefined, causes), []) } satisfies Found
})

/** The event itself, or the first of the attempt. */
const subjectOf = (named: ReadonlyArray<Recorded>, id: string): Recorded | undefined =>
  named.find((event) => event.id === id || String(event.seq) === id) ??
  named.find(({ data }) => "attempt" in data && data.attempt === id)

/** Events that have the id anywhere, or the number. */
const namedBy = (history: History.History, id: string) => {
  const seq = /^\d{1,15}$/.test(id) ? Seq.make(Number(id)) : undefined
  if (seq !== undefined) {
    return seq < 1 || seq > history.state.head ? Effect.succeed([]) : Effect.map(eventAt(history, seq), Option.toArray)
  }
  return isId(id) ? eventsWith(history, [id]) : Effect.succeed([])
}

const isId = Schema.is(CorrelationId)

const eventAt = ({ ledger }: History.History, seq: Seq) => Stream.runHead(ledger.read(seq))

const eventsWith = Effect.fnUntraced(function* (history: History.History, names: ReadonlyArray<string>, from?: Seq) {
  const events: Array<Recorded> = []
  yield* History.scan(history, { names, from, take: (event) => void events.push(event) })
  return events
})

/** Until nothing is added any more: what these led to may be written under another correlation. */
const closed = Effect.fnUntraced(function* (
  history: History.History,
  gathering: Gathering,
  begin: ReadonlyArray<Recorded>
) {
  for (const event of begin) gathering.take(event)
  for (let count = -1; count !== gathering.events.length;) {
    count = gathering.events.length
    const from = gathering.events[0]?.seq
    for (const event of yield* eventsWith(history, gathering.names, from)) gathering.take(event)
  }
  return gathering.events
})

/** The event, and what led to it, one after the other. */
const causesOf = Effect.fnUntraced(function* (history: History.History, event: Recorded) {
  const causes = [event]
  for (let id = event.cause; id !== undefined; id = causes.at(-1)?.cause) {
    const above: Recorded | undefined = yield* eventOf(history, id)
    if (above === undefined || above.seq >= (causes.at(-1)?.seq ?? 0)) break
    causes.push(above)
  }
  return causes
})

/** None if it is not in the ledger, or not any more. */
const eventOf = (history: History.History, id: EventId) =>
  Effect.flatMap(history.ledger.asOf({ id }), ({ head }) => eventAt(history, head)).pipe(
    Effect.map(Option.getOrUndefined),
    Effect.catchReason("LedgerError", "NoSuchEvent", () => Effect.succeed(undefined))
  )

const outsideOf = Effect.fnUntraced(function* (history: History.History, ids: ReadonlyArray<EventId>) {
  const found = yield* Effect.forEach(new Set(ids), (id) => Effect.map(eventOf(history, id), (event) => event ?? []))
  return found.flat()
})

const noSuchId = ({ state }: History.History, id: string): Effect.Effect<never, Stop> => {
  const holder = Array.from(HashMap.values(state.credentials)).find(({ grant }) => grant === id)
  const isActor = isId(id) && HashMap.has(state.actors, ActorId.make(id))
  return Effect.fail(
    new Stop({
      exitCode: exitCodes.error,
      message: `No event and no correlation has the id ${id}. ${hint(id, holder?.id, isActor)}`
    })
  )
}

const hint = (id: string, holder: string | undefined, isActor: boolean): string => {
  if (holder !== undefined)
    return `It is the grant of ${holder}: \`daybook story ${holder}\` tells what happened to it.`
  if (isActor) return `It is a process: \`daybook log --actor ${id}\` shows what it wrote.`
  return "`daybook log --json` shows the ids of events, and their correlations."
}
