/**
 * What happens under the lock: read what others wrote, close what a dead writer left behind, and write what waits, in
 * one write. Whoever runs it holds the lock and the reader's turn.
 */
import { Array, Effect, HashMap } from "effect"
import type { LedgerError } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import { compose, type Group, type Outcome, textOf } from "./Group.ts"
import type { LedgerFile } from "./LedgerFile.ts"
import type { Reader } from "./Reader.ts"
import type { AppendRequest } from "./Requests.ts"
import type { Self } from "./Self.ts"
import * as TornTail from "./TornTail.ts"
import type { View } from "./View.ts"
import type { Walked } from "./Walk.ts"

/** Where it was written, and the answer to each append. */
export interface Written {
  readonly file: LedgerFile
  readonly answers: ReadonlyArray<readonly [request: AppendRequest, outcome: Outcome]>
}

/** `take` is asked when nothing can stop the write any more but the disk. */
export const commit = Effect.fnUntraced(function* (
  reader: Reader,
  self: Self,
  take: () => ReadonlyArray<AppendRequest>
): Effect.fn.Return<Written, LedgerError> {
  const { file, view } = yield* findEnd(reader)
  const requests = take()
  const group = compose({ ...view.place, state: view.state }, self.hand(), preamble(view, self), requests)
  if (group.lines.length > 0) {
    const text = before(view) + textOf(group.lines)
    yield* file.append(Buffer.from(text, "latin1"))
    reader.advance(walked(view, group, text.length))
  }
  return { file, answers: Array.zip(requests, group.outcomes) }
})

/** Catches up. A last line that lacks only its newline gets it, and is read too. */
const findEnd = Effect.fnUntraced(function* (reader: Reader) {
  const opened = yield* reader.catchUpInTurn
  if (!opened.view.torn?.isWhole) return opened
  yield* opened.file.append(Buffer.from("\n"))
  return yield* reader.catchUpInTurn
})

const preamble = ({ state, torn }: View, { actor, joined }: Self): ReadonlyArray<LineFormat.Prepared> => [
  ...(torn === undefined ? [] : [LineFormat.prepare(TornTail.sealing(torn))]),
  ...(HashMap.has(state.actors, actor) ? [] : [joined])
]

const before = ({ torn }: View): string => (torn === undefined ? "" : TornTail.closing(torn))

/** What a walk over the bytes just written would have found. */
const walked = ({ place, torn }: View, { end, lines }: Group, written: number): Walked => ({
  lines,
  junk: torn === undefined ? [] : [torn],
  place: {
    offset: place.offset + (torn === undefined ? 0 : TornTail.bytesOf(torn)) + written,
    line: place.line + (torn?.lines ?? 0) + lines.length,
    seq: end.seq,
    h: end.h
  },
  ending: { _tag: "Whole" }
})
