/**
 * Keeps what makes a long ledger quick to read: a row of the index and a snapshot for each mark. It runs beside the
 * writer, after a sync of its own, and whatever goes wrong costs later readers time and nothing else.
 */
import { Effect, Latch, type Scope, Semaphore } from "effect"
import * as MarkIndex from "./MarkIndex.ts"
import * as Segments from "./Segments.ts"
import * as Snapshots from "./Snapshots.ts"
import type { Crossed, Mark, View } from "./View.ts"

export interface Keeper {
  readonly offer: (crossed: ReadonlyArray<Crossed>) => void
  /** Keeps what was offered until now. */
  readonly drain: Effect.Effect<void>
  /** Forgets marks that nobody can have made: whoever asks holds the lock, and knows the ledger to its end. */
  readonly trim: (view: View) => Effect.Effect<void>
  /** Whether there are marks behind all that was read. */
  readonly knowsBeyond: (view: View) => boolean
  /** Keeps the end too, for whoever opens the ledger next, if it is far from the last mark. */
  readonly keepEnd: (view: View) => Effect.Effect<void>
}

/** So many events are quickly folded. */
const near = 100

/** The most that waits; more is dropped, the oldest first. */
const mostWaiting = 64

export const make = Effect.fnUntraced(function* (live: string): Effect.fn.Return<Keeper, never, Scope.Scope> {
  const bell = Latch.makeUnsafe()
  const rows = new Map((yield* MarkIndex.read(live)).map((mark) => [mark.seq, mark]))
  let waiting: Array<Crossed> = []

  const keep = Effect.fnUntraced(function* (crossed: ReadonlyArray<Crossed>) {
    const added = crossed.map(({ mark }) => mark).filter((mark) => rows.get(mark.seq)?.h !== mark.h)
    for (const mark of added) rows.set(mark.seq, mark)
    yield* Effect.forEach(crossed, keepSnapshot(live), { discard: true })
    if (added.length > 0) yield* MarkIndex.add(live, added, inOrder(rows))
  })

  const turn = yield* Semaphore.make(1)
  const drain = turn.withPermit(
    Effect.gen(function* () {
      const crossed = waiting
      waiting = []
      for (const [segment, ofOne] of Map.groupBy(crossed, ({ mark }) => mark.segment)) {
        if (yield* syncSegment(live, segment)) yield* keep(ofOne)
      }
    })
  )

  yield* Snapshots.sweep(live).pipe(Effect.forkScoped)
  yield* bell.await.pipe(
    Effect.andThen(Effect.sync(() => bell.closeUnsafe())),
    Effect.andThen(drain),
    Effect.forever,
    Effect.forkScoped
  )
  const keepEnd = Effect.fnUntraced(function* ({ marks, place, state }: View) {
    yield* drain
    if (place.seq - (marks.at(-1)?.seq ?? 0) <= near || place.offset === 0) return
    waiting = [{ mark: { ...place, latest: state.latest }, state }]
    yield* drain
  })
  const trim = Effect.fnUntraced(function* ({ place }: View) {
    const known = yield* MarkIndex.read(live)
    const made = known.filter((mark) => mark.seq <= place.seq)
    for (const { seq } of known.slice(made.length)) rows.delete(seq)
    if (made.length < known.length) yield* MarkIndex.write(live, made)
  })
  return {
    drain,
    trim,
    knowsBeyond: ({ place }) => [...rows.keys()].some((seq) => seq > place.seq),
    keepEnd,
    offer: (crossed) => {
      waiting = [...waiting, ...crossed].slice(-mostWaiting)
      bell.openUnsafe()
    }
  }
})

/** By a descriptor of its own: what the system says to it, the writer is still told. */
const syncSegment = (live: string, segment: Mark["segment"]): Effect.Effect<boolean> =>
  Segments.open(live, segment, "read").pipe(
    Effect.flatMap((opened) => (opened === undefined ? Effect.succeed(false) : Effect.as(opened.file.sync, true))),
    Effect.scoped,
    Effect.orElseSucceed(() => false)
  )

/** Unless another process has kept it before, and it is whole. */
const keepSnapshot =
  (live: string) =>
  (crossed: Crossed): Effect.Effect<void> =>
    Effect.flatMap(Snapshots.isWhole(live, crossed.mark), (isKept) =>
      isKept ? Effect.void : Snapshots.write(live, crossed)
    )

const inOrder = (rows: ReadonlyMap<number, Mark>): ReadonlyArray<Mark> =>
  [...rows.values()].toSorted((a, b) => a.seq - b.seq)
