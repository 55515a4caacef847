/**
 * One open ledger file and what has been read of it. Reading takes no lock: a reader sees whole lines, and leaves half a
 * line at the end alone. Every byte is checked once, here; `Reading` then reads checked bytes again without their sums.
 */
import { Effect, Exit, PubSub, Scope, Semaphore } from "effect"
import { Damaged, LedgerError } from "../LedgerError.ts"
import * as Header from "./Header.ts"
import * as LedgerFile from "./LedgerFile.ts"
import * as View from "./View.ts"
import { type Damage, walk, type Walked } from "./Walk.ts"

export interface Reader {
  readonly path: string
  /** File, header and view belong together; all change when the path comes to name another file. */
  readonly now: () => Opened
  /** Reads on to the end of the file. */
  readonly catchUp: Effect.Effect<Opened, LedgerError>
  /** The same, for somebody who holds the turn. */
  readonly catchUpInTurn: Effect.Effect<Opened, LedgerError>
  /** Nobody else reads on meanwhile. */
  readonly inTurn: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Takes over what was just written behind the view. */
  readonly advance: (walked: Walked) => void
  /** Told whenever the view has moved. */
  readonly moved: PubSub.PubSub<void>
}

export interface Opened {
  readonly file: LedgerFile.LedgerFile
  readonly header: Header.Header
  readonly view: View.View
}

/** `admit` may refuse the ledger by its first line. */
export const open = Effect.fnUntraced(function* (options: {
  readonly path: string
  readonly mode: "read" | "append"
  readonly admit: (header: Header.Header) => Effect.Effect<void, LedgerError>
}): Effect.fn.Return<Reader, LedgerError, Scope.Scope> {
  const { admit, mode, path } = options
  const scope = yield* Effect.scope
  const openAdmitted = Effect.gen(function* () {
    const file = yield* LedgerFile.open(path, mode)
    const header = yield* Header.read(file)
    yield* admit(header)
    return { file, header, view: View.initial }
  })
  const openFile = Effect.gen(function* () {
    const own = yield* Scope.fork(scope)
    return yield* openAdmitted.pipe(
      Scope.provide(own),
      Effect.onError((cause) => Scope.close(own, Exit.failCause(cause)))
    )
  })

  let opened: Opened = yield* openFile
  const moved = yield* PubSub.sliding<void>(1)
  const turn = yield* Semaphore.make(1)
  const advance = (walked: Walked) => {
    opened = { ...opened, view: View.advance(opened.view, walked) }
    if (walked.lines.length > 0) PubSub.publishUnsafe(moved, undefined)
  }
  const catchUpInTurn = Effect.gen(function* () {
    if (!(yield* opened.file.isCurrent)) opened = yield* openFile
    while (yield* readOn(opened, advance)) yield* Effect.yieldNow
    return opened
  })
  return {
    path,
    now: () => opened,
    catchUp: turn.withPermit(catchUpInTurn),
    catchUpInTurn,
    inTurn: (effect) => turn.withPermit(effect),
    advance,
    moved
  }
})

/** The most that is read in one piece. */
export const chunkBytes = 256 * 1024

/** Reads and judges one chunk; true if there is more. */
const readOn = Effect.fnUntraced(function* (
  { file, view }: Opened,
  advance: (walked: Walked) => void
): Effect.fn.Return<boolean, LedgerError> {
  const { offset } = view.place
  const unread = (yield* file.size) - offset
  if (unread < 0) return yield* damaged(file.path, { ...behind(view), why: "what stood here before is gone" })
  if (unread === 0 && view.torn === undefined) return false
  const bytes = yield* file.read(offset, Math.min(unread, chunkBytes))
  const walked = walk(bytes, view.place, bytes.length === unread)
  advance(walked)
  if (walked.ending._tag === "Damaged") return yield* damaged(file.path, walked.ending.damage)
  return bytes.length < unread
})

const behind = (view: View.View) => ({ line: view.place.line + 1, offset: view.place.offset })

export const damaged = (path: string, damage: Damage): LedgerError =>
  new LedgerError({ reason: new Damaged({ path, ...damage }) })
