/**
 * Reads the ledger that a report file brings along. It is read once from end to end, and states are kept along the way. A line
 * that cannot be read ends it: what stands before is shown.
 */
import { evolve } from "@daybook/pool/Evolve"
import { empty, type PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import type { Range } from "../Source.ts"
import type { About } from "../Wire.ts"
import { eventIn, type LineSource } from "./Lines.ts"
import { messageOf, refused, unreadable } from "./SourceError.ts"
import { Breath } from "./Turns.ts"

/** Events between two states that are kept. */
const spacing = 250

const newline = 10

export class EmbeddedSource implements LineSource {
  readonly #bytes: Uint8Array
  readonly #about: About
  readonly #decoder = new TextDecoder()
  /** Where each line begins, and where the last one ends. */
  readonly #places: ReadonlyArray<number>
  readonly #states: Array<PoolState> = [empty]
  #opened: Promise<About> | undefined

  constructor(bytes: Uint8Array, about: About) {
    this.#bytes = bytes
    this.#about = about
    this.#places = placesOf(bytes)
  }

  about(): Promise<About> {
    this.#opened ??= this.#open()
    return this.#opened
  }

  async state(seq: number): Promise<PoolState> {
    const { first, head } = await this.about()
    const count = Math.min(seq, head) - first + 1
    if (count <= 0) return empty
    const kept = Math.floor(count / spacing)
    let state = this.#states[kept] ?? empty
    for (let place = kept * spacing; place < count; place++) state = evolve(state, this.#event(first + place))
    return state
  }

  events(range: Range, take: (event: Recorded) => void): Promise<void> {
    const { types } = range
    return this.lines(range, (line) => {
      const event = eventIn(line)
      if (types === undefined || types.has(event.type)) take(event)
    })
  }

  async lines({ from, names, pause, signal, to, types }: Range, take: (line: string) => void): Promise<void> {
    const { first, head } = await this.about()
    const marks = types && Array.from(types, (type) => `,"type":${JSON.stringify(type)},`)
    const breath = new Breath(pause)
    for (let seq = Math.max(from, first); seq <= Math.min(to, head); seq++) {
      const line = this.#line(seq)
      if (standsIn(line, names) && standsIn(line, marks)) take(line)
      await breath.take()
      signal?.throwIfAborted()
    }
  }

  async line(seq: number): Promise<string> {
    const { first, head } = await this.about()
    if (seq < first || seq > head) throw refused(`There is no event ${seq} in this file.`)
    return this.#line(seq)
  }

  follow(): void {
    // nothing is appended to a file
  }

  async #open(): Promise<About> {
    const { first, head } = this.#about
    const breath = new Breath()
    let state = empty
    for (let seq = first; seq <= head; seq++) {
      try {
        state = evolve(state, this.#event(seq))
      } catch (error) {
        return { ...this.#about, head: seq - 1, damage: messageOf(error) }
      }
      if ((seq - first + 1) % spacing === 0) this.#states.push(state)
      await breath.take()
    }
    return this.#about
  }

  #event(seq: number): Recorded {
    const event = eventIn(this.#line(seq))
    if (event.seq === seq) return event
    throw unreadable(`Event ${event.seq} stands in this file where event ${seq} should. Have the file made anew.`)
  }

  #line(seq: number): string {
    const place = seq - this.#about.first
    const [begin, end] = [this.#places[place], this.#places[place + 1]]
    if (begin === undefined || end === undefined) {
      throw unreadable(`This file ends before event ${seq}: it was cut. Have it made anew.`)
    }
    return this.#decoder.decode(this.#bytes.subarray(begin, end - 1))
  }
}

const placesOf = (bytes: Uint8Array): ReadonlyArray<number> => {
  const places = [0]
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, end + 1)) places.push(end + 1)
  return places
}

const standsIn = (line: string, words: ReadonlyArray<string> | undefined): boolean =>
  words === undefined || words.some((word) => line.includes(word))
