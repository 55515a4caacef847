/** The answers of who is told of every event in order, in constant memory but for the changes. */
import type { Seq } from "@daybook/pool/Ids"
import type { Answer, Flip } from "@daybook/pool/queries/Bisect"
import type { Found, Range } from "./Search.ts"

export class Told {
  readonly #range: Range
  readonly #flips: Array<Flip> = []
  #last: { readonly place: Seq; readonly answer: Answer } | undefined
  #atFrom: Answer = "unknown"
  #atTo: Answer = "unknown"
  /** How many were told of. */
  judged = 0
  #unknown = 0

  constructor(range: Range) {
    this.#range = range
  }

  tell(place: Seq, answer: Answer): void {
    this.judged++
    if (place === this.#range.from) this.#atFrom = answer
    this.#atTo = answer
    if (answer === "unknown") this.#unknown++
    else this.#note(place, answer)
  }

  found(): Omit<Found, "witness"> {
    return {
      ...this.#range,
      search: "every event",
      isExact: this.#unknown === 0,
      judged: this.judged,
      atFrom: this.#atFrom,
      atTo: this.#atTo,
      flips: this.#flips
    }
  }

  #note(place: Seq, answer: Answer): void {
    const last = this.#last
    if (last !== undefined && last.answer !== answer) {
      this.#flips.push({ after: last.place, by: place, holds: answer === "holds" })
    }
    this.#last = { place, answer }
  }
}
