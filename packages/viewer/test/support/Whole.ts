/** Pieces put together, as a page would, and what they must show by the plain fold of all events. */
import { bandWords, type Lane, markKinds, noLane, type Piece } from "@daybook/viewer/Picture"

export class Whole {
  readonly pieces: Array<Piece> = []

  add(piece: Piece): void {
    this.pieces.push(piece)
    this.pieces.sort((one, other) => one.columns.from - other.columns.from)
  }

  get count(): number {
    return this.pieces.reduce((count, { columns }) => count + columns.at.length, 0)
  }

  /** Of each event, what the columns say of it, with names in place of numbers. */
  get rows() {
    const { actors, lanes, types } = this.legend
    const late = new Map(
      this.pieces.flatMap(({ late }) => Array.from(late!.effect, (effect, place) => [effect, late!.cause[place]!]))
    )
    return this.pieces.flatMap(({ columns: { actor, at, cause, from, lane, mark, type } }) =>
      Array.from(at, (instant, place) => ({
        seq: from + place,
        at: instant,
        lane: lane[place] === noLane ? undefined : lanes[lane[place]!]!.credential,
        actor: actors[actor[place]!]!.id,
        type: types[type[place]!],
        mark: markKinds[mark[place]!],
        cause: late.get(from + place) ?? cause[place]!
      }))
    )
  }

  /** The longest: what has a place keeps it. */
  get legend() {
    return this.pieces
      .map(({ legend }) => legend)
      .reduce((longest, one) => ({
        lanes: one.lanes.length > longest.lanes.length ? one.lanes : longest.lanes,
        actors: one.actors.length > longest.actors.length ? one.actors : longest.actors,
        types: one.types.length > longest.types.length ? one.types : longest.types
      }))
  }

  lane(credential: string): Lane | undefined {
    return this.legend.lanes.find((lane) => lane.credential === credential)
  }

  /** How a credential stands in the last band that has begun; behind the newest piece, in what comes by itself. */
  word(credential: string, now: number): string | undefined {
    const place = this.legend.lanes.findIndex((lane) => lane.credential === credential)
    const all = [
      ...this.pieces.map(({ bands }) => bands),
      ...(this.pieces.at(-1)?.ahead ? [this.pieces.at(-1)!.ahead!] : [])
    ]
    const begun = all.flatMap(({ lane, since, word }) =>
      Array.from(word).filter((_, band) => lane[band] === place && since[band]! <= now)
    )
    return bandWords[begun.at(-1) ?? 255]
  }
}
