/** What changed between two cursors, of each credential only what differs, and the events that did it. */
import type { Axes, AxisName } from "@daybook/pool/queries/Axes"
import { Differ, type Difference, type Standpoint } from "@daybook/pool/queries/Diff"
import { axisNames, axisTitles, axisWords, type Telling } from "@daybook/words/AxisWords"
import { absolute } from "@daybook/words/Time"
import type { Context } from "../model/Context.ts"
import type { Answers, Cursor } from "../Questions.ts"
import { namesFor } from "./Naming.ts"
import { sweep } from "./Reading.ts"

type Diff = Answers["diff"]
type Changed = Diff["answer"]["credentials"][number]

/** From the earlier cursor to the later one, in whichever order they were named. */
export const diff = async (context: Context, { from, to }: Diff["question"]): Promise<Diff["answer"]> => {
  const [before, after] = await Promise.all(inOrder(from, to).map((cursor) => standing(context, cursor)))
  if (before === undefined || after === undefined) return { credentials: [] }
  const differences = await compare(context, before, after)
  const blamed = differences.flatMap(({ changes }) => changes.flatMap(({ by }) => by.newest))
  const names = await namesFor(context, after.state, blamed)
  return { credentials: differences.map((difference) => changedOf(difference, { names, time: absolute })) }
}

const inOrder = (one: Cursor, other: Cursor): ReadonlyArray<Cursor> =>
  one.seq < other.seq || (one.seq === other.seq && one.now <= other.now) ? [one, other] : [other, one]

const standing = async ({ stateAt }: Context, cursor: Cursor): Promise<Standpoint> => ({
  state: await stateAt(cursor),
  at: cursor.now
})

/** Every line is searched for each of them, so where there are many it is faster to read all. */
const namesMost = 16

/** Of what lies between, only the events of credentials that differ are read. */
const compare = async (context: Context, before: Standpoint, after: Standpoint): Promise<ReadonlyArray<Difference>> => {
  const differ = new Differ(before, after)
  const range = { from: before.state.head + 1, to: after.state.head }
  const names = differ.names.length > namesMost ? undefined : differ.names.map((name) => JSON.stringify(name))
  if (differ.names.length > 0) await sweep(context, { ...range, names }, (event) => differ.take(event))
  return differ.differences()
}

const changedOf = (difference: Difference, telling: Telling): Changed => {
  const { after, before, changes, credential, provider } = difference
  const byAxis = axisNames.flatMap((name) => changes.filter(({ axis }) => axis === name))
  return {
    id: credential,
    provider,
    changes: [
      ...statusOf(difference),
      ...byAxis.map(({ axis, by }) => ({
        title: axisTitles[axis],
        before: before && wordsOf(axis, before.axes, telling),
        after: wordsOf(axis, after.axes, telling),
        by: by.newest.map(({ seq }) => seq)
      }))
    ]
  }
}

const wordsOf = (axis: AxisName, axes: Axes, telling: Telling): string => axisWords(axis, axes, telling)

/** Axes that the word is made of. */
const ofStatus: ReadonlySet<AxisName> = new Set(["membership", "operator", "health", "cooldown"])

/** So many events are named, as for an axis. */
const newestMost = 4

const statusOf = ({ after, before, changes }: Difference): Changed["changes"] => {
  if (before?.word === after.word) return []
  const by = changes.filter(({ axis }) => ofStatus.has(axis)).flatMap(({ by: { newest } }) => newest)
  const seqs = new Set(by.map(({ seq }) => seq))
  const newest = [...seqs].toSorted((one, other) => one - other).slice(-newestMost)
  return [{ title: "status", before: before?.word, after: after.word, by: newest }]
}
