/**
 * STORAGE CONTRACT. The ledger's own life, and who writes it.
 * Never rename a type or a field and never reuse one: add an optional field, or a new event.
 */
import { Schema } from "effect"
import { Fingerprint } from "../Fingerprint.ts"
import { LedgerId, Seq } from "../Ids.ts"
import { poolEvent } from "../internal/define.ts"
import { Policy } from "../Policy.ts"

const LockKind = Schema.Literals(["ofd", "sqlite", "memory"])
const hash = Schema.String.check(Schema.isMaxLength(64))
const crc = Schema.String.check(Schema.isPattern(/^[0-9a-f]{8}$/))

export const LedgerOpened = poolEvent("LedgerOpened", {
  /** Version of the line format; a reader refuses a higher one. */
  format: Schema.Natural,
  ledger: LedgerId,
  lock: LockKind,
  /** Fingerprint of the word `daybook`: a writer with another key is refused. */
  check: Fingerprint,
  /** It was made out of another ledger, for others to look at. Events have their own ids, and new numbers and fingerprints. */
  excerpt: Schema.optionalKey(
    Schema.Struct({
      ledger: LedgerId,
      /** The events it was made of; before `from` only what is needed to understand them. */
      from: Seq,
      to: Seq,
      /** The last event of the other ledger that could be read when it was made, and its `h`, if nothing was damaged. */
      head: Seq,
      h: Schema.optionalKey(hash)
    })
  )
})

export const SegmentOpened = poolEvent("SegmentOpened", {
  format: Schema.Natural,
  ledger: LedgerId,
  lock: LockKind,
  check: Fingerprint,
  /** `h` of the last line of the segment before. */
  continues: hash,
  /** Damage that an operator accepted: bytes no reader stops at any more, and the events in them that are lost. */
  accepts: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        /** First event of the damaged segment. */
        segment: Seq,
        offset: Schema.Natural,
        /** In bytes, up to the beginning of the line that goes on, or to the end of the file. */
        length: Schema.Natural,
        /** CRC-32 of these bytes, 8 hex digits. */
        crc,
        /** What the line behind them continues. */
        seq: Seq,
        h: hash
      })
    )
  )
})

export const SegmentSealed = poolEvent("SegmentSealed", {
  /** First event of the segment. */
  first: Seq,
  /** Length of the segment up to this line. */
  bytes: Schema.Natural,
  /** SHA-256 over these bytes, unpadded base64url. */
  sha256: Schema.optionalKey(hash)
})

/** Junk that a crashed writer left behind: recorded, never cut off. */
export const TailSealed = poolEvent("TailSealed", {
  /** First byte of the junk in the segment. */
  offset: Schema.Natural,
  /** Length in bytes, the newline that closes it not counted. */
  length: Schema.Natural,
  /** CRC-32 of the junk, 8 hex digits. */
  crc
})

/** For people; never evidence. */
export const ActorJoined = poolEvent("ActorJoined", {
  program: Schema.String,
  version: Schema.String,
  pid: Schema.Natural,
  host: Schema.String
})

/** The policy this actor decides by: recorded once, when it opens the pool. */
export const PolicyApplied = poolEvent("PolicyApplied", { policy: Policy, hash })
