/**
 * What a replay asks of the classifier, handed in as functions: the pool itself knows no provider and no rule.
 */
import type { Evidence } from "../Evidence.ts"
import type { Instant } from "../Instant.ts"
import type { Credential } from "../PoolState.ts"
import type { ReplayPolicy } from "../ReplayPolicy.ts"
import type { ApiVerdict, TokenVerdict } from "../Verdict.ts"

export interface Rules {
  /** Version of the classifier, as it stands in new decisions. */
  readonly version: number
  /** Whether the rules of this one's provider are here. A provider that a program defined for itself has rules of its own. */
  readonly know: (credential: Pick<Credential, "kind" | "provider">) => boolean
  readonly token: (provider: string, evidence: Evidence, now: Instant) => TokenVerdict
  readonly api: (provider: string, kind: Credential["kind"], evidence: Evidence, now: Instant) => ApiVerdict
  /** Whether a refresh token may be sent again after its answer was lost. */
  readonly replay: (provider: string) => ReplayPolicy
}
