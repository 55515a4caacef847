/** Events of late looks, so that a cursor that moves a little reads nothing anew. The least used are forgotten. */
import type { Recorded } from "@daybook/pool/Recorded"
import type { Source } from "../Source.ts"
import { unreadable } from "./SourceError.ts"

const pageLength = 250
const pagesMost = 24

type Page = Promise<ReadonlyArray<Recorded>>

export class Pages {
  readonly #source: Source
  readonly #pages = new Map<number, Page>()
  #first: number
  #head: number

  constructor(source: Source, first: number, head: number) {
    this.#source = source
    this.#first = first
    this.#head = head
  }

  /** Events were appended. */
  grow(head: number): void {
    this.#pages.delete(pageOf(this.#head))
    this.#pages.delete(pageOf(this.#head + 1))
    this.#head = head
  }

  /** Both included; what is not in the ledger is left out. */
  async events(from: number, to: number): Promise<ReadonlyArray<Recorded>> {
    const [begin, end] = [Math.max(from, this.#first), Math.min(to, this.#head)]
    if (begin > end) return []
    const numbers = Array.from({ length: pageOf(end) - pageOf(begin) + 1 }, (_, place) => pageOf(begin) + place)
    for (const run of runsOf(numbers.filter((number) => !this.#pages.has(number)))) this.#load(run)
    const wanted = numbers.flatMap((number) => this.#use(number))
    this.#forget()
    const pages = await Promise.all(wanted)
    return pages.flat().filter(({ seq }) => seq >= begin && seq <= end)
  }

  /** Makes it the one that was used last. */
  #use(number: number): ReadonlyArray<Page> {
    const page = this.#pages.get(number)
    if (page === undefined) return []
    this.#pages.delete(number)
    this.#pages.set(number, page)
    return [page]
  }

  #forget(): void {
    for (const number of this.#pages.keys()) {
      if (this.#pages.size <= pagesMost) break
      this.#pages.delete(number)
    }
  }

  #load(numbers: ReadonlyArray<number>): void {
    const whole = this.#read(numbers)
    for (const number of numbers) {
      const page = whole.then((pages) => pages.get(number) ?? [])
      page.catch(() => this.#pages.get(number) === page && this.#pages.delete(number))
      this.#pages.set(number, page)
    }
  }

  async #read(numbers: ReadonlyArray<number>): Promise<ReadonlyMap<number, ReadonlyArray<Recorded>>> {
    const from = Math.max(this.#first, (numbers[0] ?? 0) * pageLength)
    const to = Math.min(this.#head, ((numbers.at(-1) ?? 0) + 1) * pageLength - 1)
    const events: Array<Recorded> = []
    await this.#source.events({ from, to }, (event) => events.push(event))
    if (events.length !== to - from + 1) throw unreadable(`Event ${from + events.length} cannot be read any more.`)
    return Map.groupBy(events, ({ seq }) => pageOf(seq))
  }
}

const pageOf = (seq: number): number => Math.floor(seq / pageLength)

/** Neighbours together. */
const runsOf = (numbers: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> => {
  const runs: Array<Array<number>> = []
  for (const number of numbers) {
    const last = runs.at(-1)
    if (last?.at(-1) === number - 1) last.push(number)
    else runs.push([number])
  }
  return runs
}
