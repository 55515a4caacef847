/**
 * In which order the credentials that may be used are asked, by the strategy of the policy. It only orders: whoever is
 * given is in the answer once. The same inputs give the same order; what a process does in turns, and what chance it
 * has, comes in as a number.
 */
import type { CredentialId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { Policy, Strategy } from "../Policy.ts"
import { byPriority, type Credential, type PoolState } from "../PoolState.ts"
import { isUsedUp, type QuotaWindow } from "../QuotaWindow.ts"
import { quotaOf } from "../queries/Account.ts"

/** What a pick depends on beside the state and the policy. */
export interface Occasion {
  readonly now: Instant
  /** Counts up with each pick for a provider; every process begins at a number of its own. */
  readonly turn: number
  /** How many uses of a credential are going on, as far as anyone counts them. */
  readonly leases: (credential: CredentialId) => number
  /** How many uses of a credential this process has seen that the ledger does not count yet. */
  readonly uncounted: (credential: CredentialId) => number
}

/** Whether the order depends on who uses what at the moment. */
export const countsLeases = ({ leaseMost, strategy }: Policy): boolean =>
  leaseMost !== undefined || strategy === "least_used"

/** Whether two picks at one moment give the same order while the state is the same. */
export const isSteady = ({ leaseMost, strategy }: Policy): boolean =>
  leaseMost === undefined && (strategy === "fill_first" || strategy === "soonest_reset")

export const rank = (
  state: PoolState,
  { leaseMost, strategy }: Policy,
  credentials: ReadonlyArray<Credential>,
  occasion: Occasion
): ReadonlyArray<Credential> => {
  if (credentials.length < 2) return credentials
  const known = { ...occasion, leases: remembered(occasion.leases) }
  const ordered = orders[strategy](credentials.toSorted(byPriority), known, state)
  return leaseMost === undefined ? ordered : belowTheCapFirst(ordered, leaseMost, known)
}

type Ordered = (
  credentials: ReadonlyArray<Credential>,
  occasion: Occasion,
  state: PoolState
) => ReadonlyArray<Credential>

/** Of equals the one with the lower priority number is first. */
const orders: { readonly [Name in Strategy]: Ordered } = {
  fill_first: (credentials) => credentials,
  round_robin: (credentials, { turn }) => {
    const first = turn % credentials.length
    return [...credentials.slice(first), ...credentials.slice(0, first)]
  },
  least_used: (credentials, { leases, uncounted }) => {
    const used = ({ accepted, id, refused }: Credential) => accepted + refused + uncounted(id)
    return credentials.toSorted((a, b) => leases(a.id) - leases(b.id) || used(a) - used(b))
  },
  random: (credentials, { turn }) =>
    credentials
      .map((credential, place) => [mixed(mixed(turn) + place), credential] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, credential]) => credential),
  soonest_reset: (credentials, { now }, state) => {
    const ends = new Map(credentials.map((credential) => [credential.id, lapse(quotaOf(state, credential), now)]))
    return credentials.toSorted((a, b) => compare(ends.get(a.id) ?? never, ends.get(b.id) ?? never))
  }
}

/** Whoever is at the cap is still asked, after the others: the least leased first. Nobody is made to wait. */
const belowTheCapFirst = (
  credentials: ReadonlyArray<Credential>,
  most: number,
  { leases }: Occasion
): ReadonlyArray<Credential> => {
  const excess = ({ id }: Credential) => (leases(id) < most ? -1 : leases(id))
  return credentials.toSorted((a, b) => excess(a) - excess(b))
}

const never = Number.POSITIVE_INFINITY

/** After all that have an end, and before what is used up. */
const unknown = Number.MAX_SAFE_INTEGER

/** When the first of its windows ends, and what is left in it lapses; never, if one of them is used up. */
const lapse = (windows: ReadonlyArray<QuotaWindow>, now: Instant): number => {
  const open = windows.filter(({ resetsAt }) => resetsAt === undefined || resetsAt > now)
  return open.some(isUsedUp) ? never : Math.min(unknown, ...open.map(({ resetsAt = unknown }) => resetsAt))
}

/** The difference of two infinities is no number. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)

/** Asks once for each: counting may cost a system call. */
const remembered = (count: (credential: CredentialId) => number) => {
  const counts = new Map<CredentialId, number>()
  return (credential: CredentialId): number => {
    const known = counts.get(credential) ?? count(credential)
    counts.set(credential, known)
    return known
  }
}

/** MurmurHash3's finaliser over 32 bits. Hashes that are made for tables leave neighbours in order. */
const mixed = (value: number): number => {
  let mixing = (value ^ 0x9e3779b9) >>> 0
  mixing = Math.imul(mixing ^ (mixing >>> 16), 0x85ebca6b)
  mixing = Math.imul(mixing ^ (mixing >>> 13), 0xc2b2ae35)
  return (mixing ^ (mixing >>> 16)) >>> 0
}
