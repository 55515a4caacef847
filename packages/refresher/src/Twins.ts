/**
 * Whose a refresh token is, or was. A second place for it would be one login that two spend: whoever comes second sends a
 * spent token, and the provider may end the whole family.
 */
import { isSamePlace } from "@daybook/pool/decisions/Recover"
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import { type Credential, grantById, members, type PoolState } from "@daybook/pool/PoolState"
import { HashMap } from "effect"

/** Some grant has it, or has moved on from it. */
export const isKnown = (state: PoolState, refresh: Fingerprint): boolean =>
  Array.from(HashMap.values(state.grants)).some(({ lineage }) =>
    lineage.some(({ generation }) => generation.refresh === refresh)
  )

/** The credential of our own that has it or has moved on from it, a member before a removed one. */
export const ownerOf = (state: PoolState, refresh: Fingerprint | undefined): Credential | undefined => {
  const owners = Array.from(HashMap.values(state.credentials)).filter(
    (credential) => credential.ownership === "owned" && has(state, credential, refresh)
  )
  return owners.find(({ removed }) => !removed) ?? owners.at(-1)
}

/** The member, in another place than this one, that has the refresh token or has moved on from it. */
export const memberBeside = (
  state: PoolState,
  { provider, store }: Pick<Credential, "provider" | "store">,
  refresh: Fingerprint | undefined
): Credential | undefined =>
  members(state).find(
    (member) => member.provider === provider && !isSamePlace(member.store, store) && has(state, member, refresh)
  )

/** Its grant has the refresh token, or has moved on from it. */
export const has = (state: PoolState, { grant }: Credential, refresh: Fingerprint | undefined): boolean =>
  refresh !== undefined && grantById(state, grant).lineage.some(({ generation }) => generation.refresh === refresh)

/** Its grant has moved on from the refresh token: whoever sends it sends it a second time. */
export const isPast = (state: PoolState, { grant }: Credential, refresh: Fingerprint | undefined): boolean =>
  grantById(state, grant).current?.refresh !== refresh
