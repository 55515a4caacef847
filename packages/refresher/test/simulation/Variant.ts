/**
 * What kind of world a seed makes: how many actors, which provider, what sort of stores, how bad the times are.
 */
import type { Provider } from "@daybook/oauth/Provider"
import { defaults, type Policy } from "@daybook/pool/Policy"
import { type Chances, make as chancesOf } from "../support/Chances.ts"
import { providerOf, type Reuse, type ServerOptions } from "./Server.ts"

export interface Variant {
  readonly seed: number
  readonly chances: Chances
  readonly actors: number
  readonly owned: number
  readonly borrowed: number
  /** All slots are in one file with one lock, as in another program's store. */
  readonly shared: boolean
  readonly server: ServerOptions
  readonly policy: Policy
  /** How many moves the driver makes before the world goes quiet. */
  readonly moves: number
  /** How readily a process that just moved moves again, in [0, 1]. */
  readonly stickiness: number
  /** The share of looks at the ledger that are steps of their own, in [0, 1]. */
  readonly fineness: number
  /** In [0, 1]: of requests that something happens to. */
  readonly weather: number
  /** How often each of these happens, against 100 steps of the protocol. */
  readonly rates: Rates
}

export interface Rates {
  readonly crash: number
  readonly powerCut: number
  readonly outsider: number
  readonly diskFault: number
  readonly lockLoss: number
  readonly clockJump: number
  readonly stall: number
  readonly revocation: number
  readonly operator: number
}

/** As the defaults, with shorter waits where others only look again and again. */
const policy: Policy = {
  ...defaults,
  timeLimit: 8_000,
  lockWait: 6_000,
  confirmAfter: [0, 300, 900],
  classifyAfter: 1_500,
  upkeepEvery: 1_200_000
}

const grace = 600_000

export const variantOf = (seed: number): Variant => {
  const chances = chancesOf(seed * 2_654_435_761)
  const often = (share: number, rate: number) => (chances.next() < share ? rate * (0.5 + chances.next()) : 0)
  const reuse = chances.oneOf<Reuse>(["strict", "strict", "revoke", "revoke", "revoke", "grace", "still"])
  const provider: Provider = providerOf(reuse, grace, chances.next() < 0.75)
  const owned = chances.oneOf([1, 1, 1, 2])
  return {
    seed,
    chances,
    actors: chances.oneOf([1, 2, 2, 3, 3, 4, 5]),
    owned,
    borrowed: chances.next() < 0.25 ? 1 : 0,
    shared: chances.next() < 0.4,
    server: { reuse, provider, graceMillis: grace, speaking: chances.next() < 0.5 },
    policy,
    moves: 60 + Math.floor(chances.next() * 240),
    stickiness: chances.oneOf([0, 0.5, 0.9, 0.97]),
    fineness: chances.oneOf([0.05, 0.1, 0.3]),
    weather: chances.oneOf([0, 0.1, 0.3, 0.7]),
    rates: {
      crash: often(0.7, 3),
      powerCut: often(0.3, 1),
      outsider: often(0.7, 7),
      diskFault: often(0.3, 4),
      lockLoss: often(0.15, 2),
      clockJump: often(0.1, 1),
      stall: often(0.3, 2),
      revocation: often(0.15, 0.5),
      operator: often(0.2, 1)
    }
  }
}
