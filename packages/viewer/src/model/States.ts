/**
 * The pool behind any event. States are kept at even distances while the ledger is read; they share what did not change between
 * them. From the nearest one before it is a short way; where none is kept yet, the source is asked for one.
 */
import { fold } from "@daybook/pool/Evolve"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Source } from "../Source.ts"
import type { Pages } from "./Pages.ts"

/** So many states are kept, more or less, however long the ledger is. */
const keptMost = 1_000
const leastSpacing = 250

/** States that were asked for and are not at an even distance. */
const lateMost = 24

export class States {
  readonly #source: Source
  readonly #pages: Pages
  readonly #first: number
  readonly #spacing: number
  readonly #kept = new Map<number, PoolState>()
  readonly #late = new Map<number, Promise<PoolState>>()

  constructor(source: Source, pages: Pages, first: number, head: number) {
    this.#source = source
    this.#pages = pages
    this.#first = first
    this.#spacing = Math.max(leastSpacing, Math.ceil((head - first + 1) / keptMost))
  }

  /** Behind this event; kept if the place is right. */
  pass(seq: number, state: PoolState): void {
    if (seq % this.#spacing === 0) this.#kept.set(seq, state)
  }

  /** From the one before the first event on. */
  async at(seq: number): Promise<PoolState> {
    const even = Math.max(seq - (seq % this.#spacing), this.#first - 1)
    const near = this.#nearest(even, seq)
    if (near !== undefined && near === seq) return this.#late.get(near)!
    const state = await (near === undefined ? this.#begin(even) : this.#late.get(near)!)
    const events = await this.#pages.events((near ?? even) + 1, seq)
    return this.#remember(seq, fold(events, state))
  }

  /** A late one that is nearer than the even place. */
  #nearest(even: number, seq: number): number | undefined {
    const near = [...this.#late.keys()].filter((late) => late > even && late <= seq)
    return near.length === 0 ? undefined : Math.max(...near)
  }

  async #begin(even: number): Promise<PoolState> {
    const kept = this.#kept.get(even)
    if (kept !== undefined) return kept
    const asked = this.#late.get(even) ?? this.#source.state(even)
    return this.#remember(even, asked)
  }

  async #remember(seq: number, state: PoolState | Promise<PoolState>): Promise<PoolState> {
    const late = Promise.resolve(state)
    this.#late.delete(seq)
    this.#late.set(seq, late)
    late.catch(() => this.#late.delete(seq))
    for (const oldest of this.#late.keys()) {
      if (this.#late.size <= lateMost) break
      this.#late.delete(oldest)
    }
    return late
  }
}
