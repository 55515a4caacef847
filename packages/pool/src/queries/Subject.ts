/** The credential that an event is about. */
import { HashMap, Option } from "effect"
import { credentialOf, grantOf } from "../Event.ts"
import type { Credential, PoolState } from "../PoolState.ts"
import type { Recorded } from "../Recorded.ts"

/** The one it names, else one that has the grant it names. */
export const subjectOf = (state: PoolState, event: Recorded): Credential | undefined => {
  if (event.type === "Unknown") return undefined
  const id = credentialOf(event)
  if (id !== undefined) return Option.getOrUndefined(HashMap.get(state.credentials, id))
  const grant = grantOf(event)
  return grant === undefined
    ? undefined
    : Array.from(HashMap.values(state.credentials)).find((credential) => credential.grant === grant)
}
