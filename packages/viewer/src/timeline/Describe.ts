/** An event in a few words, for the tooltip and for whoever hears the page instead of seeing it. */
import { foreign } from "./Foreign.ts"
import { nameOf, type Picture } from "./Picture.ts"
import { instantText } from "./Ticks.ts"

export interface Described {
  readonly what: string
  readonly who: string
  readonly when: string
}

export const describe = (picture: Picture, seq: number): Described => {
  const lane = picture.lane(seq)
  const about = lane === undefined ? "" : ` · ${foreign(nameOf(lane))}`
  return {
    what: `${foreign(picture.type(seq))}${about}`,
    who: `event ${seq} · by ${foreign(picture.actor(seq)?.name ?? "an unknown actor")}`,
    when: instantText(picture.at(seq))
  }
}

/** For the cursor: where it stands, and how the credential of its event stood there. */
export const cursorText = (picture: Picture, seq: number, instant: number): string => {
  if (!picture.has(seq)) return "no event"
  const { what, who } = describe(picture, seq)
  const lane = picture.laneIndex(seq)
  const word = lane === undefined ? undefined : picture.word(lane, instant)
  return `${what}${word === undefined ? "" : `, ${word}`}, ${who}, ${instantText(instant)}`
}

/** How a lane stood at an instant. Nobody knows it of a time before the oldest event that is read. */
export const standingText = (picture: Picture, lane: number, instant: number): string => {
  const isKnown = picture.first <= 1 || instant >= picture.time(picture.first)
  return picture.word(lane, instant) ?? (isKnown ? "not in the pool" : "not known")
}
