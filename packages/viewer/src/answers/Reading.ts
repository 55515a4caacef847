/** Goes over events for an answer, in pieces, so that it can stop when the answer is not wanted any more. */
import type { EventId } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import type { Context } from "../model/Context.ts"
import type { Range } from "../Source.ts"

const pieceLength = 20_000

type Reading = Pick<Context, "signal" | "source">

export const read = async ({ signal, source }: Reading, range: Range, take: (event: Recorded) => void) => {
  for (let from = range.from; from <= range.to; from += pieceLength) {
    signal?.throwIfAborted()
    await source.events({ ...range, from, to: Math.min(from + pieceLength - 1, range.to), signal }, take)
  }
  signal?.throwIfAborted()
}

/** So much of a long answer is a moment's work. */
const stepLength = 5_000

/** The same, for an answer that needs much of the ledger: tells how far it has come, if that takes more than one step. */
export const sweep = async (context: Context, range: Range, take: (event: Recorded) => void) => {
  const all = range.to - range.from + 1
  const tell = (to: number) => void (all > stepLength && context.progress?.({ events: to - range.from + 1, all }))
  tell(range.from - 1)
  for (let from = range.from; from <= range.to; from += stepLength) {
    const to = Math.min(from + stepLength - 1, range.to)
    await read(context, { ...range, from, to }, take)
    tell(to)
  }
  context.signal?.throwIfAborted()
}

export const eventsIn = async (context: Reading, range: Range): Promise<ReadonlyArray<Recorded>> => {
  const events: Array<Recorded> = []
  await read(context, range, (event) => void events.push(event))
  return events
}

export const eventAt = async (context: Reading, seq: number): Promise<Recorded | undefined> =>
  (await eventsIn(context, { from: seq, to: seq }))[0]

/** Causes mostly stand a few events before; so many are looked through first, and then ever more. */
const nearest = 1_000

/** The event with this id, up to an event. */
export const eventOf = async (context: Context, id: EventId, upTo: number): Promise<Recorded | undefined> => {
  let to = upTo
  for (let length = nearest; to >= context.first; length *= 4) {
    const from = Math.max(context.first, to - length + 1)
    const found = (await eventsIn(context, { from, to, names: [id] })).find((event) => event.id === id)
    if (found !== undefined) return found
    to = from - 1
  }
  return undefined
}

/** The pool behind an event, which may be the one before the first that can be read. */
export const stateBehind = ({ first, source, stateAt }: Context, seq: number, now: number): Promise<PoolState> =>
  seq < first ? source.state(seq) : stateAt({ seq, now })
