/**
 * What changed in a pool between two states, as flat fields that can be kept and compared later: short values as they
 * are, long ones by a digest. So a state can be judged without the code that once gave it.
 */
import { HashMap, Predicate } from "effect"
import type { PoolState } from "../PoolState.ts"

/** By thing (`credential main`, `grant ...`, `pool`), then by field; `null` for what is not there any more. */
export type Changed = Readonly<Record<string, Readonly<Record<string, string>> | null>>

/** A short text that stands for a long one. */
export type Digest = (text: string) => string

export const changedSince = (before: PoolState, after: PoolState, digest: Digest): Changed => {
  const { actors, credentials, grants, providers } = before
  const now = after
  return {
    ...changedThing("pool", own(before), own(now), digest),
    ...changedThings("actor", actors, now.actors, digest),
    ...changedThings("credential", credentials, now.credentials, digest),
    ...changedThings("grant", grants, now.grants, digest),
    ...changedThings("provider", providers, now.providers, digest)
  }
}

/** A value as it is compared. */
export const fieldText = (value: unknown, digest: Digest): string => {
  const text = canonical(value)
  return text.length <= longest ? text : digest(text)
}

/** The whole of it, for people. */
export const canonical = (value: unknown): string => JSON.stringify(plain(value)) ?? "none"

const longest = 80

/** The head is the place itself. */
const own = ({ latest, ledger, unknown }: PoolState) => ({ latest, ledger, unknown })

const changedThings = (
  kind: string,
  before: HashMap.HashMap<string, object>,
  after: HashMap.HashMap<string, object>,
  digest: Digest
): Changed => {
  if (before === after) return {}
  const ids = new Set([...HashMap.keys(before), ...HashMap.keys(after)])
  return Object.assign(
    {},
    ...[...ids].toSorted().map((id) => {
      const [one, other] = [get(before, id), get(after, id)]
      return one === other ? {} : changedThing(`${kind} ${id}`, one, other, digest)
    })
  ) as Changed
}

const get = (map: HashMap.HashMap<string, object>, id: string): object | undefined =>
  HashMap.has(map, id) ? HashMap.getUnsafe(map, id) : undefined

const changedThing = (name: string, before: object | undefined, after: object | undefined, digest: Digest): Changed => {
  if (after === undefined) return { [name]: null }
  const [one, other] = [fields(before), fields(after)]
  const names = new Set([...one.keys(), ...other.keys()])
  const changed = [...names].toSorted().flatMap((field) => {
    const [then, now] = [one.get(field), other.get(field)]
    const isSame = then === now || canonical(then) === canonical(now)
    return isSame ? [] : [[field, fieldText(now, digest)] as const]
  })
  return changed.length === 0 ? {} : { [name]: Object.fromEntries(changed) }
}

const fields = (thing: object | undefined): ReadonlyMap<string, unknown> => new Map(Object.entries(thing ?? {}))

/** Keys in order, so that equal values are equal texts; what is `undefined` is not there. */
const plain = (value: unknown): unknown => {
  if (HashMap.isHashMap(value)) return plain(Object.fromEntries(value as Iterable<readonly [string, unknown]>))
  if (Array.isArray(value)) return value.map(plain)
  if (!Predicate.isObject(value)) return value
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, plain(part)]))
}
