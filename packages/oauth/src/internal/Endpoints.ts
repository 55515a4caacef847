/** Where a provider's endpoints are: as its definition says, or as its issuer did within the last hour. */
import { Clock, Effect, Result } from "effect"
import type { Instant } from "@daybook/pool/Instant"
import type { Provider } from "../Provider.ts"
import { defined } from "./Defined.ts"
import { discover, documentUrl, type DiscoveryFault, type Metadata } from "./Discover.ts"
import { isConfidential } from "./Loopback.ts"

const keptMillis = 3_600_000

export type EndpointFault = DiscoveryFault | "insecure-endpoint"

export type FindEndpoints = (
  provider: Provider,
  limitMillis: number
) => Effect.Effect<Result.Result<Metadata, EndpointFault>>

/** With a memory of its own. What could not be discovered is asked for again the next time. */
export const make = (): FindEndpoints => {
  const known = new Map<string, { readonly metadata: Metadata; readonly until: Instant }>()

  return Effect.fnUntraced(function* (provider, limitMillis) {
    const { deviceEndpoint, revocationEndpoint, tokenEndpoint } = provider
    const said = defined({ deviceEndpoint, revocationEndpoint })
    if (typeof tokenEndpoint === "string") return checked({ tokenEndpoint, ...said })
    const now = yield* Clock.currentTimeMillis
    const key = [documentUrl(tokenEndpoint), ...tokenEndpoint.hosts].join(" ")
    const before = known.get(key)
    if (before !== undefined && now < before.until) return Result.succeed({ ...before.metadata, ...said })
    const found = yield* discover(tokenEndpoint, limitMillis)
    if (Result.isSuccess(found)) known.set(key, { metadata: found.success, until: now + keptMillis })
    return Result.map(found, (metadata) => ({ ...metadata, ...said }))
  })
}

/** A provider need not come from `defineProvider`, so its endpoint is looked at once more before a byte leaves. */
const checked = (metadata: Metadata): Result.Result<Metadata, EndpointFault> =>
  URL.canParse(metadata.tokenEndpoint) && isConfidential(new URL(metadata.tokenEndpoint))
    ? Result.succeed(metadata)
    : Result.fail("insecure-endpoint")
