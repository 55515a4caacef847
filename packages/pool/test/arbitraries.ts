/**
 * Arbitrary ledgers, made from the event schemas. Ids, fingerprints and times are drawn from a few, so that
 * events meet: the same grant is moved, the same generation is judged, the same attempt is answered twice.
 */
import { PoolEvent } from "@daybook/pool/Event"
import * as RefreshEvents from "@daybook/pool/events/RefreshEvents"
import { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Arbitrary, Schema } from "effect"
import { actor, attemptId, eventId, fingerprint, grantId, hour, otherActor, start } from "./support.ts"

const { Trigger: _trigger, Winner: _winner, ...Refresh } = RefreshEvents

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const times = new Set(["until", "retryAt", "retryAfter", "quietAfter", "expiresAt", "issuedAt", "deadline", "resetsAt"])
const fingerprints = ["a", "b"].map(fingerprint)
export const account = fingerprint("account")
const ids = [grantId, attemptId(1), eventId(1)]
const credentials = ["one", "two"]

const sum = (text: string): number => Array.from(text).reduce((total, char) => total + char.charCodeAt(0), 0)

const oneOf = <A>(few: ReadonlyArray<A>, text: string): A => {
  const picked = few[sum(text) % few.length]
  if (picked === undefined) throw new Error("nothing to pick from")
  return picked
}

const fewer = (value: unknown, key: string): unknown => {
  if (typeof value === "string") {
    if (key === "credential") return oneOf(credentials, value)
    if (uuid.test(value)) return oneOf(ids, value)
    return value.startsWith("fp_") ? oneOf(fingerprints, value) : value
  }
  if (typeof value === "number") return times.has(key) ? start + (value % hour) : value
  if (Array.isArray(value)) return value.map((item) => fewer(item, key))
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fewer(item, name)]))
    : value
}

const known = Schema.decodeUnknownSync(Schema.toType(PoolEvent))

const meeting = (events: Schema.Schema<PoolEvent>): Arbitrary.Arbitrary<PoolEvent> =>
  Arbitrary.map(Arbitrary.schema(events), (any) => known(fewer(any, "")))

export const event = meeting(PoolEvent)

/** Events about grants, without the rest; more often those that must meet an exact other one to matter. */
export const grantEvent = meeting(
  Schema.Union([
    ...Object.values(Refresh),
    Refresh.GenerationObserved,
    ...Array.from({ length: 3 }, () => [
      Refresh.ErrorClassified,
      Refresh.CredentialQuarantined,
      Refresh.QuarantineLifted
    ]).flat()
  ])
)

/** Long enough ledgers that verdicts meet the generations they name. */
export const thorough = { arbitrary: { runs: 150, size: 40 } }

const envelope = Arbitrary.schema(
  Schema.Struct({
    minutes: Schema.Int.check(Schema.isBetween({ minimum: -5, maximum: 60 })),
    second: Schema.Boolean,
    id: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3 }))
  })
)

/** In order and without gaps, as a ledger holds them; clocks may step back. */
export const ledgerOf = (events: Arbitrary.Arbitrary<PoolEvent>): Arbitrary.Arbitrary<ReadonlyArray<Recorded>> =>
  Arbitrary.map(
    Arbitrary.array(Arbitrary.all({ event: events, envelope }), { minLength: 1, maxLength: 40 }),
    (entries) =>
      entries.map(({ envelope, event }, index) => ({
        ...event,
        seq: Seq.make(index + 1),
        at: start + envelope.minutes * 60_000,
        id: eventId(envelope.id),
        actor: envelope.second ? otherActor : actor
      }))
  )

const schemaOfInstant = Schema.Int.check(Schema.isBetween({ minimum: start - hour, maximum: start + 2 * hour }))

/** A moment near those of the events. */
export const moment: Arbitrary.Arbitrary<number> = Arbitrary.schema(schemaOfInstant)
