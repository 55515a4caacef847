/** The loops that credentials were caught in up to a cursor, by their beginning. */
import type { Context } from "../model/Context.ts"
import type { Answers } from "../Questions.ts"
import { loopsAt } from "./Detection.ts"
import { loopView, turnOf } from "./LoopViews.ts"

type Loops = Answers["loops"]

/** Of so many, the newest ones, a turn is read. */
const turnsMost = 24

export const loops = async (context: Context, { at }: Loops["question"]): Promise<Loops["answer"]> => {
  const found = await loopsAt(context, at)
  const state = await context.stateAt(at)
  const newest = new Set(found.toSorted((one, other) => other.last.seq - one.last.seq).slice(0, turnsMost))
  const views: Array<Loops["answer"][number]> = []
  for (const loop of found) {
    views.push(await loopView(context, state, loop, newest.has(loop) ? await turnOf(context, loop) : []))
  }
  return views
}
