/** `daybook diff` */
import { Differ, type Difference } from "@daybook/pool/queries/Diff"
import type { Seq } from "@daybook/pool/Ids"
import { Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import * as ActorNames from "../ActorNames.ts"
import { namesMost } from "../EventFilter.ts"
import * as History from "../History.ts"
import { type HistoryFlags, ledger, moments } from "../HistoryFlags.ts"
import { Diff, diffJson } from "../json/Diff.ts"
import * as Output from "../Output.ts"
import { fromToLines } from "../render/AsOfLines.ts"
import { diffLines } from "../render/DiffLines.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"

const flags = {
  one: Argument.String("A").pipe(Argument.withDescription(`A moment: ${moments}`)),
  other: Argument.String("B").pipe(
    Argument.withDescription("Another one; default the end of the ledger"),
    Argument.optional
  ),
  ledger
}

export const diff = Command.make(
  "diff",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(
  Command.withDescription(
    "What changed in the pool between two moments: of each credential only what differs, and the events that did it"
  )
)

interface Asked extends Pick<HistoryFlags, "ledger"> {
  readonly one: string
  readonly other: Option.Option<string>
}

/** From the earlier of the two moments to the later one, in whichever order they were named. */
export const answer = Effect.fnUntraced(function* (
  { json, paint, ...told }: Pick<Settings, "home" | "json" | "paint">,
  { ledger, one, other }: Asked
) {
  const history = yield* History.open(told, { ledger })
  const named = yield* History.standing(history, one, "A")
  const [from, to] = inOrder(
    named,
    Option.isNone(other) ? history.end : yield* History.standing(history, other.value, "B")
  )
  const differences = yield* compare(history, from, to)
  if (json) return yield* Output.documentOf(Diff, diffJson(history, from, to, differences))
  const names = yield* ActorNames.find({ ...history, ...to }, differences.flatMap(blamedIn))
  yield* Output.lines([...fromToLines(from, to, paint), ...diffLines(differences, names, paint)])
}, Effect.scoped)

const blamedIn = ({ changes }: Difference) => changes.flatMap(({ by }) => by.newest.map(({ actor }) => actor))

const inOrder = (one: History.Standing, other: History.Standing): readonly [History.Standing, History.Standing] =>
  one.state.head < other.state.head || (one.state.head === other.state.head && one.at <= other.at)
    ? [one, other]
    : [other, one]

/** Of what lies between, only the events of credentials that differ are read. */
const compare = Effect.fnUntraced(function* (history: History.History, from: History.Standing, to: History.Standing) {
  const differ = new Differ(from, to)
  const { names } = differ
  if (names.length > 0) {
    yield* History.scan(history, {
      from: (from.state.head + 1) as Seq,
      to: to.state.head,
      names: names.length > namesMost ? [] : names.map((name) => JSON.stringify(name)),
      take: (event) => differ.take(event)
    })
  }
  return differ.differences()
})
