/**
 * What an operator does to a credential, as events. Done already is nothing to do: a command may be given twice.
 */
import { HashMap } from "effect"
import type { CredentialId } from "../Ids.ts"
import type { Credential, PoolState } from "../PoolState.ts"
import type { Draft } from "../Recorded.ts"

/** Nothing is sent with it, and it is not refreshed either, unless `keepalive` asks for that. */
export const pause = ({ id, keepalive: kept, operator }: Credential, keepalive: boolean): ReadonlyArray<Draft> =>
  operator === "paused" && kept === keepalive
    ? []
    : [{ type: "CredentialPaused", v: 1, credential: id, data: keepalive ? { keepalive } : {} }]

export const resume = ({ id, operator }: Credential): ReadonlyArray<Draft> =>
  operator === "enabled" ? [] : [{ type: "CredentialResumed", v: 1, credential: id, data: {} }]

/** For good: the place in its store where it came from is not enrolled again by itself. Siblings stay. */
export const remove = ({ id, removed }: Credential): ReadonlyArray<Draft> =>
  removed ? [] : [{ type: "CredentialRemoved", v: 1, credential: id, data: { by: "operator" } }]

/** From then on its store's label is not shown any more, even if it is the same. */
export const relabel = ({ id, label: former, relabelled }: Credential, label: string): ReadonlyArray<Draft> =>
  relabelled && former === label ? [] : [{ type: "CredentialRelabelled", v: 1, credential: id, data: { label } }]

/** The lowest number is asked first. */
export const prioritise = ({ id, priority: former }: Credential, priority: number): ReadonlyArray<Draft> =>
  former === priority ? [] : [{ type: "CredentialPrioritised", v: 1, credential: id, data: { priority } }]

export const labelLength = 128

/** Why this cannot be a label, if it cannot. An address names a person; it is not recorded and so could not be shown. */
export const flawOfLabel = (label: string): string | undefined => {
  if (label.trim() === "") return "it is empty"
  if (label !== label.trim()) return "it begins or ends with a space"
  if (label.length > labelLength) return `it has more than ${labelLength} characters`
  if (/\p{Cc}/u.test(label)) return "it has control characters"
  if (isAddress(label)) return "it looks like an address, and the ledger keeps no address of a person"
  return undefined
}

export const isAddress = (label: string): boolean => label.includes("@")

/** Why a name would mean another credential too, if it would: one that was removed keeps its id, and loses its label. */
export const whyTaken = ({ credentials }: PoolState, self: CredentialId, label: string): string | undefined => {
  const others = Array.from(HashMap.values(credentials)).filter(({ id }) => id !== self)
  if (others.some(({ id }) => id === label)) return "it is the id of a credential"
  const namesake = others.find((other) => !other.removed && other.label === label)
  return namesake === undefined ? undefined : `${namesake.id} has it already`
}
