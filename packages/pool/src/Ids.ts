/**
 * The names of things in a ledger: who wrote, what is meant, where in the order.
 * Ids are made at the rim (UUIDv7, random) and arrive here as values.
 */
import { Schema } from "effect"

const uuid = Schema.String.check(Schema.isPattern(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/))

/** Short and typed by people: 1 to 64 of `A-Z a-z 0-9 _ . : -`. */
export const CredentialId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_.:-]{1,64}$/)).pipe(
  Schema.brand("CredentialId")
)
export type CredentialId = typeof CredentialId.Type

/** The refresh-token family behind a credential; an API key is a family of one. UUIDv7. */
export const GrantId = uuid.pipe(Schema.brand("GrantId"))
export type GrantId = typeof GrantId.Type

/** One try to refresh one generation, from its intent to its outcome. UUIDv7. */
export const AttemptId = uuid.pipe(Schema.brand("AttemptId"))
export type AttemptId = typeof AttemptId.Type

/** One process that writes the ledger, for as long as it has it open. UUIDv7. */
export const ActorId = uuid.pipe(Schema.brand("ActorId"))
export type ActorId = typeof ActorId.Type

/** UUIDv7. */
export const EventId = uuid.pipe(Schema.brand("EventId"))
export type EventId = typeof EventId.Type

/** Ties the events of one story together, across processes. UUIDv7. */
export const CorrelationId = uuid.pipe(Schema.brand("CorrelationId"))
export type CorrelationId = typeof CorrelationId.Type

/** UUIDv7. */
export const LedgerId = uuid.pipe(Schema.brand("LedgerId"))
export type LedgerId = typeof LedgerId.Type

/** Position in the ledger: the first event has 1, there are no gaps; 0 stands before the first. */
export const Seq = Schema.Natural.pipe(Schema.brand("Seq"))
export type Seq = typeof Seq.Type
