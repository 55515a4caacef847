/** How long a refresh token lay unused before it was sent, and whether that was longer than one may. */
import type { GenerationRef } from "../../Generation.ts"
import type { Instant } from "../../Instant.ts"
import type { Lived } from "../../PoolState.ts"
import type { Case } from "./Case.ts"

export interface Rest {
  readonly millis: number
  /** Of the access token that came with it. */
  readonly accessLife: number
}

const day = 86_400_000

/** Since its newest tokens came: where a provider does not rotate, each refresh is a use. */
export const restOf = ({ grant }: Case, { refresh }: GenerationRef, sentAt: Instant): Rest | undefined => {
  const lived = grant.lineage.findLast(({ generation }) => refresh !== undefined && generation.refresh === refresh)
  if (lived === undefined) return undefined
  const since = beginningOf(lived)
  const life = (lived.generation.expiresAt ?? since + day) - since
  return { millis: sentAt - since, accessLife: life > 0 ? life : day }
}

/** A pair that was seen in a file may be older than that. */
const beginningOf = ({ at, generation: { issuedAt } }: Lived): Instant => Math.min(at, issuedAt ?? at)

/** Longer than its provider lets one rest. */
export const isPastLimit = ({ limits: { idleMillis } }: Case, rest: Rest | undefined): rest is Rest =>
  rest !== undefined && idleMillis !== undefined && rest.millis > idleMillis

/** A login that is used is refreshed when its access token ends; this one was left for as long again. */
export const isLeftAlone = (rest: Rest | undefined): rest is Rest =>
  rest !== undefined && rest.millis >= 2 * rest.accessLife
