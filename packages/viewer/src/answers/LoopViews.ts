/** A loop for people: in a sentence and in figures, with the events of one turn of it. */
import type { PoolState } from "@daybook/pool/PoolState"
import type { Loop } from "@daybook/pool/queries/Loops"
import type { Recorded } from "@daybook/pool/Recorded"
import { loopInWords } from "@daybook/refresher/LoopRemedy"
import { credentialIn, remedyFor } from "@daybook/words/LoopWords"
import type { Context } from "../model/Context.ts"
import type { LoopView } from "../Questions.ts"
import { namesFor } from "./Naming.ts"
import { eventsIn } from "./Reading.ts"
import { stepOf } from "./Steps.ts"

/** `turn`: events of one turn, in order. */
export const loopView = async (
  context: Context,
  state: PoolState,
  loop: Loop,
  turn: ReadonlyArray<Recorded>
): Promise<LoopView> => {
  const { first, iterations, kind, last, period, running, stores, wasted } = loop
  const credential = credentialIn(loop, state)
  const names = await namesFor(context, state, [...turn, ...loop.actors.map((actor) => ({ actor }))])
  return {
    kind,
    says: loopInWords(loop),
    credential: credential?.id ?? loop.credential,
    first,
    last,
    iterations,
    period,
    actors: [...loop.actors.map(names.actor), ...stores.map((store) => `another program, seen in the ${store} store`)],
    wasted,
    remedy: credential === undefined ? "" : remedyFor(loop, credential),
    isRunning: running,
    turn: turn.map((event) => stepOf(event, names))
  }
}

/** So many events are looked through first, and then ever more. */
const nearest = 1_000

/** The newest steps of a turn, if it has more. */
const stepsMost = 24

/** What befell its login since the iteration before the last one. */
export const turnOf = async (context: Context, loop: Loop): Promise<ReadonlyArray<Recorded>> => {
  const names = [loop.credential && JSON.stringify(loop.credential), loop.grant].filter((name) => name !== undefined)
  if (names.length === 0) return []
  const { first, last } = loop
  for (let length = nearest; ; length *= 8) {
    const from = Math.max(first.seq, last.seq - length)
    const events = await eventsIn(context, { from, to: last.seq, names })
    const before = events.findLastIndex((event) => isIterationBefore(event, events.at(-1), loop))
    if (before >= 0 || from === first.seq) return events.slice(before + 1).slice(-stepsMost)
  }
}

/** Of one iteration several events may be of the type that ends it; those of the one before are about a period away. */
const isIterationBefore = (event: Recorded, last: Recorded | undefined, { period }: Loop): boolean =>
  last !== undefined && event.seq < last.seq && event.type === last.type && last.at - event.at >= period / 2
