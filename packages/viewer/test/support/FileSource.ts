/** A recorded ledger as the worker reads one: its lines as they stand in the file, and states folded from them. */
import { evolve } from "@daybook/pool/Evolve"
import { empty, type PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import * as RecordedText from "@daybook/pool/RecordedText"
import type { Range, Source } from "@daybook/viewer/Source"
import { Result } from "effect"
import { readFileSync } from "node:fs"

export class FileSource implements Source {
  readonly #lines: ReadonlyArray<string>
  readonly #events: ReadonlyArray<Recorded>
  readonly #states: ReadonlyArray<PoolState>
  /** The events that somebody asked for. */
  readonly asked: Array<Range> = []
  readonly #first: number

  /** Without the events before `first`, as after `archive`. */
  constructor(text: string, first = 1) {
    this.#lines = text.trimEnd().split("\n")
    this.#events = this.#lines.map((line) =>
      Result.getOrThrow(RecordedText.read(line.slice(0, line.lastIndexOf(',"h":'))))
    )
    const states: Array<PoolState> = [empty]
    for (const event of this.#events) states.push(evolve(states.at(-1) ?? empty, event))
    this.#states = states
    this.#first = first
  }

  static at(path: string, first?: number): FileSource {
    return new FileSource(readFileSync(path, "utf8"), first)
  }

  get head(): number {
    return this.#events.length
  }

  async about() {
    const first = this.#first
    return {
      ledger: "",
      name: "",
      first,
      head: this.head,
      at: undefined,
      damage: undefined,
      isExcerpt: false,
      isFromElsewhere: true,
      unknown: 0
    }
  }

  async state(seq: number): Promise<PoolState> {
    const state = this.#states[seq]
    if (state === undefined) throw new RangeError(`no state behind event ${seq}`)
    return state
  }

  async events(range: Range, take: (event: Recorded) => void): Promise<void> {
    this.asked.push(range)
    const { from, names, to, types } = range
    if (from < this.#first) throw new RangeError(`event ${from} was archived`)
    for (const event of this.#events.slice(from - 1, to)) {
      const line = this.#lines[event.seq - 1] ?? ""
      const type = event.type === "Unknown" ? event.data.type : event.type
      if (types?.has(type) !== false && names?.some((name) => line.includes(name)) !== false) take(event)
    }
  }

  async line(seq: number): Promise<string> {
    return this.#lines[seq - 1] ?? ""
  }

  follow(): void {}
}

/** The same, but for how its events are read. */
export const readingBy = (source: FileSource, events: Source["events"]): Source => ({
  about: () => source.about(),
  state: (seq) => source.state(seq),
  events,
  line: (seq) => source.line(seq),
  follow: () => {}
})
