/**
 * A model API is called on with an access token that it has refused. Callers that were under way when it did so are a
 * crowd and no loop; a bench that ends by time is a loop of another kind.
 */
import type { EventOf } from "../../Event.ts"
import type { Fingerprint } from "../../Fingerprint.ts"
import type { CredentialId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import type { Envelope } from "../../Recorded.ts"
import { memoryOf } from "./Memory.ts"
import { makeRuns } from "./Runs.ts"
import { hour, minute, second, subjectsMost, type Watch } from "./Watcher.ts"

/** In as many different moments. */
const least = 5
/** Whoever had the token in hand has come to an end by then. */
const crowdedFor = 1 * minute
/** Refusals so close together are one moment. */
const sameMoment = 2 * second
const longestGap = 24 * hour
const tokensMost = 4_096

interface Refused {
  readonly since: Instant
  last: Instant
}

export const deadTokenCalls: Watch = (recognised) => {
  const refused = memoryOf<Fingerprint, Refused>(tokensMost)
  /** The token of a credential that was refused last. */
  const lastOf = memoryOf<CredentialId, Fingerprint>(subjectsMost)
  const runs = makeRuns({ kind: "dead-token-replayed", least, longestGap }, recognised)

  const refuse = (event: Envelope & EventOf<"ErrorClassified">, access: Fingerprint): void => {
    const { credential, data } = event
    if (credential !== undefined) lastOf.set(credential, access)
    const before = refused.get(access)
    if (before === undefined) return refused.set(access, { since: event.at, last: event.at })
    if (event.at - before.since < crowdedFor || event.at - before.last < sameMoment) return
    before.last = event.at
    runs.again(access, { event, credential, grant: data.grant, wasted: 1, rule: data.rule, stop: "log-in" })
  }
  const forget = (access: Fingerprint | undefined, event: Envelope): void => {
    if (access === undefined) return
    refused.delete(access)
    runs.end(access, event)
  }

  return {
    runs: [runs],
    take: (event) => {
      switch (event.type) {
        case "ErrorClassified":
          return event.data.surface === "api" && isAboutToken(event.data.verdict) && event.data.generation.access
            ? refuse(event, event.data.generation.access)
            : undefined
        case "CooldownStarted":
          return event.data.model === undefined ? forget(lastOf.get(event.credential), event) : undefined
        case "QuarantineLifted":
          return event.data.by === "operator" ? forget(event.data.generation.access, event) : undefined
      }
    }
  }
}

const isAboutToken = (verdict: string): boolean => verdict === "AccessExpired" || verdict === "GrantRevoked"
