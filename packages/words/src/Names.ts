/** Short names for people: of the process that wrote an event, and of the credential it is about. */
import { credentialOf, grantOf } from "@daybook/pool/Event"
import type { ActorId, CredentialId } from "@daybook/pool/Ids"
import type { Generation, GenerationRef } from "@daybook/pool/Generation"
import type { PoolState } from "@daybook/pool/PoolState"
import { actorName } from "@daybook/pool/queries/why/Words"
import type { Recorded } from "@daybook/pool/Recorded"
import { HashMap } from "effect"

export interface Names {
  readonly actor: (id: ActorId) => string
  readonly credential: (event: Recorded) => CredentialId | undefined
}

export const namesIn = (state: PoolState): Names => ({
  actor: (id) => actorName(state, id),
  credential: (event) =>
    event.type === "Unknown" ? event.credential : (credentialOf(event) ?? holderOf(state, grantOf(event)))
})

const holderOf = (state: PoolState, grant: string | undefined): CredentialId | undefined =>
  grant === undefined
    ? undefined
    : Array.from(HashMap.values(state.credentials)).find((credential) => credential.grant === grant)?.id

/** A generation by the beginning of its refresh token's fingerprint, or of its access token's. */
export const generationName = (generation: GenerationRef | Generation): string =>
  (generation.refresh ?? generation.access ?? "no token").slice(0, 10)
