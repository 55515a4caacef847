/**
 * A bench ends by time, and the call after it meets the refusal that waiting does not cure: a revoked login, a bill that is
 * not paid, a right that nobody gave. Quotas and rate limits come and go, and are no loop however often.
 */
import type { EventOf } from "../../Event.ts"
import type { Fingerprint } from "../../Fingerprint.ts"
import type { ActorId, CredentialId, EventId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import type { Policy } from "../../Policy.ts"
import type { Envelope } from "../../Recorded.ts"
import type { StopAct } from "../../queries/Loops.ts"
import type { ApiVerdictName } from "../../Verdict.ts"
import { memoryOf } from "./Memory.ts"
import { makeRuns, type Runs } from "./Runs.ts"
import { subjectsMost, type Watch } from "./Watcher.ts"

/** Benches. The same dead token after the second time-out is one that nobody took away. */
const leastTerminal = 3
/** A bill may be paid within the working day; under the usual hour these are as many. */
const leastUnpaid = 6

interface Refusal {
  readonly id: EventId
  readonly verdict: string
  readonly access: Fingerprint | undefined
  readonly rule: string
  /** As the provider said it. */
  readonly namedEnd: Instant | undefined
}

interface Bench {
  readonly reason: ApiVerdictName
  readonly access: Fingerprint | undefined
  readonly at: Instant
  readonly until: Instant
  /** Refusals of this kind since it began. */
  refusals: number
}

export const cooldownReentry: Watch = (recognised) => {
  const lastRefusals = memoryOf<CredentialId, Refusal>(subjectsMost)
  const benches = memoryOf<string, Bench>(subjectsMost)
  const cooldowns = memoryOf<ActorId, Policy["cooldown"]>(subjectsMost)
  const terms = { kind: "cooldown-reentry", longestGap: Number.MAX_SAFE_INTEGER } as const
  const terminal = makeRuns({ ...terms, least: leastTerminal }, recognised)
  const unpaid = makeRuns({ ...terms, least: leastUnpaid }, recognised)

  const refused = (event: Envelope & EventOf<"ErrorClassified">, credential: CredentialId): void => {
    const { generation, retryAt, rule, verdict } = event.data
    const { access } = generation
    lastRefusals.set(credential, { id: event.id, verdict, access, rule, namedEnd: retryAt })
    const bench = benches.get(credential)
    if (bench?.reason === verdict) bench.refusals += 1
  }

  const started = (event: Envelope & EventOf<"CooldownStarted">): void => {
    const { model, reason, until } = event.data
    const runs = runsFor(reason)
    if (runs === undefined) return
    const key = keyOf(event.credential, model)
    const refusal = lastRefusals.get(event.credential)
    const known = refusal?.id === event.cause ? refusal : undefined
    const before = benches.get(key)
    const isUnderWay = before !== undefined && event.at < before.until
    const refusals = isUnderWay ? before.refusals : 0
    const bench: Bench = { reason, access: known?.access, at: event.at, until, refusals }
    benches.set(key, bench)
    if (isUnderWay) return
    const isAgain = before !== undefined && isSameAgain(before, bench)
    if (!isAgain) end(key, event)
    if (runs === unpaid && known?.namedEnd === until) return end(key, event)
    runs.again(key, {
      event,
      credential: event.credential,
      model,
      rule: known?.rule,
      policy: policyOf(reason, until - event.at, cooldowns.get(event.actor)),
      wasted: isAgain ? Math.max(1, before.refusals) : 0,
      stop: stops[reason] ?? "log-in"
    })
  }

  const runsFor = (reason: ApiVerdictName): Runs | undefined =>
    reason === "GrantRevoked" ? terminal : reason === "BillingRequired" || reason === "NotEntitled" ? unpaid : undefined

  const end = (key: string, event: Envelope): void => {
    terminal.end(key, event)
    unpaid.end(key, event)
  }

  return {
    runs: [terminal, unpaid],
    take: (event) => {
      switch (event.type) {
        case "PolicyApplied":
          return cooldowns.set(event.actor, event.data.policy.cooldown)
        case "ErrorClassified":
          return event.data.surface === "api" && event.credential !== undefined
            ? refused(event, event.credential)
            : undefined
        case "CooldownStarted":
          return started(event)
        case "CooldownCleared": {
          const key = keyOf(event.credential, event.data.model)
          benches.delete(key)
          return end(key, event)
        }
      }
    }
  }
}

const keyOf = (credential: CredentialId, model: string | undefined): string =>
  model === undefined ? credential : `${credential} ${model}`

/**
 * For a dead login it must be the very token. Bills belong to the account, whose tokens change: there the refusal must
 * have come before anybody could have used the credential for long, within a bench's length after its end.
 */
const isSameAgain = (before: Bench, now: Bench): boolean =>
  before.reason === now.reason &&
  (now.reason === "GrantRevoked"
    ? before.access !== undefined && before.access === now.access
    : now.at - before.until <= before.until - before.at)

const stops: { readonly [Verdict in ApiVerdictName]?: StopAct } = {
  GrantRevoked: "log-in",
  BillingRequired: "pay",
  NotEntitled: "pause"
}

/** Only rows bench what is revoked; what else benches for as long as the table says does so under the table. */
const policyOf = (reason: ApiVerdictName, length: number, usual: Policy["cooldown"] | undefined): string => {
  if (reason !== "BillingRequired" && reason !== "NotEntitled") return "benches"
  return usual === undefined || usual[reason] === length ? `cooldown.${reason}` : "benches"
}
