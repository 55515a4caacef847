/** Where a provider's endpoints are: as its definition says, or as its issuer did within the last hour. */
import { Clock, Effect, Result } from "effect"
import type { Instant } from "@daybook/pool/Instant"
import type { Provider } from "../Provider.ts"
import { defined } from "./Defined.ts"
import { discover, documentUrl, type DiscoveryFault, type Metadata } from "./Discover.ts"

const keptMillis = 3_600_000

export type FindEndpoints = (
  provider: Provider,
  limitMillis: number
) => Effect.Effect<Result.Result<Metadata, DiscoveryFault>>

/** With a memory of its own. What could not be discovered is asked for again the next time. */
export const make = (): FindEndpoints => {
  const known = new Map<string, { readonly metadata: Metadata; readonly until: Instant }>()

  return Effect.fnUntraced(function* (provider, limitMillis) {
    const { authorizationEndpoint, deviceEndpoint, issuer, revocationEndpoint, tokenEndpoint } = provider
    const said = defined({ authorizationEndpoint, deviceEndpoint, issuer, revocationEndpoint })
    if (typeof tokenEndpoint === "string") return Result.succeed({ tokenEndpoint, ...said })
    const now = yield* Clock.currentTimeMillis
    const key = [documentUrl(tokenEndpoint), ...tokenEndpoint.hosts].join(" ")
    const before = known.get(key)
    if (before !== undefined && now < before.until) return Result.succeed({ ...before.metadata, ...said })
    const found = yield* discover(tokenEndpoint, limitMillis)
    if (Result.isSuccess(found)) known.set(key, { metadata: found.success, until: now + keptMillis })
    return Result.map(found, (metadata) => ({ ...metadata, ...said }))
  })
}
