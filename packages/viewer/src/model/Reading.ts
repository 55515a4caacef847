/**
 * Reads a ledger into pieces: the newest events first, upon the state before them, then backwards to the first, and live ones as
 * they come. Tells all it finds, trouble too; it never fails.
 */
import { empty, type PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import type { Piece } from "../Picture.ts"
import type { FromWorker } from "../Questions.ts"
import type { About } from "../Wire.ts"
import { Causes, CausesWithin } from "./Causes.ts"
import { buffersOf, Folding } from "./Folding.ts"
import { KnownColumns } from "./KnownColumns.ts"
import { LegendBook } from "./LegendBook.ts"
import type { LineSource } from "./Lines.ts"
import { Pages } from "./Pages.ts"
import { messageOf, refused, SourceError, unreadable } from "./SourceError.ts"
import { States } from "./States.ts"
import type { Turns } from "./Turns.ts"

/** Events in the newest piece; each older one may be twice as long as the one behind it, up to the longest. */
export interface PieceLengths {
  readonly newest: number
  readonly longest: number
}

/** Something is to be seen at once. */
export const pieceLengths: PieceLengths = { newest: 5_000, longest: 40_000 }

/** Milliseconds until a server that is gone is asked again. */
const patience = 1_000

export type Tell = (message: FromWorker, transfer?: ReadonlyArray<ArrayBufferLike>) => void

export class Reading {
  readonly source: LineSource
  readonly about: About
  readonly book = new LegendBook()
  readonly known = new KnownColumns()
  readonly pages: Pages
  readonly states: States
  /** The newest piece is there, if it can be had: then all that is in the pool has its name. */
  readonly seen: Promise<void>
  readonly #see: () => void
  readonly #turns: Turns
  readonly #tell: Tell
  readonly #lengths: PieceLengths
  readonly #causes = new Causes()
  #head: number
  #read = 0
  #newestIds = new Map<string, number>()
  #tip: PoolState = empty

  constructor(source: LineSource, about: About, turns: Turns, tell: Tell, lengths: PieceLengths = pieceLengths) {
    this.source = source
    this.about = about
    this.pages = new Pages(source, about.first, about.head)
    this.states = new States(source, this.pages, about.first, about.head)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.seen = promise
    this.#see = resolve
    this.#turns = turns
    this.#tell = tell
    this.#lengths = lengths
    this.#head = about.head
  }

  /** The newest event, live ones included. */
  get head(): number {
    return this.#head
  }

  /** From the one before the first event on. */
  async stateAt(seq: number): Promise<PoolState> {
    if (seq <= this.#head) return this.states.at(seq)
    throw refused(`Event ${seq} is not in this ledger: the newest is event ${this.#head}.`)
  }

  async instantOf(seq: number): Promise<number> {
    const { first } = this.about
    if (seq < first) throw refused(`Event ${seq} is not in this ledger any more: the oldest is event ${first}.`)
    return (await this.stateAt(seq)).latest
  }

  /** Ends when all is read; live events come on. */
  async run(): Promise<void> {
    const oldest = await this.#readNewest()
    this.#see()
    if (oldest === undefined) return
    if (this.about.at === undefined) this.#follow()
    await this.#readOlder(oldest - 1)
  }

  /** Where it begins; nothing if there is nothing to go on from. */
  async #readNewest(): Promise<number | undefined> {
    const { first, head } = this.about
    const from = Math.max(first, head - this.#lengths.newest + 1)
    const causes = new CausesWithin(this.#causes, this.#newestIds)
    try {
      const base = await this.#patiently(() => this.source.state(from - 1))
      const folding = new Folding(this.book, causes, {
        base,
        from,
        length: Math.max(0, head - from + 1),
        isNewest: true
      })
      const trouble = await this.#fold(folding, head)
      this.#head = from + folding.count - 1
      this.#tip = folding.state
      this.book.meet(folding.state)
      this.#add(folding.finish())
      if (trouble === undefined) return from
      this.#tell({ damage: trouble })
    } catch (error) {
      this.#tell({ failed: messageOf(error) })
    }
    return undefined
  }

  async #readOlder(newest: number): Promise<void> {
    const { first } = this.about
    let length = this.#lengths.newest
    try {
      for (let to = newest; to >= first;) {
        length = Math.min(length * 2, this.#lengths.longest)
        const from = Math.max(first, to - length + 1)
        const base = await this.#patiently(() => this.source.state(from - 1))
        const causes = new CausesWithin(this.#causes)
        const folding = new Folding(this.book, causes, { base, from, length: to - from + 1, isNewest: false })
        const trouble = await this.#fold(folding, to, () => this.#turns.background())
        if (trouble !== undefined) throw unreadable(trouble)
        this.#add(folding.finish())
        to = from - 1
      }
    } catch (error) {
      this.#tell({ damage: messageOf(error) })
    }
  }

  /** Up to an event; says why it came no further. */
  async #fold(folding: Folding, to: number, pause?: () => Promise<void>): Promise<string | undefined> {
    const take = (event: Recorded) => {
      if (event.seq !== folding.next) throw unreadable(`Event ${event.seq} came where event ${folding.next} should.`)
      folding.take(event)
      this.states.pass(event.seq, folding.state)
    }
    try {
      await this.#patiently(() => this.source.events({ from: folding.next, to, pause }, take))
    } catch (error) {
      return messageOf(error)
    }
    return folding.next > to ? undefined : `Event ${folding.next} cannot be read any more.`
  }

  #follow(): void {
    this.source.follow(this.#head, {
      events: (events) => this.#append(events),
      connection: (isUp) => this.#tell({ connection: isUp }),
      damage: (why) => this.#tell({ damage: why })
    })
  }

  #append(events: ReadonlyArray<Recorded>): void {
    const causes = new CausesWithin(this.#causes, this.#newestIds)
    const shape = { base: this.#tip, from: this.#head + 1, length: events.length, isNewest: true }
    const folding = new Folding(this.book, causes, shape)
    for (const event of events) {
      folding.take(event)
      this.states.pass(event.seq, folding.state)
    }
    this.#tip = folding.state
    this.#head += events.length
    this.pages.grow(this.#head)
    this.#add(folding.finish())
  }

  #add(piece: Piece): void {
    this.known.add(piece)
    this.#read += piece.columns.at.length
    const read = { events: this.#read, all: Math.max(0, this.#head - this.about.first + 1) }
    this.#tell({ piece, read }, buffersOf(piece))
  }

  /** Waits for a server that is gone, and says so. */
  async #patiently<A>(ask: () => Promise<A>): Promise<A> {
    for (let isUp = true; ; isUp = false) {
      try {
        const answer = await ask()
        if (!isUp) this.#tell({ connection: true })
        return answer
      } catch (error) {
        if (!(error instanceof SourceError) || error.reason !== "Gone") throw error
        if (isUp) this.#tell({ connection: false })
        await new Promise((resolve) => setTimeout(resolve, patience))
      }
    }
  }
}
