/** How each lane stood over time: for each lane, instants that never fall and the word that holds from then on. */
import type { Bands } from "../Picture.ts"
import { bytes, type Deque, floats } from "./Deque.ts"

/** In place of a word: the credential was not in the pool. */
export const notThere = 255

export interface LaneBands {
  readonly since: Deque<Float64Array>
  readonly word: Deque<Uint8Array>
}

/** The bands of a lane that are yet to come, in order. */
export interface Coming {
  readonly since: ReadonlyArray<number>
  readonly word: ReadonlyArray<number>
}

export class BandColumns {
  readonly lanes: Array<LaneBands> = []

  addBehind(bands: Bands): void {
    for (const [lane, { since, word }] of byLane(bands)) {
      const known = (this.lanes[lane] ??= none())
      const last = known.since.length - 1
      const again = last >= 0 && known.word.get(last) === word[0] ? 1 : 0
      known.since.addBehind(risen(since.slice(again), last < 0 ? -Infinity : known.since.get(last)))
      known.word.addBehind(word.slice(again))
    }
  }

  addBefore(bands: Bands): void {
    for (const [lane, { since, word }] of byLane(bands)) {
      const known = (this.lanes[lane] ??= none())
      const before = risen(since, -Infinity)
      if (known.word.length > 0 && known.word.get(0) === word.at(-1)) {
        known.since.dropFirst()
        known.word.dropFirst()
      }
      lift(known.since, before.at(-1)!)
      known.since.addBefore(before)
      known.word.addBefore(word)
    }
  }

  word(lane: number, time: number): number {
    const known = this.lanes[lane]
    if (known === undefined) return notThere
    const index = known.since.upperBound(time) - 1
    return index < 0 ? notThere : known.word.get(index)
  }
}

/** By lane. */
export const comingIn = (ahead: Bands | undefined): ReadonlyMap<number, Coming> =>
  ahead === undefined ? new Map() : byLane(ahead)

const none = (): LaneBands => ({ since: floats(), word: bytes() })

const byLane = (bands: Bands): Map<number, { since: Array<number>; word: Array<number> }> => {
  const lanes = new Map<number, { since: Array<number>; word: Array<number> }>()
  bands.lane.forEach((lane, index) => {
    const own = lanes.get(lane) ?? { since: [], word: [] }
    own.since.push(bands.since[index]!)
    own.word.push(bands.word[index]!)
    lanes.set(lane, own)
  })
  return lanes
}

const risen = (since: ReadonlyArray<number>, floor: number): Array<number> => {
  let highest = floor
  return since.map((instant) => (highest = Math.max(highest, instant)))
}

const lift = (since: Deque<Float64Array>, floor: number): void => {
  for (let index = 0; index < since.length && since.get(index) < floor; index += 1) since.set(index, floor)
}
