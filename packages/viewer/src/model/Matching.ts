/** Whether an event is one that a filter means, from its line. */
import type { Recorded } from "@daybook/pool/Recorded"
import type { Filter } from "../Questions.ts"
import { typeOf } from "./LegendBook.ts"
import { eventIn } from "./Lines.ts"

export class Matching {
  readonly #words: ReadonlyArray<ReadonlyArray<string>>
  readonly #filter: Filter
  readonly #verdicts: ReadonlyArray<string>
  readonly #credentialOf: (event: Recorded) => string | undefined

  constructor(filter: Filter, credentialOf: (event: Recorded) => string | undefined) {
    this.#filter = filter
    this.#words = filter.text
      .split(/\s+/u)
      .filter((word) => word !== "")
      .map(spellings)
    this.#verdicts = verdictMarks(filter)
    this.#credentialOf = credentialOf
  }

  /** What must stand in the line, one of them; nothing if that is not known. */
  get names(): ReadonlyArray<string> | undefined {
    return this.#verdicts.length === 0 ? undefined : this.#verdicts
  }

  isMeant(line: string): boolean {
    if (this.#verdicts.length > 0 && !this.#verdicts.some((mark) => line.includes(mark))) return false
    if (this.#words.length > 0 && !this.#hasWords(line.toLowerCase())) return false
    return this.#isOfThese(line)
  }

  #hasWords(line: string): boolean {
    return this.#words.every((spellings) => spellings.some((word) => line.includes(word)))
  }

  #isOfThese(line: string): boolean {
    const { actors, credentials, types } = this.#filter
    if (actors.length + credentials.length + types.length === 0) return true
    const event = eventIn(line)
    return (
      isOne(types, typeOf(event)) &&
      isOne(actors, event.actor) &&
      (credentials.length === 0 || isOne(credentials, this.#credentialOf(event) ?? ""))
    )
  }
}

const isOne = (names: ReadonlyArray<string>, name: string): boolean => names.length === 0 || names.includes(name)

/** A verdict, or the reason of one. A quotation mark inside a text is written otherwise, so these are keys. */
const verdictMarks = ({ verdicts }: Filter): ReadonlyArray<string> =>
  verdicts.flatMap((verdict) => ["verdict", "reason"].map((key) => `"${key}":${JSON.stringify(verdict)}`))

/** As it stands in a line in lower case; other letters than ASCII's are written as numbers, which differ by case. */
const spellings = (word: string): ReadonlyArray<string> => [
  ...new Set([word.toLowerCase(), word.toUpperCase()].map((spelt) => written(spelt).toLowerCase()))
]

const written = (word: string): string =>
  JSON.stringify(word)
    .slice(1, -1)
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
