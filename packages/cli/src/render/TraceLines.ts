/** `daybook trace`: each event below what led to it, with its time after the first, and long waits on a line of their own. */
import type { CorrelationId } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Traced } from "@daybook/pool/queries/Trace"
import type { Recorded } from "@daybook/pool/Recorded"
import { type Names, namesIn } from "@daybook/words/Names"
import type { Paint } from "./Paint.ts"
import { sentenceOf } from "@daybook/words/Sentence"
import { absolute, span } from "@daybook/words/Time"
import { wrap } from "./Wrap.ts"

export interface TraceView {
  /** None, if it is what one event came from and led to. */
  readonly correlation: CorrelationId | undefined
  readonly events: ReadonlyArray<Traced>
  /** What led there from outside, as far as it is in the ledger. */
  readonly outside: ReadonlyArray<Recorded>
  /** In milliseconds; a longer wait is marked. */
  readonly gap: number
}

const columns = 80

/** Deeper events are not indented any further. */
const deepest = 12

export const traceLines = (view: TraceView, state: PoolState, paint: Paint): ReadonlyArray<string> => {
  const names = namesIn(state)
  const widths = {
    time: widest(view.events.map(({ since }) => after(since))),
    seq: widest(view.events.map(({ event }) => `${event.seq}`))
  }
  return [
    ...heading(view, names, paint),
    "",
    ...view.events.flatMap((traced) => stepLines(traced, view, names, widths, paint))
  ]
}

const widest = (texts: ReadonlyArray<string>): number => Math.max(0, ...texts.map(({ length }) => length))

const heading = ({ correlation, events }: TraceView, names: Names, paint: Paint): ReadonlyArray<string> => {
  const actors = [...new Set(events.map(({ event }) => names.actor(event.actor)))]
  const times = events.map(({ event }) => event.at)
  const [begin, end] = [Math.min(...times), Math.max(...times)]
  const lasted = end - begin < 1_000 ? `${end - begin} ms` : (span(end - begin) ?? "")
  return [
    correlation === undefined
      ? "what led to this event, and what it led to"
      : `${paint("faint", "correlation")} ${correlation}`,
    ...wrap(
      `${counted(events.length, "event")} by ${actors.join(", ")}, from ${absolute(begin)} on, in ${lasted}`,
      columns
    )
  ]
}

interface Widths {
  readonly time: number
  readonly seq: number
}

const stepLines = (
  traced: Traced,
  view: TraceView,
  names: Names,
  { seq, time }: Widths,
  paint: Paint
): ReadonlyArray<string> => {
  const { depth, event, since } = traced
  const indent = "  ".repeat(Math.min(depth, deepest))
  const branch = depth === 0 ? "" : "└ "
  const hanging = " ".repeat(time + seq + 4) + indent.slice(branch.length) + " ".repeat(branch.length)
  const [first = "", ...rest] = wrap(saying(event, names), columns - hanging.length)
  const place = `${after(since).padStart(time)}  ${`${event.seq}`.padStart(seq)}  `
  return [
    ...before(traced, view, names).map((text) => `${hanging}${paint("waiting", text)}`),
    `${paint("faint", place)}${indent.slice(branch.length)}${branch}${first}`,
    ...rest.map((line) => `${hanging}${line}`)
  ]
}

/** What is worth knowing before the event is read. */
const before = (
  { outside, parent, wait }: Traced,
  { gap, outside: known }: TraceView,
  names: Names
): ReadonlyArray<string> => {
  const led = outside === undefined ? undefined : known.find(({ id }) => id === outside)
  const since = parent === undefined ? "later" : "after what led to it"
  return [
    ...(wait > gap ? [`... ${span(wait) ?? `${wait} ms`} ${since} ...`] : []),
    ...(wait < -gap ? [`... by its own clock ${span(-wait) ?? `${-wait} ms`} before what led to it ...`] : []),
    ...(outside === undefined ? [] : [ledBy(led, names)])
  ]
}

const ledBy = (event: Recorded | undefined, names: Names): string =>
  event === undefined
    ? "(led to by an event that is not in the ledger any more)"
    : `(led to by event ${event.seq} of ${names.actor(event.actor)}, outside of this)`

/** The sentence, and whose event it is if the sentence does not say. */
const saying = (event: Recorded, names: Names): string => {
  const [who, sentence] = [names.actor(event.actor), sentenceOf(event, names)]
  return sentence.includes(who) ? sentence : `${who}: ${sentence}`
}

/** `+312 ms`, `+1.2 s`, `+20 min`. */
const after = (millis: number): string => {
  const sign = millis < 0 ? "-" : "+"
  const size = Math.abs(millis)
  if (size < 1_000) return `${sign}${size} ms`
  return size < 60_000 ? `${sign}${(size / 1_000).toFixed(1)} s` : `${sign}${span(size)}`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`
