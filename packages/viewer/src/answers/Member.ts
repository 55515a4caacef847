/** The credential that a question is about. */
import type { CredentialId } from "@daybook/pool/Ids"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import { HashMap, Option } from "effect"
import { Refused } from "./Refused.ts"

/** Removed ones included. */
export const memberOf = ({ credentials, head }: PoolState, id: string): Credential =>
  Option.getOrElse(HashMap.get(credentials, id as CredentialId), () => {
    throw new Refused(`${id} was not in the pool yet at event ${head}.`)
  })
