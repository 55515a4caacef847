/** A credential by what a person typed: its id, or its label, removed ones included. */
import { isAddress } from "@daybook/pool/decisions/Membership"
import { type Credential, members, type PoolState } from "@daybook/pool/PoolState"
import type { AmbiguousCredential, UnknownCredential } from "@daybook/refresher/PoolError"
import { findNamed } from "@daybook/refresher/Selection"
import { Effect, HashMap, Result } from "effect"
import { exitCodes } from "./ExitCode.ts"
import { nearest } from "./Nearest.ts"
import { Stop } from "./Stop.ts"

/** The label of a member counts before that of one which was removed. */
export const findCredential = (
  state: PoolState,
  name: string
): Effect.Effect<Credential, AmbiguousCredential | Stop> => {
  const all = Array.from(HashMap.values(state.credentials))
  const found = findIn(all, members(state), name)
  if (Result.isSuccess(found)) return Effect.succeed(found.success)
  return found.failure._tag === "AmbiguousCredential"
    ? Effect.fail(found.failure)
    : Effect.fail(new Stop({ exitCode: exitCodes.error, message: withNearest(found.failure, name, all) }))
}

const findIn = (all: ReadonlyArray<Credential>, inPool: ReadonlyArray<Credential>, name: string) => {
  const byId = all.find(({ id }) => id === name)
  if (byId !== undefined) return Result.succeed(byId)
  const member = findNamed(inPool, name)
  return Result.isFailure(member) && member.failure._tag === "UnknownCredential" ? findNamed(all, name) : member
}

const withNearest = ({ message }: UnknownCredential, name: string, all: ReadonlyArray<Credential>): string => {
  if (isAddress(name)) return message
  const near = nearest(
    name,
    all.flatMap(({ id, label }) => (label === undefined ? [id] : [id, label]))
  )
  return near.length === 0 ? message : `${message} Did you mean ${near.join(" or ")}?`
}
