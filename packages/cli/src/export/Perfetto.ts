/**
 * Events for a trace viewer (Chrome's trace format, which Perfetto reads): a process for each actor with a row for each
 * credential, and one for what lasts: refreshes under way, benches, quarantines. Arrows lead from cause to effect. All
 * ids come from the ledger, so the same events give the same trace.
 */
import type { EventId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { eventJson } from "../render/EventJson.ts"
import { typeInWords } from "@daybook/words/TypeWords"
import { generationName, type Names, namesIn } from "@daybook/words/Names"
import type { NewFormat } from "./Format.ts"

export const perfetto: NewFormat = (state) => {
  const trace = new Trace(state)
  return {
    begin: '{"displayTimeUnit":"ms","traceEvents":[\n',
    event: (event) => trace.take(event),
    end: () => `${trace.close()}${trace.lastLine()}]}\n`
  }
}

/** Where an event is drawn. */
interface Spot {
  readonly pid: number
  readonly tid: number
  /** Microseconds since the epoch. */
  readonly ts: number
}

type Entry = Readonly<Record<string, unknown>>

/** What lasts, until it ends or is over by itself. */
interface Span extends Omit<Spot, "ts"> {
  readonly cat: string
  readonly id: string
  readonly name: string
  readonly until: Instant | undefined
  readonly begin: number
}

/** Arrows reach back so many events. */
const remembered = 10_000

/** The process that stands for the pool: what lasts is nobody's alone. */
const pool = 1

class Trace {
  readonly state: PoolState
  readonly names: Names
  readonly pids = new Map<string, number>()
  readonly tids = new Map<string, number>()
  readonly spots = new Map<EventId, Spot>()
  readonly spans = new Map<string, Span>()
  readonly named = new Set<string>()
  latest = 0

  constructor(state: PoolState) {
    this.state = state
    this.names = namesIn(state)
  }

  take(event: Recorded): string {
    const spot = this.spotOf(event)
    const { data, ...head } = eventJson(event)
    const slice: Entry = { ph: "X", ...spot, dur: 1, cat: "event", name: typeInWords(event), args: { ...head, data } }
    return lines([...this.naming(event, spot), slice, ...this.arrow(event, spot), ...this.lasting(event, spot)])
  }

  /** Whatever still lasts ends where it must, or with the last event. */
  close(): string {
    return lines(Array.from(this.spans.keys()).flatMap((key) => this.finish(key, this.latest)))
  }

  /** The one entry without a comma behind it. */
  lastLine(): string {
    return `${JSON.stringify({ ph: "M", pid: pool, name: "process_name", args: { name: "pool" } })}\n`
  }

  spotOf(event: Recorded): Spot {
    const pid = numberOf(this.pids, event.actor, pool + 1)
    const tid = numberOf(this.tids, this.names.credential(event) ?? "ledger", 1)
    // A millisecond may have many events; each has a microsecond of its own.
    const ts = Math.max(event.at * 1_000, this.latest + 1)
    this.latest = ts
    const spot = { pid, tid, ts }
    this.spots.set(event.id, spot)
    const oldest = this.spots.size > remembered ? this.spots.keys().next().value : undefined
    if (oldest !== undefined) this.spots.delete(oldest)
    return spot
  }

  /** Names a process and a row when they are first met. */
  naming(event: Recorded, { pid, tid }: Spot): ReadonlyArray<Entry> {
    const credential = this.names.credential(event) ?? "ledger"
    return [
      ...this.nameOnce(`${pid}`, { ph: "M", pid, name: "process_name", args: { name: this.names.actor(event.actor) } }),
      ...this.nameOnce(`${pid}/${tid}`, { ph: "M", pid, tid, name: "thread_name", args: { name: credential } }),
      ...this.nameOnce(`${pool}/${tid}`, { ph: "M", pid: pool, tid, name: "thread_name", args: { name: credential } })
    ]
  }

  nameOnce(key: string, entry: Entry): ReadonlyArray<Entry> {
    if (this.named.has(key)) return []
    this.named.add(key)
    return [entry]
  }

  arrow(event: Recorded, spot: Spot): ReadonlyArray<Entry> {
    const from = event.cause === undefined ? undefined : this.spots.get(event.cause)
    if (from === undefined) return []
    const flow = { cat: "cause", name: "cause", id: event.id }
    return [
      { ph: "s", ...from, ...flow },
      { ph: "f", bp: "e", ...spot, ...flow }
    ]
  }

  lasting(event: Recorded, { tid, ts }: Spot): ReadonlyArray<Entry> {
    const start = (key: string, span: Omit<Span, "pid" | "tid" | "begin">) =>
      this.start(key, { pid: pool, tid, begin: ts, ...span })
    switch (event.type) {
      case "RefreshStarted":
        return start(event.data.attempt, {
          cat: "refresh",
          id: event.data.attempt,
          name: `refresh of ${generationName(event.data.generation)} (${event.data.trigger})`,
          until: undefined
        })
      case "RefreshSucceeded":
      case "RefreshFailed":
      case "OutcomeLost":
        return this.finish(event.data.attempt, ts)
      case "CooldownStarted": {
        const model = event.data.model === undefined ? "" : ` of ${event.data.model}`
        const { reason, until } = event.data
        return start(benchKey(event), { cat: "bench", id: event.id, name: `bench${model}: ${reason}`, until })
      }
      case "CooldownCleared":
        return this.finish(benchKey(event), ts)
      case "CredentialQuarantined": {
        const name = `dead: ${event.data.reason}`
        return start(event.data.grant, { cat: "quarantine", id: event.id, name, until: undefined })
      }
      case "QuarantineLifted":
        return this.finish(event.data.grant, ts)
      default:
        return []
    }
  }

  start(key: string, span: Span): ReadonlyArray<Entry> {
    const { begin: ts, until: _, ...entry } = span
    const before = this.finish(key, ts)
    this.spans.set(key, span)
    return [...before, { ph: "b", ts, ...entry }]
  }

  finish(key: string, ts: number): ReadonlyArray<Entry> {
    const span = this.spans.get(key)
    if (span === undefined) return []
    this.spans.delete(key)
    const { begin, until, ...entry } = span
    const end = until === undefined ? ts : Math.max(begin, Math.min(ts, until * 1_000))
    return [{ ph: "e", ts: end, ...entry }]
  }
}

const benchKey = ({
  credential,
  data: { model }
}: Extract<Recorded, { readonly type: "CooldownCleared" | "CooldownStarted" }>): string =>
  `${credential}/${model ?? ""}`

const lines = (entries: ReadonlyArray<Entry>): string => entries.map((entry) => `${JSON.stringify(entry)},\n`).join("")

const numberOf = (numbers: Map<string, number>, key: string, first: number): number => {
  const known = numbers.get(key) ?? numbers.size + first
  numbers.set(key, known)
  return known
}
