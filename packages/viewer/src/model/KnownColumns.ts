/** What of each piece is kept behind when it goes to the page: enough to find events by lane, actor and type without reading them. */
import type { Columns, Piece } from "../Picture.ts"

type Known = Pick<Columns, "from" | "lane" | "actor" | "type">

/** Places that match; without a set all do. */
export interface Places {
  readonly lane: ReadonlySet<number> | undefined
  readonly actor: ReadonlySet<number> | undefined
  readonly type: ReadonlySet<number> | undefined
}

export class KnownColumns {
  /** In order, without gaps. */
  readonly #pieces: Array<Known> = []

  /** Older or newer than all that are known. */
  add({ columns: { actor, from, lane, type } }: Piece): void {
    const known = { from, lane: lane.slice(), actor: actor.slice(), type: type.slice() }
    if (from < (this.#pieces[0]?.from ?? Infinity)) this.#pieces.unshift(known)
    else this.#pieces.push(known)
  }

  /** The oldest event that is known; undefined while none is. */
  get from(): number | undefined {
    return this.#pieces[0]?.from
  }

  find(places: Places): ReadonlyArray<number> {
    return this.#pieces.flatMap((piece) => findIn(piece, places))
  }
}

const findIn = ({ actor, from, lane, type }: Known, places: Places): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let place = 0; place < lane.length; place++) {
    if (isIn(places.type, type[place]) && isIn(places.lane, lane[place]) && isIn(places.actor, actor[place])) {
      found.push(from + place)
    }
  }
  return found
}

const isIn = (places: ReadonlySet<number> | undefined, place: number | undefined): boolean =>
  places === undefined || (place !== undefined && places.has(place))
