/**
 * The loop that one credential is in. Of a long ledger only as much is read as the loop is long: first the newest
 * generations, and from there back until it is seen to begin.
 */
import type { Instant } from "@daybook/pool/Instant"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import { type Loop, loopTypes, makeLoopDetector } from "@daybook/pool/queries/Loops"
import { namesOf } from "@daybook/pool/queries/Why"
import { beginningOf } from "@daybook/pool/queries/why/Recall"
import type { Context } from "../model/Context.ts"
import { eventAt, read } from "./Reading.ts"

/** So many generations back is looked first: all that a state remembers. */
const generations = 64

/** The newest that nothing has broken. */
export const loopOf = async (
  context: Context,
  state: PoolState,
  credential: Credential,
  now: Instant
): Promise<Loop | undefined> => {
  for (let back = state.head - beginningOf(state, credential, generations) + 1; ; back *= 4) {
    const from = Math.max(context.first, state.head - back + 1)
    const loop = await newestIn(context, state, credential, from, now)
    if (loop === undefined || from === context.first || (await isSeenToBegin(context, loop, from))) return loop
  }
}

/** A policy names nobody, and says what lets a loop go on. */
const policies = '"type":"PolicyApplied"'

const newestIn = async (
  context: Context,
  state: PoolState,
  credential: Credential,
  from: number,
  now: Instant
): Promise<Loop | undefined> => {
  const detector = makeLoopDetector()
  const names = [...namesOf(state, credential), policies]
  await read(context, { from, to: state.head, types: loopTypes, names }, (event) => void detector.take(event))
  const its = detector.found(now).filter((loop) => loop.ended === undefined && isOf(loop, credential))
  return its.toSorted((one, other) => one.last.seq - other.last.seq).at(-1)
}

const isOf = (loop: Loop, { grant, id }: Credential): boolean => loop.credential === id || loop.grant === grant

/** So many periods without an iteration, and what came before was none of it. */
const quiet = 3

const isSeenToBegin = async (context: Context, { first, period }: Loop, from: number): Promise<boolean> => {
  const event = await eventAt(context, from)
  return event !== undefined && first.at - event.at > quiet * period
}
