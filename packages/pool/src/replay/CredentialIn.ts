/** A credential of a state, removed ones included. */
import { HashMap, Option } from "effect"
import type { CredentialId } from "../Ids.ts"
import type { Credential, PoolState } from "../PoolState.ts"

export const credentialIn = (state: PoolState, id: CredentialId | undefined): Credential | undefined =>
  id === undefined ? undefined : Option.getOrUndefined(HashMap.get(state.credentials, id))
