/**
 * Where in a ledger something begins to hold: by halving, which asks about few places and takes for granted that it
 * begins once; whatever else the answers show is told as well. Whoever asks each place in order knows all there is.
 */
import { Seq } from "../Ids.ts"

/** `unknown`: the place could not be judged. */
export type Answer = "holds" | "fails" | "unknown"

/** It was otherwise at `after`, and is so at `by`; in between nobody knows, so it is exact if that is the next event. */
export interface Flip {
  readonly after: Seq
  readonly by: Seq
  readonly holds: boolean
}

export interface Looks {
  /** How many places between the ends are looked at first, evenly spread. */
  readonly samples?: number
  /** Places that are cheaper to look at than others, in order. */
  readonly cheap?: ReadonlyArray<Seq>
}

export class Bisect {
  readonly from: Seq
  readonly to: Seq
  readonly #answers = new Map<number, Answer>()
  readonly #cheap: ReadonlyArray<Seq>
  /** Places to ask before any halving. */
  readonly #first: ReadonlyArray<Seq>

  constructor(from: Seq, to: Seq, { cheap = [], samples = 0 }: Looks = {}) {
    this.from = from
    this.to = to
    this.#cheap = cheap
    const step = (to - from) / (samples + 1)
    const between = Array.from({ length: samples }, (_, n) => Seq.make(Math.round(from + (n + 1) * step)))
    this.#first = [...new Set([from, to, ...between.map((place) => this.#cheapNear(place, from, to) ?? place)])]
  }

  tell(place: Seq, answer: Answer): void {
    this.#answers.set(place, answer)
  }

  /** How many places were told of. */
  get asked(): number {
    return this.#answers.size
  }

  /** Where to look next; nothing if there is nothing more to find. */
  next(): Seq | undefined {
    const first = this.#first.find((place) => !this.#answers.has(place))
    if (first !== undefined) return first
    const flip = this.first()
    return flip === undefined ? undefined : this.#between(flip)
  }

  /** Where it begins to hold, as near as is known. */
  first(): Flip | undefined {
    return this.flips().find(({ holds }) => holds)
  }

  /** All changes that the answers show, in order. */
  flips(): ReadonlyArray<Flip> {
    const known = this.#known()
    return known.flatMap(([place, answer], index) => {
      const before = known[index - 1]
      const isFlip = before !== undefined && before[1] !== answer
      return isFlip ? [{ after: Seq.make(before[0]), by: Seq.make(place), holds: answer === "holds" }] : []
    })
  }

  /** The ends, and the places between them that were to be looked at first, are known. */
  get isBegun(): boolean {
    return this.#first.every((place) => this.#answers.has(place))
  }

  /** What was told of a place. */
  at(place: Seq): Answer | undefined {
    return this.#answers.get(place)
  }

  /** Every place was looked at. */
  get isExact(): boolean {
    return this.#answers.size === this.to - this.from + 1 && !Array.from(this.#answers.values()).includes("unknown")
  }

  #known(): ReadonlyArray<readonly [number, Answer]> {
    return Array.from(this.#answers)
      .filter(([, answer]) => answer !== "unknown")
      .toSorted(([one], [other]) => one - other)
  }

  /** The middle, or a cheap place near it; or the nearest to it of which nothing is known. */
  #between({ after, by }: Flip): Seq | undefined {
    const middle = Math.floor((after + by) / 2)
    const cheap = this.#cheapNear(middle, after, by)
    if (cheap !== undefined) return cheap
    for (let away = 0; middle - away > after || middle + away < by; away++) {
      const place = [middle - away, middle + away].find((one) => one > after && one < by && !this.#answers.has(one))
      if (place !== undefined) return Seq.make(place)
    }
    return undefined
  }

  #cheapNear(middle: number, after: Seq, by: Seq): Seq | undefined {
    let nearest: Seq | undefined
    for (const place of this.#cheap) {
      const isNearer = nearest === undefined || Math.abs(place - middle) < Math.abs(nearest - middle)
      if (isNearer && place > after && place < by && !this.#answers.has(place)) nearest = place
    }
    return nearest
  }
}
