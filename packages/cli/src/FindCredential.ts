/** A credential by what a person typed: its id, or its label, removed ones included. */
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import { UnknownCredential } from "@daybook/refresher/PoolError"
import { isUnder } from "@daybook/refresher/Selection"
import { Effect, HashMap } from "effect"

export const findCredential = (state: PoolState, name: string): Effect.Effect<Credential, UnknownCredential> => {
  const all = Array.from(HashMap.values(state.credentials))
  const found = all.find(({ id }) => id === name) ?? all.find((credential) => isUnder(credential, name))
  return found === undefined
    ? Effect.fail(new UnknownCredential({ credential: name, known: all.map(({ id }) => id) }))
    : Effect.succeed(found)
}
