/** Where a reader begins: behind the newest snapshot that fits, else at the state archived segments ended with, else at the first event. */
import type { Seq } from "@daybook/pool/Ids"
import { Effect, Option } from "effect"
import { dirname } from "node:path"
import { Damaged, LedgerError, MissingSegment } from "../LedgerError.ts"
import * as Base from "./Base.ts"
import type { Break } from "./Continuity.ts"
import type { Header } from "./Header.ts"
import * as MarkIndex from "./MarkIndex.ts"
import * as Segments from "./Segments.ts"
import * as Snapshots from "./Snapshots.ts"
import * as View from "./View.ts"
import { startAfter } from "./Walk.ts"

/** `header` is the live segment's. */
export const find = Effect.fnUntraced(function* (
  live: string,
  header: Header
): Effect.fn.Return<View.View, LedgerError> {
  if (yield* Segments.isOutdated(live, header.first)) {
    return yield* new LedgerError({
      reason: new Damaged({ path: live, line: 1, offset: 0, why: Segments.outdated })
    })
  }
  const first = yield* firstHere(live, header)
  const marks = (yield* MarkIndex.read(live)).filter(({ segment }) => segment >= first && segment <= header.first)
  const newest = yield* findSnapshot(live, marks)
  return Option.isSome(newest) ? newest.value : yield* oldest(live, header)
})

/** The first event of the oldest segment that is here. */
export const firstHere = (live: string, header: Header): Effect.Effect<Seq, LedgerError> =>
  Effect.map(Segments.listSealed(dirname(live)), (sealed) =>
    sealed.reduce((least, { first }) => (first < least ? first : least), header.first)
  )

/** The newest mark that these files hold and that has its snapshot: the index may know of more than was put back. */
const findSnapshot = Effect.fnUntraced(function* (live: string, marks: ReadonlyArray<View.Mark>) {
  for (let index = marks.length - 1; index >= 0; index--) {
    const mark = marks[index] as View.Mark
    if (!(yield* isHeld(live, mark))) continue
    const state = yield* Snapshots.read(live, mark)
    if (Option.isSome(state)) return Option.some(View.begin(mark, state.value, marks.slice(0, index + 1)))
  }
  return Option.none()
})

/** Whether the segment has the mark's line where the mark says. */
export const isHeld = (live: string, mark: View.Mark): Effect.Effect<boolean> =>
  Segments.open(live, mark.segment, "read").pipe(
    Effect.flatMap((segment) => (segment === undefined ? Effect.succeed(false) : MarkIndex.holds(mark, segment.file))),
    Effect.scoped,
    Effect.orElseSucceed(() => false)
  )

/** Why nothing can be folded here: the state that archived segments left is not here, or cannot be read. */
export const findFlaw = (live: string, header: Header): Effect.Effect<Break | undefined, LedgerError> =>
  oldest(live, header).pipe(
    Effect.as(undefined),
    Effect.catchReasons("LedgerError", {
      Damaged: ({ path, why }) => Effect.succeed({ path, why }),
      MissingSegment: () =>
        Effect.succeed({ path: Segments.basePath(live), why: "it is missing, as are older segments" })
    })
  )

/** Where the oldest segment begins that was not archived. */
export const oldest = Effect.fnUntraced(function* (
  live: string,
  header: Header
): Effect.fn.Return<View.View, LedgerError> {
  const first = yield* firstHere(live, header)
  if (first === 1) return View.begin()
  const base = yield* Base.read(live)
  if (Option.isNone(base) || base.value.link.seq + 1 < first) {
    const path = Segments.sealedPath(dirname(live), 1 as Seq)
    return yield* new LedgerError({ reason: new MissingSegment({ path, first: 1 as Seq }) })
  }
  if (base.value.ledger !== header.ledger) {
    const why = "it belongs to another ledger"
    return yield* new LedgerError({ reason: new Damaged({ path: Segments.basePath(live), line: 1, offset: 0, why }) })
  }
  return View.begin(startAfter(base.value.link), base.value.state)
})
