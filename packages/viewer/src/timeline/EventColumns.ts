/**
 * The events of a picture, in columns, with indexes by lane, by actor and of failures. An index holds numbers of events,
 * so it is in order of time too: `time` never falls.
 */
import { type Columns, failureKinds, type LateCauses, type MarkKind, markKinds, noLane } from "../Picture.ts"
import { bytes, type Deque, floats, integers } from "./Deque.ts"

export const isFailure: ReadonlyArray<boolean> = markKinds.map((kind) => failureKinds.has(kind))
const none = markKinds.indexOf("none" satisfies MarkKind)

export class EventColumns {
  first = 0
  readonly at = floats()
  readonly time = floats()
  readonly lane = integers()
  readonly actor = integers()
  readonly type = bytes()
  readonly mark = bytes()
  readonly cause = floats()
  /** By lane: the events that have a mark. */
  readonly marks: Array<Deque<Uint32Array>> = []
  /** By actor: all of its events. */
  readonly ticks: Array<Deque<Uint32Array>> = []
  readonly failures = integers()

  get count(): number {
    return this.at.length
  }

  get last(): number {
    return this.first + this.count - 1
  }

  addBehind(columns: Columns): void {
    const before = this.count
    if (before === 0) this.first = columns.from
    this.time.addBehind(risen(columns.at, before === 0 ? -Infinity : this.time.get(before - 1)))
    for (const name of plain) this[name].addBehind(columns[name])
    this.#index(columns, (index, seqs) => index.addBehind(seqs))
  }

  addBefore(columns: Columns): void {
    const time = risen(columns.at, -Infinity)
    this.#lift(time.at(-1) ?? -Infinity)
    this.first = columns.from
    this.time.addBefore(time)
    for (const name of plain) this[name].addBefore(columns[name])
    this.#index(columns, (index, seqs) => index.addBefore(seqs))
  }

  /** Found later than their effects. */
  setCauses({ effect, cause }: LateCauses): void {
    effect.forEach((seq, index) => {
      if (seq >= this.first && seq <= this.last) this.cause.set(seq - this.first, cause[index]!)
    })
  }

  /** No event may stand before one that has come in front of it. */
  #lift(floor: number): void {
    for (let index = 0; index < this.count && this.time.get(index) < floor; index += 1) this.time.set(index, floor)
  }

  #index(columns: Columns, add: (index: Deque<Uint32Array>, seqs: ReadonlyArray<number>) => void): void {
    const marks = new Map<number, Array<number>>()
    const ticks = new Map<number, Array<number>>()
    const failures: Array<number> = []
    for (let index = 0; index < columns.at.length; index += 1) {
      const seq = columns.from + index
      const mark = columns.mark[index]!
      const lane = columns.lane[index]!
      if (mark !== none && lane !== noLane) put(marks, lane, seq)
      put(ticks, columns.actor[index]!, seq)
      if (isFailure[mark] === true) failures.push(seq)
    }
    for (const [lane, seqs] of marks) add((this.marks[lane] ??= integers()), seqs)
    for (const [actor, seqs] of ticks) add((this.ticks[actor] ??= integers()), seqs)
    add(this.failures, failures)
  }
}

const plain = ["at", "lane", "actor", "type", "mark", "cause"] as const

const put = (groups: Map<number, Array<number>>, key: number, seq: number): void => {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [seq])
  else group.push(seq)
}

/** The clock of one process may be behind another's. */
const risen = (at: Float64Array, floor: number): Float64Array => {
  let highest = floor
  return at.map((instant) => (highest = Math.max(highest, instant)))
}
