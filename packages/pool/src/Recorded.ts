/**
 * An event as it stands in a ledger: with its place, its time, who wrote it and why.
 * An event that this version does not know is kept and shown as `Unknown`; it is never dropped.
 */
import { Result, Schema } from "effect"
import { PoolEvent } from "./Event.ts"
import { ActorId, CorrelationId, CredentialId, EventId, type GrantId, GrantId as Grant, Seq } from "./Ids.ts"
import { Instant } from "./Instant.ts"

export const Envelope = Schema.Struct({
  seq: Seq,
  at: Instant,
  id: EventId,
  actor: ActorId,
  /** The event that led to this one. */
  cause: Schema.optionalKey(EventId),
  /** The story this event belongs to. */
  correlation: Schema.optionalKey(CorrelationId)
})
export type Envelope = typeof Envelope.Type

/** Written by a newer program: an unknown type, a higher `v`, or a value this version cannot read. */
export interface UnknownEvent {
  readonly type: "Unknown"
  readonly v: number
  readonly credential?: CredentialId
  readonly data: { readonly type: string; readonly grant?: GrantId; readonly raw: unknown }
}

export type Recorded = Envelope & (PoolEvent | UnknownEvent)

/** An event on its way into a ledger, which adds `seq`, `at`, `id` and `actor`. */
export type Draft = PoolEvent & {
  /** Given by a caller that must name the event before it is written. */
  readonly id?: EventId
  readonly cause?: EventId | undefined
  readonly correlation?: CorrelationId | undefined
}

const Line = Schema.Struct({
  ...Envelope.fields,
  type: Schema.String,
  v: Schema.Natural,
  credential: Schema.optionalKey(CredentialId),
  data: Schema.Unknown
})

const decodeLine = Schema.decodeUnknownResult(Line)
const decodeEvent = Schema.decodeUnknownResult(PoolEvent)
const encodeEvent = Schema.encodeSync(PoolEvent)
const isGrant = Schema.is(Grant)

/**
 * Reads the parsed object of one line. Fails only if the envelope itself is wrong;
 * any event inside a right envelope is readable, if only as `Unknown`.
 */
export const decode = (json: unknown): Result.Result<Recorded, Schema.SchemaError> =>
  Result.map(decodeLine(json), ({ credential, data, type, v, ...envelope }) => {
    const about = credential === undefined ? {} : { credential }
    const event = decodeEvent({ type, v, ...about, data })
    return Result.isSuccess(event)
      ? { ...envelope, ...event.success }
      : { ...envelope, type: "Unknown", v, ...about, data: { type, raw: data, ...grantIn(data) } }
  })

const grantIn = (raw: unknown): { readonly grant?: GrantId } =>
  typeof raw === "object" && raw !== null && "grant" in raw && isGrant(raw.grant) ? { grant: raw.grant } : {}

/** The event part of a line, ready for `JSON.stringify`: `type`, `v`, `credential`, `data`. */
export const encodeDraft = (draft: Draft) => {
  const encoded = encodeEvent(draft)
  return {
    type: encoded.type,
    v: encoded.v,
    credential: "credential" in encoded ? encoded.credential : undefined,
    data: encoded.data
  }
}
