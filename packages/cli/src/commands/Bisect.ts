/** `daybook bisect` */
import { Seq } from "@daybook/pool/Ids"
import { Effect, Option, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { afterDashes } from "../AfterDashes.ts"
import { byCondition, type Judge } from "../bisect/Judge.ts"
import { outcomeOf } from "../bisect/Outcome.ts"
import { type Range, search } from "../bisect/Search.ts"
import { exitCodes } from "../ExitCode.ts"
import * as History from "../History.ts"
import { ledger, moments } from "../HistoryFlags.ts"
import { Bisect, bisectJson } from "../json/Bisect.ts"
import * as Output from "../Output.ts"
import { bisectLines } from "../render/BisectLines.ts"
import { settings } from "../Root.ts"
import { collectOften } from "../SmallHeap.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"

const flags = {
  command: Argument.String("command").pipe(
    Argument.withDescription(
      "After --: a command that is run for each moment, with the pool as JSON on its input; it exits with 0 (holds), 125 (cannot tell) or another code"
    ),
    Argument.variadic()
  ),
  when: Flag.String("when").pipe(
    Flag.withMetavar("CONDITION"),
    Flag.withDescription("Such as 'main.status == dead' or 'count(dead) > 0 && head > 100'"),
    Flag.optional
  ),
  from: Flag.String("from").pipe(
    Flag.withMetavar("MOMENT"),
    Flag.withDescription(`Where to begin: ${moments}; default the first event`),
    Flag.optional
  ),
  to: Flag.String("to").pipe(
    Flag.withMetavar("MOMENT"),
    Flag.withDescription("Where to end; default the last event"),
    Flag.optional
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("Look at every event, for all changes and an exact answer"),
    Flag.withDefault(false)
  ),
  ledger
}

export const bisect = Command.make(
  "bisect",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, { ...flags, argv: process.argv })
  })
).pipe(
  Command.withDescription("The first event after which a condition holds, or after which a command of yours succeeds")
)

interface Asked {
  readonly command: ReadonlyArray<string>
  readonly when: Option.Option<string>
  readonly from: Option.Option<string>
  readonly to: Option.Option<string>
  readonly ledger: Option.Option<string>
  readonly all: boolean
  /** The whole command line, which shows where the command begins. */
  readonly argv: ReadonlyArray<string>
}

export const answer = Effect.fnUntraced(function* (told: Pick<Settings, "home" | "json" | "paint">, asked: Asked) {
  const command = yield* commandIn(asked)
  const history = yield* History.open(told, { ledger: asked.ledger })
  collectOften()
  const by: Judge = Option.isSome(asked.when) ? yield* byCondition(asked.when.value, history.end.state) : yield* command
  const range = yield* rangeOf(history, asked)
  const outcome = yield* outcomeOf(history, by, yield* search(history, range, by, asked))
  if (told.json) return yield* Output.documentOf(Bisect, bisectJson(history, by, outcome))
  yield* Output.lines(bisectLines(outcome, by, history.end.state, told.paint))
}, Effect.scoped)

/** One of the two must be asked. */
const commandIn = Effect.fnUntraced(function* ({ argv, command, when }: Asked) {
  if (Option.isSome(when)) return yield* command.length === 0 ? Effect.succeed(noCommand) : both
  if (command.length === 0) return yield* neither
  const [program, ...args] = yield* afterDashes(command, argv, { ours: "daybook bisect", example: "./is-broken" })
  return Effect.succeed({ _tag: "Command", program, args } satisfies Judge)
})

const usage = (message: string) => Effect.fail(new Stop({ exitCode: exitCodes.usage, message }))
const neither = usage(
  "Say what to look for: `daybook bisect --when 'main.status == dead'`, or a command after --, such as `daybook bisect -- ./is-broken`."
)
const both = usage("Give either --when or a command after --, not both.")
const noCommand = neither

const rangeOf = Effect.fnUntraced(function* (history: History.History, { from, to }: Asked) {
  const first = Option.isSome(from)
    ? (yield* History.standing(history, from.value, "--from")).state.head
    : Option.match(yield* Stream.runHead(history.ledger.read()), {
        onNone: () => Seq.make(1),
        onSome: ({ seq }) => seq
      })
  const last = Option.isSome(to)
    ? (yield* History.standing(history, to.value, "--to")).state.head
    : history.end.state.head
  if (first > last)
    return yield* usage(`--from is event ${first}, and --to is event ${last}, which comes before it. Exchange them.`)
  return { from: first, to: last } satisfies Range
})
