/**
 * The pool as it stood at a moment: the newest snapshot before it, and a short fold. The order is `seq`; an instant is
 * looked up over the running maximum of `at`, an id by the time that is in it.
 */
import type { EventId, Seq } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Option } from "effect"
import type { LedgerError } from "../LedgerError.ts"
import { describe, type Moment } from "../Moment.ts"
import * as Beginning from "./Beginning.ts"
import * as FindId from "./FindId.ts"
import { readPage } from "./Page.ts"
import type { Opened, Reader } from "./Reader.ts"
import * as Snapshots from "./Snapshots.ts"
import { noSuchEvent } from "./StartingPlace.ts"
import * as View from "./View.ts"

/** What is told of the marks that a fold comes by, and may know states that are in no snapshot. */
export interface Memory {
  readonly offer: (crossed: ReadonlyArray<View.Crossed>) => void
  readonly stateAt: (mark: View.Mark) => PoolState | undefined
}

export const noMemory: Memory = { offer: () => {}, stateAt: () => undefined }

export const asOf = Effect.fnUntraced(function* (
  reader: Reader,
  moment: Moment,
  memory: Memory
): Effect.fn.Return<PoolState, LedgerError> {
  // What stands before damage can be asked for.
  if (!isBehind(reader.now(), moment))
    yield* Effect.catchReason(reader.catchUp, "LedgerError", "Damaged", () => Effect.void)
  const opened = reader.now()
  const state = yield* stateAt({ reader, opened, memory }, moment)
  if (state !== undefined) return state
  // Another ledger may have taken this one's place meanwhile.
  if (reader.now().opening !== opened.opening) return yield* asOf(reader, moment, memory)
  const first = yield* Beginning.firstHere(reader.path, opened.header)
  return yield* noSuchEvent(reader.path, describe(moment), first, opened.view)
})

/** Whether a ledger that was just opened, at a snapshot, has the moment behind it already. */
const isBehind = ({ view: { checkedFrom, place, state } }: Opened, moment: Moment): boolean =>
  place === checkedFrom && ("seq" in moment ? moment.seq <= place.seq : "at" in moment && moment.at < state.latest)

interface Tools {
  readonly reader: Reader
  readonly opened: Opened
  readonly memory: Memory
}

/** None if the ledger does not reach there. */
const stateAt = (tools: Tools, moment: Moment): Effect.Effect<PoolState | undefined, LedgerError> => {
  if ("id" in moment) return FindId.find(tools.reader, tools.opened, moment.id, stateBehind(tools, moment.id))
  return Effect.map(foldTo(tools, "seq" in moment ? isUpTo(moment.seq) : isWrittenBy(moment.at)), (part) => part?.state)
}

/** The state behind the event at a place, if it is the event of that id: junk may hold lines that look like its own. */
const stateBehind = (tools: Tools, id: EventId) => (seq: Seq) =>
  Effect.map(foldTo(tools, endsWith(seq)), (part) => (part?.last?.id === id ? part.state : undefined))

/** Which part of the ledger is meant: whether it holds what has been folded, and the next event too. */
interface Part {
  readonly holds: (folded: { readonly seq: Seq; readonly latest: number }) => boolean
  readonly holdsNext: (event: Recorded) => boolean
  /** The event that it must reach. */
  readonly reaches?: Seq
}

const isUpTo = (seq: Seq): Part => ({
  holds: (folded) => folded.seq <= seq,
  holdsNext: (event) => event.seq <= seq,
  reaches: seq
})

/** The same, and the fold takes the last event itself. */
const endsWith = (seq: Seq): Part => ({ ...isUpTo(seq), holds: (folded) => folded.seq < seq })

const isWrittenBy = (at: number): Part => ({
  holds: ({ latest }) => latest <= at,
  holdsNext: (event) => event.at <= at
})

/** None if the part begins or ends where the ledger has nothing, or another ledger has taken its place. */
const foldTo = Effect.fnUntraced(function* (
  { memory, opened, reader }: Tools,
  part: Part
): Effect.fn.Return<Folded | undefined, LedgerError> {
  const { opening } = opened
  const { place: end, state } = opened.view
  if ((part.reaches ?? 0) > end.seq) return undefined
  if (part.holds({ seq: end.seq, latest: state.latest })) return { state, last: undefined }
  const begin = yield* beginOf(reader, opened, part, memory)
  if (!part.holds({ seq: begin.place.seq, latest: begin.state.latest })) return undefined
  const folding = new View.Folding(begin.state, begin.place, yield* View.SnapshotEvery)
  let last: Recorded | undefined
  let isDone = begin.place.seq === part.reaches
  while (!isDone && folding.place.seq < end.seq) {
    const walked = yield* readPage(
      reader,
      { opening, place: folding.place },
      {
        stop: (event) => !part.holdsNext(event)
      }
    )
    if (walked === undefined) return undefined
    for (const line of walked.lines) folding.take(line)
    folding.place = walked.place
    last = walked.lines.at(-1)?.event ?? last
    isDone = walked.isStopped
  }
  memory.offer(folding.crossed)
  return { state: folding.state, last }
})

interface Folded {
  readonly state: PoolState
  /** The event that was folded last. */
  readonly last: Recorded | undefined
}

/** The newest state in the part that is at hand, in memory or in a snapshot; else where the ledger begins. */
const beginOf = Effect.fnUntraced(function* ({ path }: Reader, { header, view }: Opened, part: Part, memory: Memory) {
  for (let index = view.marks.findLastIndex(part.holds); index >= 0; index--) {
    const mark = view.marks[index] as View.Mark
    const remembered = memory.stateAt(mark)
    const state = remembered === undefined ? yield* Snapshots.read(path, mark) : Option.some(remembered)
    if (Option.isSome(state) && (yield* Beginning.isHeld(path, mark))) return View.begin(mark, state.value)
  }
  return yield* Beginning.oldest(path, header)
})
