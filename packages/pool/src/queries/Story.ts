/**
 * The events of one credential in order: its own, and those of its grant, whoever wrote them.
 */
import { HashMap, Option } from "effect"
import { credentialOf, grantOf } from "../Event.ts"
import type { CredentialId, GrantId } from "../Ids.ts"
import type { PoolState } from "../PoolState.ts"
import type { Recorded } from "../Recorded.ts"

export type StoryFilter = (event: Recorded) => boolean

/**
 * Every event about the credential or its grant, and when others left the pool that had the grant: one that was brought
 * back has the grant of its former self.
 */
export const storyOf = (state: PoolState, id: CredentialId): StoryFilter => {
  const grant = Option.getOrUndefined(HashMap.get(state.credentials, id))?.grant
  return (event) => isAbout(event, id, grant) || isFormerRemoved(state, event, grant)
}

/** The same over events at hand. */
export const story = (events: Iterable<Recorded>, state: PoolState, id: CredentialId): ReadonlyArray<Recorded> =>
  Array.from(events).filter(storyOf(state, id))

const isAbout = (event: Recorded, id: CredentialId, grant: GrantId | undefined): boolean => {
  const named = event.type === "Unknown" ? event.credential : credentialOf(event)
  const about = event.type === "Unknown" ? event.data.grant : grantOf(event)
  return named === id || (grant !== undefined && about === grant)
}

const isFormerRemoved = (state: PoolState, event: Recorded, grant: GrantId | undefined): boolean =>
  event.type === "CredentialRemoved" &&
  grant !== undefined &&
  Option.getOrUndefined(HashMap.get(state.credentials, event.credential))?.grant === grant
