/** One write at the end of a segment, and what it means for the reader that made it. */
import { Effect, HashMap } from "effect"
import type { LedgerError } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import { compose, type Group, textOf } from "./Group.ts"
import type { Reader } from "./Reader.ts"
import type { Self } from "./Self.ts"
import * as TornTail from "./TornTail.ts"
import type { View } from "./View.ts"
import type { Passed, Place, Walked } from "./Walk.ts"

/** What a writer records before its own events: junk it found, and itself. */
export const preamble = ({ state, torn }: View, { actor, joined }: Self): ReadonlyArray<LineFormat.Prepared> => [
  ...(torn === undefined ? [] : [LineFormat.prepare(TornTail.sealing(torn))]),
  ...(HashMap.has(state.actors, actor) ? [] : [joined()])
]

/** What it closes that junk with. */
export const before = ({ torn }: View): string => (torn === undefined ? "" : TornTail.closing(torn))

/** Records them alone, if there are any. */
export const writePreamble = (reader: Reader, self: Self): Effect.Effect<void, LedgerError> => {
  const { view } = reader.now()
  const events = preamble(view, self)
  const group = compose({ ...view.place, state: view.state }, self.hand(), [], [{ events }])
  return events.length === 0 ? Effect.void : write(reader, before(view) + textOf(group.lines), group)
}

/** Appends the text of a group to the segment that the view reaches into, and moves the view. */
export const write = (reader: Reader, text: string, group: Group): Effect.Effect<void, LedgerError> => {
  const { file, view } = reader.now()
  return Effect.map(file.append(Buffer.from(text, "latin1")), () =>
    reader.advance(walked(view, group), group.end.state)
  )
}

/** What a walk over the bytes just written would have found. */
const walked = ({ place, torn }: View, { lines }: Group): Walked => {
  let behind = torn === undefined ? place : skip(place, torn)
  const passed = lines.map(({ event, h, text }): Passed => {
    behind = {
      segment: behind.segment,
      offset: behind.offset + text.length + 1,
      line: behind.line + 1,
      seq: event.seq,
      h,
      isSealed: event.type === "SegmentSealed"
    }
    return { event, place: behind }
  })
  const junk = torn === undefined ? [] : [torn]
  return { lines: passed, junk, place: behind, ending: { _tag: "Whole" }, isStopped: false }
}

const skip = (place: Place, torn: TornTail.TornTail): Place => ({
  ...place,
  offset: place.offset + torn.length + 1,
  line: place.line + torn.lines
})
