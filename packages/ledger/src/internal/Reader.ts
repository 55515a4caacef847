/**
 * One open ledger and what has been read of it. Reading takes no lock: a reader sees whole lines, and leaves half a line
 * at the end alone. Every byte is checked once, here; `Reading` then reads checked bytes again without their sums.
 * Where a segment ends, the reader goes on in the next one.
 */
import { Effect, Exit, Option, PubSub, Scope, Semaphore } from "effect"
import type { Seq } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import { Damaged, LedgerError } from "../LedgerError.ts"
import * as Accepted from "./Accepted.ts"
import * as Base from "./Base.ts"
import * as Beginning from "./Beginning.ts"
import { findBreak } from "./Continuity.ts"
import * as Header from "./Header.ts"
import type { LedgerFile } from "./LedgerFile.ts"
import * as MarkIndex from "./MarkIndex.ts"
import { walkOn } from "./Pages.ts"
import * as Segments from "./Segments.ts"
import * as View from "./View.ts"
import { type Damage, type Junk, nothingBehind, type Place, type Walked } from "./Walk.ts"

export interface Reader {
  /** Of the live segment. */
  readonly path: string
  /** File, header and view belong together; all change when a segment ends, or the path comes to name another ledger. */
  readonly now: () => Opened
  /** Reads on to the end of the ledger. */
  readonly catchUp: Effect.Effect<Opened, LedgerError>
  /** The same, with something done after each piece. */
  readonly catchUpBy: (pause: Effect.Effect<void>) => Effect.Effect<Opened, LedgerError>
  /** The same, for somebody who holds the turn. */
  readonly catchUpInTurn: Effect.Effect<Opened, LedgerError>
  /** Nobody else reads on meanwhile. */
  readonly inTurn: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Takes over what was just written behind the view, and the state that it leads to. */
  readonly advance: (walked: Walked, end: PoolState) => void
  /** Told whenever the view has moved. */
  readonly moved: PubSub.PubSub<void>
}

export interface Opened {
  /** The segment that `view` reaches into. */
  readonly file: LedgerFile
  readonly header: Header.Header
  readonly view: View.View
  /** Counts how often the ledger was found replaced and read from its beginning. */
  readonly opening: number
}

export interface Options {
  readonly path: string
  readonly mode: "read" | "append"
  /** May refuse the ledger by its first line. */
  readonly admit: (header: Header.Header) => Effect.Effect<void, LedgerError>
  /** Told of each mark as it is passed. */
  readonly onCrossed: (crossed: ReadonlyArray<View.Crossed>) => void
  /** Damage that counts as accepted, beside what the ledger says. */
  readonly accepts?: ReadonlyArray<Header.Accepted> | undefined
}

export const open = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Reader, LedgerError, Scope.Scope> {
  const { accepts = [], mode, onCrossed, path } = options
  const every = yield* View.SnapshotEvery
  const moved = yield* PubSub.sliding<void>(1)
  const turn = yield* Semaphore.make(1)
  const held = yield* heldFile

  const openAnew = (opening: number) =>
    Effect.gen(function* () {
      const live = yield* Effect.scoped(mode === "read" ? Segments.openNewest(path) : Segments.openLive(path, mode))
      yield* options.admit(live.header)
      const view = yield* Beginning.find(path, live.header)
      const segment = yield* held(Segments.open(path, view.place.segment, mode))
      return segment === undefined ? yield* damaged(path, sealless(view)) : { ...segment, view, opening }
    }).pipe(
      // Archived between two looks: the next look finds the state behind it.
      Effect.retry({ times: 3, while: ({ reason }) => reason._tag === "MissingSegment" })
    )

  let opened: Opened = yield* openAnew(0)
  const advance = (walked: Walked, end?: PoolState) => {
    const { crossed, view } = View.advance(opened.view, walked, every, end)
    opened = { ...opened, view }
    if (crossed.length > 0) onCrossed(crossed)
    if (walked.lines.length > 0) PubSub.publishUnsafe(moved, undefined)
  }
  const reopen = Effect.gen(function* () {
    opened = yield* openAnew(opened.opening + 1)
    return true
  })
  /** What should be read next has left since it was sealed, and the state behind it is here. */
  const isArchived = Effect.map(Base.read(path), (base) =>
    Option.exists(base, ({ link }) => link.seq > opened.view.place.seq)
  )
  const moveOn = Effect.gen(function* () {
    const before = opened
    const following = Segments.open(path, (before.view.place.seq + 1) as Seq, mode)
    const next = yield* held(
      Effect.tap(following, (next) => (next === undefined ? Effect.void : continues(path, next, before)))
    )
    if (next === undefined) return false
    opened = { ...opened, ...next, view: View.enter(before.view, Header.linkBefore(next.header)) }
    return true
  }).pipe(
    Effect.catchReason("LedgerError", "MissingSegment", (reason) =>
      Effect.flatMap(isArchived, (isArchived) => (isArchived ? reopen : new LedgerError({ reason })))
    )
  )
  const catchUpInTurnBy = Effect.fnUntraced(function* (pause: Effect.Effect<void>) {
    while (true) {
      const isLive = opened.file.path === path
      const isCurrent = isLive && (yield* Segments.orNoLive(path, opened.file.isCurrent))
      while (yield* readOn(path, opened, advance, accepts)) yield* pause
      if (opened.view.place.isSealed) {
        // The file and what is known of it change together, or not at all.
        const hasMoved = yield* Effect.uninterruptible(moveOn)
        if (!hasMoved && (isCurrent || !isLive)) return opened
        if (!hasMoved) yield* Effect.uninterruptible(reopen)
      } else if (!isLive) {
        yield* passEnd(path, opened, advance, accepts)
      } else if (isCurrent) {
        return opened
      } else yield* Effect.uninterruptible(reopen)
    }
  })
  const catchUpInTurn = catchUpInTurnBy(Effect.yieldNow)
  return {
    path,
    now: () => opened,
    catchUp: turn.withPermit(catchUpInTurn),
    catchUpBy: (pause) => turn.withPermit(catchUpInTurnBy(pause)),
    catchUpInTurn,
    inTurn: (effect) => turn.withPermit(effect),
    advance,
    moved
  }
})

const continues = (
  live: string,
  { file, header }: Segments.OpenSegment,
  before: Opened
): Effect.Effect<void, LedgerError> => {
  const flaw = findBreak(live, file.path, header, before.view.place, before.header.ledger)
  return flaw === undefined ? Effect.void : Effect.fail(damaged(flaw.path, { line: 1, offset: 0, why: flaw.why }))
}

/** Keeps one file open at a time: what it opens next takes the place of what was open. */
const heldFile = Effect.map(Effect.scope, (scope) => {
  let current: Scope.Closeable | undefined
  return Effect.fnUntraced(function* <A, E>(openFile: Effect.Effect<A | undefined, E, Scope.Scope>) {
    const own = yield* Scope.fork(scope)
    const close = Scope.close(own, Exit.void)
    const opened = yield* openFile.pipe(
      Scope.provide(own),
      Effect.onError(() => close)
    )
    if (opened === undefined) {
      yield* close
      return undefined
    }
    if (current !== undefined) yield* Scope.close(current, Exit.void)
    current = own
    return opened
  })
})

/** Reads and judges one piece; true if there is more. */
const readOn = Effect.fnUntraced(function* (
  live: string,
  { file, view }: Opened,
  advance: (walked: Walked) => void,
  accepts: ReadonlyArray<Header.Accepted>
): Effect.fn.Return<boolean, LedgerError> {
  const { place } = view
  const size = yield* file.size
  if (size < place.offset) return yield* damaged(file.path, { ...behind(view), why: "what stood here before is gone" })
  if (size === place.offset && view.torn === undefined) return false
  const walked = yield* walkOn({ read: file.read, size, isWhole: true }, place)
  if (walked.ending._tag !== "Damaged") {
    advance(walked)
    if (walked.ending._tag === "Torn") yield* refuseSynced(live, file, size, walked.place)
    return walked.ending._tag === "Whole" && walked.place.offset < size
  }
  const accepted = yield* Accepted.find(live, file, walked.place, accepts)
  advance(accepted === undefined ? walked : past(walked, accepted))
  return accepted === undefined ? yield* damaged(file.path, walked.ending.damage) : true
})

/** If the file has grown meanwhile, somebody is writing there. */
const refuseSynced = Effect.fnUntraced(function* (live: string, file: LedgerFile, size: number, at: Place) {
  if (!(yield* MarkIndex.reachesBeyond(live, at)) || (yield* file.size) !== size) return
  return yield* damaged(file.path, { line: at.line + 1, offset: at.offset, why: MarkIndex.wasWhole })
})

/** Goes on behind a sealed segment that lost its end, if that was accepted. */
const passEnd = Effect.fnUntraced(function* (
  live: string,
  { file, view }: Opened,
  advance: (walked: Walked) => void,
  accepts: ReadonlyArray<Header.Accepted>
) {
  const accepted = yield* Accepted.find(live, file, view.place, accepts)
  if (accepted === undefined) return yield* damaged(file.path, sealless(view))
  advance(past(nothingBehind(view.place), accepted))
})

/** A walk that goes on behind accepted damage. */
export const past = (walked: Walked, accepted: Junk): Walked => ({
  ...walked,
  junk: [...walked.junk, accepted],
  place: accepted.resumes ?? walked.place,
  ending: { _tag: "Whole" }
})

const behind = (view: View.View) => ({ line: view.place.line + 1, offset: view.place.offset })

const sealless = (view: View.View): Damage => ({ ...behind(view), why: "the segment should go on here, and ends" })

export const damaged = (path: string, damage: Damage): LedgerError =>
  new LedgerError({ reason: new Damaged({ path, ...damage }) })
