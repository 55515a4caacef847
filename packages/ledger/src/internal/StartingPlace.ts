/** Where to begin to read, so as to come to an event soon: at a mark, or at the beginning of its segment. */
import type { Seq } from "@daybook/pool/Ids"
import { Effect } from "effect"
import { dirname } from "node:path"
import { LedgerError, NoSuchEvent } from "../LedgerError.ts"
import * as Beginning from "./Beginning.ts"
import * as Header from "./Header.ts"
import type { Opened } from "./Reader.ts"
import * as Segments from "./Segments.ts"
import * as View from "./View.ts"
import { type Place, startAfter } from "./Walk.ts"

/** A place before the event; without one, before the oldest that is here. Before 0 is before the first. */
export const find = Effect.fnUntraced(function* (
  live: string,
  { header, view }: Opened,
  from: Seq | undefined
): Effect.fn.Return<Place, LedgerError> {
  const seq = from === 0 ? (1 as Seq) : from
  const mark = seq === undefined ? undefined : View.markBefore(view, seq)
  if (mark !== undefined && (yield* Beginning.isHeld(live, mark))) return mark
  const sealed = (yield* Segments.listSealed(dirname(live))).filter(({ first }) => first < header.first)
  const segment = seq === undefined ? sealed[0] : sealed.findLast(({ first }) => first <= seq)
  if (segment !== undefined && (seq === undefined || seq < header.first)) return yield* beginningOf(segment.path)
  if (seq !== undefined && seq < header.first) {
    return yield* noSuchEvent(live, `event ${seq}`, sealed[0]?.first ?? header.first, view)
  }
  return startAfter(Header.linkBefore(header))
})

const beginningOf = (path: string): Effect.Effect<Place, LedgerError> =>
  Effect.scoped(Effect.map(Segments.openAt(path, "read"), ({ header }) => startAfter(Header.linkBefore(header))))

export const noSuchEvent = (path: string, wanted: string, first: Seq, { place }: View.View): LedgerError =>
  new LedgerError({ reason: new NoSuchEvent({ path, wanted, first, head: place.seq }) })
