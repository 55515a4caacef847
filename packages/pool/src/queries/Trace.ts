/**
 * What led to what, through all processes: the events of a correlation, and whatever they led to under another one; or what one
 * event came from and led to. By the causes that their writers wrote down; a cause stands before what it led to.
 */
import type { CorrelationId, EventId, Seq } from "../Ids.ts"
import type { Recorded } from "../Recorded.ts"

export interface Traced {
  readonly event: Recorded
  /** Of the event that led to it, if that is one of the trace. */
  readonly parent: Seq | undefined
  /** Of what it led to, in order. */
  readonly children: ReadonlyArray<Seq>
  /** How many events led to it, one after the other. */
  readonly depth: number
  /** Milliseconds after the first event of the trace; below 0 if a clock was behind. */
  readonly since: number
  /** Milliseconds after what led to it; without that, after the event before it in the trace. */
  readonly wait: number
  /** What led to it is not of the trace. */
  readonly outside: EventId | undefined
}

/** Each event behind the one that led to it, what came of that in order. Takes them in any order. */
export const trace = (events: ReadonlyArray<Recorded>): ReadonlyArray<Traced> => {
  const ordered = events.toSorted((a, b) => a.seq - b.seq)
  const byId = new Map<EventId, Recorded>()
  const causes = new Map<Seq, Recorded>()
  for (const event of ordered) {
    const cause = event.cause === undefined ? undefined : byId.get(event.cause)
    if (cause !== undefined) causes.set(event.seq, cause)
    byId.set(event.id, event)
  }
  const children = Map.groupBy(ordered, ({ seq }) => causes.get(seq)?.seq)
  const first = ordered[0]?.at ?? 0
  const traced: Array<Traced> = []
  const waiting = (children.get(undefined) ?? []).toReversed().map((event) => ({ event, depth: 0 }))
  const before = new Map(ordered.map((event, place) => [event.seq, ordered[place - 1]]))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { depth, event } = next
    const cause = causes.get(event.seq)
    const born = children.get(event.seq) ?? []
    traced.push({
      event,
      parent: cause?.seq,
      children: born.map(({ seq }) => seq),
      depth,
      since: event.at - first,
      wait: event.at - ((cause ?? before.get(event.seq))?.at ?? event.at),
      outside: cause === undefined ? event.cause : undefined
    })
    waiting.push(...born.toReversed().map((child) => ({ event: child, depth: depth + 1 })))
  }
  return traced
}

/** Gathers a trace from events in order, in one pass or in several. */
export class Gathering {
  readonly #correlation: CorrelationId | undefined
  readonly #events = new Map<Seq, Recorded>()
  readonly #ids = new Set<EventId>()

  /** `begin`: events that are known to belong to it. */
  constructor(correlation: CorrelationId | undefined, begin: ReadonlyArray<Recorded> = []) {
    this.#correlation = correlation
    begin.forEach((event) => this.#add(event))
  }

  take(event: Recorded): void {
    const isOfIt = this.#correlation !== undefined && event.correlation === this.#correlation
    if (isOfIt || (event.cause !== undefined && this.#ids.has(event.cause))) this.#add(event)
  }

  get events(): ReadonlyArray<Recorded> {
    return Array.from(this.#events.values()).toSorted((a, b) => a.seq - b.seq)
  }

  /**
   * What stands on every line of an event that one of these led to: ids of one minute begin alike, so a few beginnings stand
   * for many ids.
   */
  get names(): ReadonlyArray<string> {
    return [...new Set(Array.from(this.#ids, (id) => `"cause":"${id.slice(0, 8)}`))]
  }

  #add(event: Recorded): void {
    this.#events.set(event.seq, event)
    this.#ids.add(event.id)
  }
}
