/** Which events of a ledger are wanted. Pure; a credential that joins later is found all the same. */
import { credentialOf, grantOf } from "@daybook/pool/Event"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import type { CredentialId } from "@daybook/pool/Ids"
import { storyOf } from "@daybook/pool/queries/Story"
import { HashMap } from "effect"

export interface Wanted {
  readonly credential?: CredentialId | undefined
  readonly provider?: string | undefined
  readonly type?: string | undefined
}

/** `state` is a fold that reaches at least to the event. */
export const isWanted = (event: Recorded, state: PoolState, { credential, provider, type }: Wanted): boolean =>
  (type === undefined || typeOf(event) === type) &&
  (credential === undefined || storyOf(state, credential)(event)) &&
  (provider === undefined || isOfProvider(event, state, provider))

const typeOf = (event: Recorded): string => (event.type === "Unknown" ? event.data.type : event.type)

const isOfProvider = (event: Recorded, state: PoolState, provider: string): boolean => {
  if (event.type === "SelectionExhausted") return event.data.provider === provider
  const id = event.type === "Unknown" ? event.credential : credentialOf(event)
  const grant = event.type === "Unknown" ? event.data.grant : grantOf(event)
  return Array.from(HashMap.values(state.credentials)).some(
    (credential) =>
      credential.provider === provider && (credential.id === id || (grant !== undefined && credential.grant === grant))
  )
}
