/**
 * The strip of actors: a line for each process from its first event to its last one. Commands come and go by hundreds, so
 * processes that did not live at the same time share a row.
 */
import type { Picture } from "./Picture.ts"

export interface ActorLife {
  /** Place in the legend. */
  readonly actor: number
  readonly from: number
  readonly to: number
  readonly row: number
}

export interface ActorLayout {
  readonly lives: ReadonlyArray<ActorLife>
  readonly rows: number
  /** By an actor's place in the legend. */
  readonly rowOf: ReadonlyMap<number, number>
}

/** Room for the name behind a short life, as a part of the whole time. */
const margin = 0.01

export const actorRows = (picture: Picture): ActorLayout => {
  const { span } = picture
  const gap = span === undefined ? 0 : (span.to - span.from) * margin
  const ends: Array<number> = []
  const lives = livesOf(picture).map((life) => {
    const free = ends.findIndex((end) => end + gap < life.from)
    const row = free < 0 ? ends.length : free
    ends[row] = life.to
    return { ...life, row }
  })
  return { lives, rows: ends.length, rowOf: new Map(lives.map((life) => [life.actor, life.row])) }
}

const livesOf = (picture: Picture) =>
  picture.events.ticks
    .flatMap((seqs, actor) =>
      seqs === undefined || seqs.length === 0
        ? []
        : [{ actor, from: picture.time(seqs.get(0)), to: picture.time(seqs.get(seqs.length - 1)) }]
    )
    .toSorted((one, other) => one.from - other.from || one.actor - other.actor)
