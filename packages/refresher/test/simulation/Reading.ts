/**
 * What the log says, read event by event and without the fold of the domain: for each refresh token why it may be sent,
 * and for each attempt how it ended. What contradicts an invariant is said in words.
 */
import type { EventOf } from "@daybook/pool/Event"
import type { Generation } from "@daybook/pool/Generation"
import type { Recorded } from "@daybook/pool/Recorded"
import type { ReplayPolicy } from "@daybook/pool/ReplayPolicy"

/** `doubt`: its answer was lost. `open`: it was sent and nothing is known yet. */
type Standing = "unsent" | "open" | "unspent" | "doubt" | "condemned" | "dead" | "revived"

export interface Attempt {
  readonly attempt: string
  readonly seq: number
  readonly actor: string
  readonly grant: string
  readonly refresh: string
  ended: "succeeded" | "failed" | "lost" | undefined
}

type Started = Recorded & EventOf<"RefreshStarted">

interface Failure {
  readonly refresh: string | undefined
  readonly left: boolean
  readonly status: number | undefined
}

/** Answers that did not spend the token, given by their reasons. */
const explicit = new Set(["RateLimited", "EdgeBlocked", "Misconfigured", "Denied", "Unrecognized"])

export class Reading {
  readonly attempts = new Map<string, Attempt>()
  private readonly standings = new Map<string, Standing>()
  private readonly failures = new Map<string, Failure>()
  private readonly current = new Map<string, Generation>()
  private readonly refusedAccess = new Set<string>()
  private readonly replay: ReplayPolicy

  constructor(replay: ReplayPolicy) {
    this.replay = replay
  }

  currentOf(grant: string): Generation | undefined {
    return this.current.get(grant)
  }

  standingOf(refresh: string): Standing {
    return this.standings.get(refresh) ?? "unsent"
  }

  /** What is wrong with this event, after all before it. */
  see(event: Recorded): ReadonlyArray<string> {
    switch (event.type) {
      case "RefreshStarted":
        return this.started(event)
      case "RefreshSucceeded":
        return this.succeeded(event)
      case "RefreshFailed":
        return this.failed(event)
      case "OutcomeLost":
        this.end(event.data.attempt, "lost")
        this.set(event.data.generation.refresh, event.data.suspect === false ? "unspent" : "doubt")
        return []
      case "ErrorClassified":
        return this.classified(event)
      case "CredentialQuarantined":
        return this.quarantined(event)
      case "QuarantineLifted":
        if (event.data.by === "operator") this.set(event.data.generation.refresh, "revived")
        return []
      case "GenerationObserved":
        this.current.set(event.data.grant, event.data.generation)
        return []
      case "RaceAdopted":
        this.current.set(event.data.grant, event.data.found)
        return []
      case "SuccessorStashed":
        this.current.set(event.data.grant, event.data.next)
        return []
      default:
        return []
    }
  }

  private set(refresh: string | undefined, standing: Standing): void {
    if (refresh !== undefined) this.standings.set(refresh, standing)
  }

  private end(attempt: string, ended: Attempt["ended"]): void {
    const known = this.attempts.get(attempt)
    if (known !== undefined) known.ended = ended
  }

  private started(event: Started): ReadonlyArray<string> {
    const { attempt, generation, grant } = event.data
    const refresh = generation.refresh ?? ""
    const wrong = this.whyNot(refresh, grant, event)
    this.attempts.set(attempt, { attempt, seq: event.seq, actor: event.actor, grant, refresh, ended: undefined })
    this.set(refresh, "open")
    return wrong === undefined ? [] : [`I1: event ${event.seq} sends ${refresh} ${wrong}`]
  }

  private whyNot(refresh: string, grant: string, event: Started): string | undefined {
    if (this.replay._tag === "anytime") return undefined
    const standing = this.standingOf(refresh)
    switch (standing) {
      case "unsent":
      case "unspent":
      case "revived":
        return undefined
      case "doubt":
        return this.whyNoReplay(grant, event)
      default:
        return `again, which is ${standing}`
    }
  }

  private whyNoReplay(grant: string, { at, data }: Started): string | undefined {
    if (this.replay._tag === "never") return "again to a provider that forgives no replay"
    if (this.replay._tag !== "afterExpiry") return undefined
    const { access, expiresAt } = this.current.get(grant) ?? {}
    const isInHand = access !== undefined && data.generation.access === access
    const isUsable = isInHand && !this.refusedAccess.has(access) && expiresAt !== undefined && at < expiresAt
    return isUsable ? "again while its access token is good" : undefined
  }

  private succeeded(event: Recorded & EventOf<"RefreshSucceeded">): ReadonlyArray<string> {
    this.end(event.data.attempt, "succeeded")
    this.set(event.data.generation.refresh, event.data.rotated ? "dead" : "unspent")
    this.current.set(event.data.grant, event.data.next)
    return []
  }

  private failed({ data, id }: Recorded & EventOf<"RefreshFailed">): ReadonlyArray<string> {
    const { left, status, successor } = data.evidence
    this.end(data.attempt, "failed")
    this.failures.set(id, { refresh: data.generation.refresh, left, status })
    if (successor === true) this.set(data.generation.refresh, "dead")
    else if (!left) this.set(data.generation.refresh, "unspent")
    return []
  }

  private classified({ data, seq }: Recorded & EventOf<"ErrorClassified">): ReadonlyArray<string> {
    const { generation, of, reason, suspect, surface, verdict } = data
    if (surface === "api") {
      if (verdict === "AccessExpired" && generation.access !== undefined) this.refusedAccess.add(generation.access)
      return []
    }
    const failure = this.failures.get(of)
    if (failure === undefined) return [`I4: event ${seq} judges a failure that is not recorded`]
    if (failure.refresh !== generation.refresh) return [`I4: event ${seq} judges a generation that was not sent`]
    if (verdict === "Terminal") this.set(generation.refresh, "condemned")
    else if (suspect === true) this.set(generation.refresh, "doubt")
    else if (explicit.has(reason ?? "") && (reason !== "Unrecognized" || (failure.status ?? 0) >= 400)) {
      this.set(generation.refresh, "unspent")
    }
    return []
  }

  private quarantined({ data, seq }: Recorded & EventOf<"CredentialQuarantined">): ReadonlyArray<string> {
    if (data.bound === "access") return []
    const standing = this.standingOf(data.generation.refresh ?? "")
    this.set(data.generation.refresh, "dead")
    return standing === "condemned" || data.rule === "replay/never"
      ? []
      : [`I4: event ${seq} quarantines a generation that no answer condemned`]
  }
}
