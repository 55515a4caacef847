/**
 * `daybook story`: the events of one credential in order, as sentences, each under the event that led to it, and under
 * each refusal where its process went on.
 */
import type { EventId, Seq } from "@daybook/pool/Ids"
import { format } from "@daybook/pool/Instant"
import type { WentOn } from "@daybook/pool/queries/WentOn"
import type { Recorded } from "@daybook/pool/Recorded"
import type { Names } from "@daybook/words/Names"
import type { Paint } from "./Paint.ts"
import { sentenceOf } from "@daybook/words/Sentence"
import { wrap } from "./Wrap.ts"

export interface Story {
  readonly events: ReadonlyArray<Recorded>
  /** Older ones, which are not among them. */
  readonly earlier: number
  readonly wentOn: ReadonlyArray<WentOn>
}

const columns = 80
/** However deep, a sentence has room. */
const deepest = 10

export const storyLines = ({ earlier, events, wentOn }: Story, names: Names, paint: Paint): ReadonlyArray<string> => {
  const depths = depthsOf(events)
  const width = Math.max(5, String(events.at(-1)?.seq ?? 0).length)
  const after = new Map<Seq, WentOn>(wentOn.map((one) => [one.after, one]))
  return [
    ...(earlier === 0
      ? []
      : [`${earlier} earlier ${earlier === 1 ? "event is" : "events are"} not shown; --all shows all.`]),
    ...events.flatMap((event, place) => {
      const depth = Math.min(depths.get(event.id) ?? 0, deepest)
      const next = after.get(event.seq)
      return [
        ...(dayOf(event) === dayOf(events[place - 1]) ? [] : [paint("faint", dayOf(event) ?? "")]),
        ...told(headOf(event, width), sentenceOf(event, names), depth, paint),
        ...(next === undefined
          ? []
          : told(" ".repeat(headOf(event, width).length), nextWords(next, names.actor(event.actor)), depth + 1, paint))
      ]
    })
  ]
}

const dayOf = (event: Recorded | undefined): string | undefined =>
  event === undefined ? undefined : format(event.at).slice(0, 10)

const headOf = ({ at, seq }: Recorded, width: number): string =>
  `${String(seq).padStart(width)}  ${format(at).slice(11, 19)}  `

/** Further lines stand under the words of the first. */
const told = (head: string, sentence: string, depth: number, paint: Paint): ReadonlyArray<string> => {
  const lead = `${"  ".repeat(depth)}${depth === 0 ? "" : "└ "}`
  const room = columns - head.length - lead.length
  const [first = "", ...rest] = wrap(sentence, room)
  return [
    `${paint("faint", head)}${lead}${first}`,
    ...rest.map((line) => `${" ".repeat(head.length + lead.length)}${line}`)
  ]
}

const nextWords = ({ accepted, credential, event }: WentOn, who: string): string =>
  credential === undefined
    ? `${who} found no other to go on with (event ${event}).`
    : `The next answer to ${who} was for ${credential}, which was ${accepted ? "accepted" : "refused"} (event ${event}).`

/** How many of the events before led to each. */
const depthsOf = (events: ReadonlyArray<Recorded>): ReadonlyMap<EventId, number> => {
  const depths = new Map<EventId, number>()
  for (const { cause, id } of events) {
    const above = cause === undefined ? undefined : depths.get(cause)
    depths.set(id, above === undefined ? 0 : above + 1)
  }
  return depths
}
