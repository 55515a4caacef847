/**
 * What happens under the lock: read what others wrote, close what a dead writer left behind, and write what waits, in
 * one write; then begin a new segment, if this one is long enough. Whoever runs it holds the lock and the reader's turn.
 */
import { Array, Effect } from "effect"
import type { LedgerError } from "../LedgerError.ts"
import { compose, type Outcome, textOf } from "./Group.ts"
import type { Opened, Reader } from "./Reader.ts"
import type { AppendRequest } from "./Requests.ts"
import type { Seal } from "./Seal.ts"
import type { Self } from "./Self.ts"
import * as Write from "./Write.ts"

/** Where it was written, and the answer to each append. */
export interface Written {
  readonly opened: Opened
  /** Others had written since this process last looked. */
  readonly foundOthers: boolean
  readonly answers: ReadonlyArray<readonly [request: AppendRequest, outcome: Outcome]>
}

export interface Tools {
  readonly reader: Reader
  readonly self: Self
  readonly seal: Seal
}

/** `take` is asked when nothing can stop the write any more but the disk. */
export const commit = Effect.fnUntraced(function* (
  { reader, seal, self }: Tools,
  take: () => ReadonlyArray<AppendRequest>
): Effect.fn.Return<Written, LedgerError> {
  const before = reader.now().view.place
  const { view } = yield* findEnd(reader, seal)
  const requests = take()
  const group = compose({ ...view.place, state: view.state }, self.hand(), Write.preamble(view, self), requests)
  if (group.lines.length > 0) yield* Write.write(reader, Write.before(view) + textOf(group.lines), group)
  const opened = reader.now()
  yield* seal.ifLong
  return { opened, foundOthers: view.place !== before, answers: Array.zip(requests, group.outcomes) }
})

/** Catches up. A last line that lacks only its newline gets it, and is read too; a seal that was begun is finished. */
const findEnd = Effect.fnUntraced(function* (reader: Reader, seal: Seal): Effect.fn.Return<Opened, LedgerError> {
  const opened = yield* reader.catchUpInTurn
  if (opened.view.torn?.isWhole) yield* opened.file.append(Buffer.from("\n"))
  else if (opened.view.place.isSealed) yield* seal.finish([])
  else return opened
  return yield* findEnd(reader, seal)
})
