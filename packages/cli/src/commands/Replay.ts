/** `daybook replay` */
import { replayRules } from "@daybook/oauth/ReplayRules"
import type { EventId, Seq } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import { DecisionTrace, firstCountDivergence } from "@daybook/pool/replay/DecisionTrace"
import { firstUnlike, kept } from "@daybook/pool/replay/KeptDivergence"
import { type Divergence, Replay as Engine } from "@daybook/pool/replay/Replay"
import { firstDivergence, StateTrace } from "@daybook/pool/replay/StateTrace"
import { Effect, Option, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import * as ExpectedReplay from "../ExpectedReplay.ts"
import { exitCodes } from "../ExitCode.ts"
import * as History from "../History.ts"
import { type HistoryFlags, historyFlags } from "../HistoryFlags.ts"
import { Replay, type ReplayAnswer, replayJson } from "../json/Replay.ts"
import * as Output from "../Output.ts"
import { nameOf } from "../ReadText.ts"
import { replayLines } from "../render/ReplayLines.ts"
import * as Replaying from "../Replaying.ts"
import { settings } from "../Root.ts"
import { collectOften } from "../SmallHeap.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"

const flags = {
  ...historyFlags,
  file: Argument.String("file").pipe(
    Argument.withDescription("With --assert: what a replay came to before, as --write wrote it"),
    Argument.optional
  ),
  assert: Flag.Boolean("assert").pipe(
    Flag.withDescription("End with exit code 4 at the first that is not as it was; with FILE, states are compared too"),
    Flag.withDefault(false)
  ),
  write: Flag.String("write").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Write what this replay comes to into a new file, to compare later ones with"),
    Flag.optional
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("Show each decision that comes out otherwise"),
    Flag.withDefault(false)
  )
}

export const replay = Command.make(
  "replay",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(
  Command.withDescription(
    "Makes every recorded decision again by the code of today, and says where it comes out otherwise. Writes nothing to the ledger"
  )
)

interface Asked extends HistoryFlags {
  readonly file: Option.Option<string>
  readonly assert: boolean
  readonly write: Option.Option<string>
  readonly all: boolean
}

/** So many divergences are kept; the others are counted by place. */
const most = 10_000

export const answer = Effect.fnUntraced(function* (told: Pick<Settings, "home" | "json" | "paint">, asked: Asked) {
  yield* sensible(asked)
  const expected = Option.isSome(asked.file) ? yield* ExpectedReplay.read(asked.file.value) : undefined
  const whole = yield* History.open(told, asked)
  collectOften()
  const history = expected === undefined ? whole : yield* upTo(whole, expected, asked.file)
  const start = yield* Replaying.startOf(history)
  const isTraced = expected !== undefined || Option.isSome(asked.write)
  const every = expected?.every ?? ExpectedReplay.every(history.state.head)
  const found = yield* replayed(history, start, every, isTraced)
  if (Option.isSome(asked.write)) yield* ExpectedReplay.write(asked.write, yield* expectedOf(history, found))
  const result = resultOf(found, expected)
  yield* told.json
    ? Output.documentOf(Replay, replayJson(history, result))
    : Output.lines(replayLines({ ...result, head: history.state.head, all: asked.all }, told.paint))
  // Where damage is, nobody knows what was decided behind it.
  const isSure = isGood(result) && history.damage === undefined
  if (asked.assert && !isSure) return yield* new Stop({ exitCode: exitCodes.verificationFailed, message: "" })
}, Effect.scoped)

const sensible = ({ assert, file, write }: Asked): Effect.Effect<void, Stop> => {
  if (Option.isSome(file) && !assert) return usage(`${file.value}: give --assert with it, to compare a replay with it.`)
  if (assert && Option.isSome(write)) return usage("--assert and --write: choose one of them.")
  return Effect.void
}

const usage = (message: string) => Effect.fail(new Stop({ exitCode: exitCodes.usage, message }))

interface Found {
  readonly engine: Engine
  readonly divergences: ReadonlyArray<Divergence>
  readonly decisions: DecisionTrace
  readonly trace: StateTrace
  readonly every: number
  readonly last: EventId | undefined
  readonly classifier: number
}

/** States are looked at only if they are to be compared or kept: that takes longer than all the rest. */
const replayed = Effect.fnUntraced(function* (
  history: History.History,
  start: PoolState,
  every: number,
  isTraced: boolean
) {
  const rules = replayRules()
  const divergences: Array<Divergence> = []
  const decisions = new DecisionTrace(every)
  const onDivergence = (divergence: Divergence) => {
    if (divergences.length < most) divergences.push(divergence)
    decisions.diverged(divergence)
  }
  const engine = new Engine({ rules, from: start, onDivergence, onJudged: decisions.judged })
  const trace = new StateTrace(ExpectedReplay.digest, every, start)
  let last: EventId | undefined
  yield* Replaying.forEach(history, (event) => {
    engine.add(event)
    if (isTraced) trace.add(event)
    last = event.id
  })
  engine.end()
  trace.end()
  return { engine, divergences, decisions, trace, every, last, classifier: rules.version } satisfies Found
})

const resultOf = (
  { classifier, decisions, divergences, engine, every, trace }: Found,
  expected: ExpectedReplay.Expected | undefined
): ReplayAnswer => {
  const { diverged, judged, notJudged, underUnknownPolicy } = engine
  const unlike = firstUnlike(expected?.divergences ?? [], divergences, ExpectedReplay.digest)
  return {
    classifier,
    judged,
    diverged,
    underUnknownPolicy,
    notJudged,
    divergences,
    ...(expected === undefined ? {} : { compared: { places: expected.states.length, every } }),
    unexpected: {
      decision: unlike?.now,
      formerly: unlike?.was,
      made: expected === undefined ? undefined : firstCountDivergence(expected.decisions, decisions.places),
      state: expected === undefined ? undefined : firstDivergence(expected.states, trace.places)
    }
  }
}

const isGood = ({ unexpected }: ReplayAnswer): boolean =>
  Object.values(unexpected).every((found) => found === undefined)

const expectedOf = Effect.fnUntraced(function* (history: History.History, found: Found) {
  const { classifier, decisions, divergences, engine, every, last, trace } = found
  const { ledger, state } = history
  if (last === undefined) return yield* new Stop({ exitCode: exitCodes.error, message: "The ledger holds no event." })
  const end = yield* endOf(ledger)
  return {
    ...(state.ledger === undefined ? {} : { ledger: state.ledger.id }),
    head: { seq: state.head, event: last, ...(end?.seq === state.head ? { h: end.h } : {}) },
    classifier,
    judged: engine.judged,
    every,
    decisions: decisions.places,
    divergences: divergences.map((divergence) => kept(divergence, ExpectedReplay.digest)),
    states: trace.places
  }
})

/** None where damage keeps the ledger from being read to its end. */
const endOf = ({ head }: History.History["ledger"]) =>
  Effect.catchReason(head, "LedgerError", "Damaged", () => Effect.succeed(undefined))

/** The history up to where the expected file was made: the ledger may have grown since. */
const upTo = Effect.fnUntraced(function* (
  history: History.History,
  { head, ledger: id }: ExpectedReplay.Expected,
  file: Option.Option<string>
) {
  const path = Option.match(file, { onNone: () => "", onSome: nameOf })
  const other = (why: string) => new Stop({ exitCode: exitCodes.verificationFailed, message: `${path} is ${why}` })
  if (id !== undefined && id !== history.end.state.ledger?.id) {
    return yield* other("of another ledger. Name the ledger that it was made of with --ledger.")
  }
  if (head.seq > history.end.state.head) {
    return yield* other(
      `of ${head.seq} events, and the ledger has ${history.end.state.head}. Put the missing ones back.`
    )
  }
  if (head.seq > history.state.head) {
    return yield* usage(
      `${path} is of ${head.seq} events, and --at ends at event ${history.state.head}. Leave --at out.`
    )
  }
  const event = yield* Stream.runHead(history.ledger.read(head.seq as Seq))
  const end = yield* endOf(history.ledger)
  const isChanged = end?.seq === head.seq && head.h !== undefined && end.h !== head.h
  if (Option.isNone(event) || event.value.id !== head.event || isChanged) {
    return yield* other(`of other events: event ${head.seq} is not what it was. \`daybook verify\` checks the ledger.`)
  }
  const state = yield* history.ledger.asOf({ seq: head.seq as Seq })
  return { ...history, state, at: state.latest }
})
