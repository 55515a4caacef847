/** `daybook story`: the events of one credential in order, each under the event that led to it. */
import type { EventId } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { namesIn } from "./Names.ts"
import type { Paint } from "./Paint.ts"
import { sentenceOf } from "./Sentence.ts"
import { absolute, relative } from "./Time.ts"

export const storyLines = (
  events: ReadonlyArray<Recorded>,
  state: PoolState,
  now: number,
  paint: Paint
): ReadonlyArray<string> => {
  const names = namesIn(state)
  const depths = depthsOf(events)
  return events.map((event) => {
    const depth = depths.get(event.id) ?? 0
    const place = paint("faint", `${String(event.seq).padStart(5)}  ${absolute(event.at)}`)
    const ago = paint("faint", `(${relative(event.at, now)})`)
    return `${place}  ${"  ".repeat(depth)}${depth === 0 ? "" : "└ "}${sentenceOf(event, names)} ${ago}`
  })
}

/** How many of the events before led to each. */
const depthsOf = (events: ReadonlyArray<Recorded>): ReadonlyMap<EventId, number> => {
  const depths = new Map<EventId, number>()
  for (const { cause, id } of events) {
    const above = cause === undefined ? undefined : depths.get(cause)
    depths.set(id, above === undefined ? 0 : above + 1)
  }
  return depths
}
