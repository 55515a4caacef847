/**
 * The pool as it stood at a moment: the newest snapshot before it, and a short fold. The order is `seq`; an instant is
 * looked up over the running maximum of `at`, an id by the time that is in it.
 */
import type { Seq } from "@daybook/pool/Ids"
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

/** `onCrossed` is told of the marks that the fold comes by. */
export const asOf = Effect.fnUntraced(function* (
  reader: Reader,
  moment: Moment,
  onCrossed: (crossed: ReadonlyArray<View.Crossed>) => void
): Effect.fn.Return<PoolState, LedgerError> {
  // What stands before damage can be asked for.
  yield* Effect.catchReason(reader.catchUp, "LedgerError", "Damaged", () => Effect.void)
  const opened = reader.now()
  if ("at" in moment) return yield* foldTo(reader, opened, isWrittenBy(moment.at), onCrossed)
  const seq = "seq" in moment ? moment.seq : yield* FindId.find(reader, opened, moment.id)
  if (seq === undefined || seq > opened.view.place.seq) return yield* missing(reader, opened, moment)
  return yield* foldTo(reader, opened, isUpTo(seq), onCrossed)
})

/** Which part of the ledger is meant: whether it holds what has been folded, and the next event too. */
interface Part {
  readonly holds: (folded: { readonly seq: Seq; readonly latest: number }) => boolean
  readonly holdsNext: (event: Recorded) => boolean
  readonly wanted: Moment
}

const isUpTo = (seq: Seq): Part => ({
  holds: (folded) => folded.seq <= seq,
  holdsNext: (event) => event.seq <= seq,
  wanted: { seq }
})

const isWrittenBy = (at: number): Part => ({
  holds: ({ latest }) => latest <= at,
  holdsNext: (event) => event.at <= at,
  wanted: { at }
})

const missing = Effect.fnUntraced(function* (reader: Reader, { header, view }: Opened, moment: Moment) {
  const first = yield* Beginning.firstHere(reader.path, header)
  return yield* noSuchEvent(reader.path, describe(moment), first, view)
})

const foldTo = Effect.fnUntraced(function* (
  reader: Reader,
  opened: Opened,
  part: Part,
  onCrossed: (crossed: ReadonlyArray<View.Crossed>) => void
) {
  const { place: end, state } = opened.view
  if (part.holds({ seq: end.seq, latest: state.latest })) return state
  const begin = yield* beginOf(reader, opened, part)
  if (!part.holds({ seq: begin.place.seq, latest: begin.state.latest })) {
    return yield* missing(reader, opened, part.wanted)
  }
  const folding = new View.Folding(begin.state, begin.place, yield* View.SnapshotEvery)
  let isDone = false
  while (!isDone && folding.place.seq < end.seq) {
    const { isStopped, lines, place } = yield* readPage(reader, folding.place, (event) => !part.holdsNext(event))
    for (const line of lines) folding.take(line)
    folding.place = place
    isDone = isStopped
  }
  onCrossed(folding.crossed)
  return folding.state
})

/** The newest snapshot in the part, else where the ledger begins. */
const beginOf = Effect.fnUntraced(function* ({ path }: Reader, { header, view }: Opened, part: Part) {
  for (let index = view.marks.findLastIndex(part.holds); index >= 0; index--) {
    const mark = view.marks[index] as View.Mark
    const state = yield* Snapshots.read(path, mark)
    if (Option.isSome(state) && (yield* Beginning.isHeld(path, mark))) return View.begin(mark, state.value)
  }
  return yield* Beginning.oldest(path, header)
})
