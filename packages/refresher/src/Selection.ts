/**
 * Which credentials of a provider are asked, in which order, and why the others are not: the lowest
 * priority number first, as long as it has something to give. Pure.
 */
import type { CredentialId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { type Credential, members, type PoolState } from "@daybook/pool/PoolState"
import { endOf, obstacleOf, obstacleText, obstacleWords } from "@daybook/pool/queries/Obstacle"
import { HashMap, Result } from "effect"
import { AmbiguousCredential, NoneAvailable, type PassedOver, refusedAlready, UnknownCredential } from "./PoolError.ts"

export interface Choice {
  readonly eligible: ReadonlyArray<Credential>
  readonly passed: ReadonlyArray<PassedOver>
}

export interface Wanted {
  /** Id or label of the one credential to use. */
  readonly credential?: string
  readonly model?: string
  readonly except?: ReadonlyArray<CredentialId>
}

export const candidates = (
  state: PoolState,
  provider: string,
  wanted: Wanted,
  now: Instant
): Result.Result<Choice, NoneAvailable | UnknownCredential | AmbiguousCredential> => {
  const asked = askedFor(state, provider, wanted)
  if (wanted.credential !== undefined) {
    const one = theOne(asked, wanted.credential, askedFor(state, provider, {}))
    if (Result.isFailure(one)) return Result.fail(one.failure)
  }
  const passed = asked.flatMap((credential) => obstacle(state, credential, now, wanted))
  const eligible = asked.filter(({ id }) => passed.every(({ credential }) => credential !== id))
  return eligible.length === 0
    ? Result.fail(new NoneAvailable({ provider, passed, until: earliest(passed) }))
    : Result.succeed({ eligible, passed })
}

/** Those of the provider, or the one that was named. */
export const askedFor = (state: PoolState, provider: string, { credential: name }: Wanted): ReadonlyArray<Credential> =>
  meant(
    state,
    members(state).filter((member) => member.provider === provider),
    name
  )

/** An id never means another credential that has it as its label, not even if its own is not among these. */
const meant = (
  state: PoolState,
  credentials: ReadonlyArray<Credential>,
  name: string | undefined
): ReadonlyArray<Credential> =>
  withId(state, name) === undefined ? under(credentials, name) : credentials.filter(({ id }) => id === name)

/** The credential with this id, removed ones included. */
export const withId = (state: PoolState, name: string | undefined): Credential | undefined =>
  Array.from(HashMap.values(state.credentials)).find(({ id }) => id === name)

/** Those that are meant by a name: the one with this id, else all with this label. */
const under = (credentials: ReadonlyArray<Credential>, name: string | undefined): ReadonlyArray<Credential> => {
  if (name === undefined) return credentials
  const named = credentials.filter(({ id }) => id === name)
  return named.length > 0 ? named : credentials.filter(({ label }) => label === name)
}

/** The member that a person means by its id or its label. */
export const memberNamed = (
  state: PoolState,
  name: string
): Result.Result<Credential, UnknownCredential | AmbiguousCredential> =>
  theOne(meant(state, members(state), name), name, members(state))

/** The one of these that a person means by its id or its label. */
export const findNamed = (
  credentials: ReadonlyArray<Credential>,
  name: string
): Result.Result<Credential, UnknownCredential | AmbiguousCredential> =>
  theOne(under(credentials, name), name, credentials)

const nameOf = ({ id, label }: Credential): string => (label === undefined || label === id ? id : `${id} (${label})`)

const theOne = (
  found: ReadonlyArray<Credential>,
  name: string,
  all: ReadonlyArray<Credential>
): Result.Result<Credential, UnknownCredential | AmbiguousCredential> => {
  const [one, ...others] = found
  if (one === undefined) {
    return Result.fail(new UnknownCredential({ credential: name, known: all.map(nameOf) }))
  }
  return others.length === 0
    ? Result.succeed(one)
    : Result.fail(new AmbiguousCredential({ label: name, ids: found.map(({ id }) => id) }))
}

export const earliest = (passed: ReadonlyArray<PassedOver>): Instant | undefined => {
  const instants = passed.flatMap(({ until }) => (until === undefined ? [] : [until]))
  return instants.length === 0 ? undefined : Math.min(...instants)
}

const obstacle = (
  state: PoolState,
  credential: Credential,
  now: Instant,
  wanted: Wanted
): ReadonlyArray<PassedOver> => {
  const { id, label } = credential
  const why = whyNot(state, credential, now, wanted)
  if (why !== undefined) {
    const words = { why: obstacleText(why, credential), reason: obstacleWords(why) }
    return [{ credential: id, label, ...words, until: endOf(why) }]
  }
  const isRefused = wanted.except?.includes(id) === true
  return isRefused ? [{ credential: id, label, why: refusedAlready, reason: refusedAlready }] : []
}

/** A dead login that was asked for by name is looked at once more: it may have come back, and its remedy is said. */
const whyNot = (state: PoolState, credential: Credential, now: Instant, { credential: name, model }: Wanted) => {
  const why = obstacleOf(state, credential, now, model)
  return why?._tag === "Dead" && name !== undefined ? undefined : why
}
