/** Which events of a ledger are wanted. Pure; a credential that joins later is found all the same. */
import type { Wanted as WantedLines } from "@daybook/ledger/Ledger"
import { credentialOf, grantOf } from "@daybook/pool/Event"
import type { CorrelationId, CredentialId } from "@daybook/pool/Ids"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { storyOf } from "@daybook/pool/queries/Story"
import { HashMap, Option } from "effect"
import type { Actors } from "./FindActors.ts"
import { hasVerdict, typesWithVerdict } from "./VerdictName.ts"

export interface Wanted {
  readonly credential?: CredentialId | undefined
  readonly provider?: string | undefined
  readonly type?: string | undefined
  readonly actors?: Actors | undefined
  readonly verdict?: string | undefined
  readonly correlation?: CorrelationId | undefined
}

/** `state` is a fold that reaches at least to the event. */
export const isWanted = (event: Recorded, state: PoolState, wanted: Wanted): boolean => {
  const { actors, correlation, credential, provider, type, verdict } = wanted
  return (
    (actors === undefined || actors.wrote(event)) &&
    (type === undefined || typeOf(event) === type) &&
    (verdict === undefined || hasVerdict(event, verdict)) &&
    (correlation === undefined || event.correlation === correlation) &&
    (credential === undefined || storyOf(state, credential)(event)) &&
    (provider === undefined || isOfProvider(event, state, provider))
  )
}

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

/**
 * What must stand on the lines of wanted events, so that the others need not be parsed. Nothing if anything may. Only for
 * events that the state reaches to.
 */
export const linesWith = (state: PoolState, wanted: Wanted): WantedLines => {
  const types = typesOf(wanted)
  const names = namesOf(state, wanted)
  return { ...(types === undefined ? {} : { types }), ...(names === undefined ? {} : { names }) }
}

const typesOf = ({ type, verdict }: Wanted): ReadonlySet<string> | undefined => {
  if (type !== undefined) return new Set([type])
  return verdict === undefined ? undefined : typesWithVerdict
}

/** Every line is searched for each of them, so where there are many it is faster to parse it. */
export const namesMost = 16

/** By what tells the fewest lines. */
const namesOf = (state: PoolState, wanted: Wanted): ReadonlyArray<string> | undefined => {
  const { actors, correlation, credential, provider } = wanted
  if (correlation !== undefined) return [correlation]
  const about = (isMeant: (credential: Credential) => boolean) => namesAbout(state, isMeant)
  const names =
    credential !== undefined
      ? about(isOfStory(state, credential))
      : actors !== undefined
        ? [...actors.ids]
        : provider !== undefined
          ? [JSON.stringify(provider), ...about((one) => one.provider === provider)]
          : undefined
  return names === undefined || names.length > namesMost ? undefined : names
}

/** Itself, and those that had its grant before it. */
const isOfStory = (state: PoolState, id: CredentialId) => {
  const grant = Option.getOrUndefined(HashMap.get(state.credentials, id))?.grant
  return (one: Credential): boolean => one.id === id || one.grant === grant
}

const namesAbout = (state: PoolState, isMeant: (credential: Credential) => boolean): ReadonlyArray<string> => [
  ...new Set(
    Array.from(HashMap.values(state.credentials))
      .filter(isMeant)
      .flatMap(({ grant, id }) => [JSON.stringify(id), grant])
  )
]
