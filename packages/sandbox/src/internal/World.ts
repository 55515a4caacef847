/** Everything that one running sandbox keeps in memory. All of it changes synchronously. */
import { type Effect, HashMap } from "effect"
import { type Discovery } from "../Discovery.ts"
import { type ApiFault, type Queued, type TokenFault } from "../Faults.ts"
import { type Dialect, type Grant, type GrantOptions } from "../Grant.ts"
import * as Grants from "../Grants.ts"
import * as HoldPoints from "../HoldPoints.ts"
import * as Journal from "../Journal.ts"
import * as Logins from "../Logins.ts"
import { type Quota } from "../Quota.ts"
import { type ReceivedRequest } from "../ReceivedRequest.ts"
import { signingKey, type TokenSet } from "../Tokens.ts"
import { protocols } from "./Dialects.ts"
import * as Watched from "./Watched.ts"

export interface World {
  readonly trapOrigin: string
  /** The dialect in which a token that belongs to no grant is refused. */
  readonly dialect: Dialect
  readonly grants: Watched.Watched<Grants.Grants>
  /** What completes the options of every grant. */
  readonly defaults: GrantOptions
  readonly logins: Watched.Watched<Logins.Logins>
  readonly deviceFaults: Watched.Watched<ReadonlyArray<Queued<TokenFault>>>
  /** Every request to an endpoint for devices. */
  readonly deviceRequests: Watched.Watched<ReadonlyArray<ReceivedRequest>>
  readonly tokenFaults: Watched.Watched<ReadonlyArray<Queued<TokenFault>>>
  readonly apiFaults: Watched.Watched<ReadonlyArray<Queued<ApiFault>>>
  /** By grant. */
  readonly quotas: Watched.Watched<HashMap.HashMap<string, Quota>>
  readonly discovery: Watched.Watched<Discovery>
  readonly holds: HoldPoints.HoldPoints
  readonly journal: Journal.Journal
  readonly key: Uint8Array
}

export const make = (
  trapOrigin: string,
  dialect: Dialect,
  journal: Journal.Journal,
  defaults: GrantOptions
): World => ({
  trapOrigin,
  dialect,
  defaults,
  logins: Watched.make(Logins.empty),
  deviceFaults: Watched.make<ReadonlyArray<Queued<TokenFault>>>([]),
  deviceRequests: Watched.make<ReadonlyArray<ReceivedRequest>>([]),
  grants: Watched.make(Grants.empty),
  tokenFaults: Watched.make<ReadonlyArray<Queued<TokenFault>>>([]),
  apiFaults: Watched.make<ReadonlyArray<Queued<ApiFault>>>([]),
  quotas: Watched.make(HashMap.empty<string, Quota>()),
  discovery: Watched.make<Discovery>({}),
  holds: HoldPoints.make(),
  journal,
  key: signingKey()
})

/** Fresh tokens in the grant's own form. `lifetime` in seconds. */
export const mint = (
  world: World,
  grant: Grant,
  lifetime: number,
  now: number,
  nonce: string | null = null
): Effect.Effect<TokenSet> =>
  protocols[grant.dialect].mint({ key: world.key, subject: grant.subject, lifetime, now, nonce })
