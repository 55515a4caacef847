/** A credential by what a person typed: its id, or its label, removed ones included. */
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import { members } from "@daybook/pool/PoolState"
import type { AmbiguousCredential, UnknownCredential } from "@daybook/refresher/PoolError"
import { findNamed } from "@daybook/refresher/Selection"
import { Effect, HashMap, Result } from "effect"

/** A member's label counts before that of one which was removed. */
export const findCredential = (
  state: PoolState,
  name: string
): Effect.Effect<Credential, UnknownCredential | AmbiguousCredential> => {
  const all = Array.from(HashMap.values(state.credentials))
  const byId = all.find(({ id }) => id === name)
  if (byId !== undefined) return Effect.succeed(byId)
  const member = findNamed(members(state), name)
  return Effect.fromResult(
    Result.isFailure(member) && member.failure._tag === "UnknownCredential" ? findNamed(all, name) : member
  )
}
