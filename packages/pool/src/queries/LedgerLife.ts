/**
 * What a ledger says of its own life: files that were sealed, half lines that were closed, damage that an operator accepted,
 * processes that came.
 */
import type { EventOf } from "../Event.ts"
import type { Seq } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { Recorded } from "../Recorded.ts"

export interface Life {
  readonly segmentsSealed: number
  readonly tailsSealed: ReadonlyArray<SealedTail>
  readonly damageAccepted: ReadonlyArray<AcceptedDamage>
  /** Processes that began to write. */
  readonly joined: number
}

export interface SealedTail {
  readonly seq: Seq
  readonly at: Instant
  /** In bytes, of its segment. */
  readonly offset: number
  readonly length: number
}

export interface AcceptedDamage {
  /** Of the event that accepts it. */
  readonly seq: Seq
  readonly at: Instant
  /** First event of the damaged segment. */
  readonly segment: Seq
  readonly offset: number
  readonly length: number
  /** Events up to this one may be among what was lost. */
  readonly upTo: Seq
}

export const unlived: Life = {
  segmentsSealed: 0,
  tailsSealed: [],
  damageAccepted: [],
  joined: 0
}

export const withEvent = (life: Life, event: Recorded): Life => {
  const { at, seq } = event
  switch (event.type) {
    case "ActorJoined":
      return { ...life, joined: life.joined + 1 }
    case "SegmentSealed":
      return { ...life, segmentsSealed: life.segmentsSealed + 1 }
    case "TailSealed": {
      const { length, offset } = event.data
      return { ...life, tailsSealed: [...life.tailsSealed, { seq, at, offset, length }] }
    }
    case "SegmentOpened":
      return { ...life, damageAccepted: [...life.damageAccepted, ...acceptedBy(event)] }
    default:
      return life
  }
}

const acceptedBy = ({ at, data, seq }: Recorded & EventOf<"SegmentOpened">): ReadonlyArray<AcceptedDamage> =>
  (data.accepts ?? []).map(({ length, offset, segment, seq: upTo }) => ({ seq, at, segment, offset, length, upTo }))
