/**
 * Fresh ids, in the order of their making.
 */
import { AttemptId, CorrelationId, CredentialId, EventId, GrantId } from "@daybook/pool/Ids"
import { SecureRandom } from "effect/crypto"

export const newEventId = (): EventId => EventId.make(SecureRandom.uuidV7Unsafe())
export const newAttemptId = (): AttemptId => AttemptId.make(SecureRandom.uuidV7Unsafe())
export const newCorrelationId = (): CorrelationId => CorrelationId.make(SecureRandom.uuidV7Unsafe())
export const newGrantId = (): GrantId => GrantId.make(SecureRandom.uuidV7Unsafe())

/** Short enough to type: the last eight hex digits of a UUIDv7, which are random. */
export const newCredentialId = (): CredentialId => CredentialId.make(SecureRandom.uuidV7Unsafe().slice(-8))
