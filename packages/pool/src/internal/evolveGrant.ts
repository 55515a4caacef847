/**
 * One grant after one more event about it. Everything that is said about a generation which is not
 * the current one is kept in the lineage at most: a verdict never reaches past the generation it names.
 */
import { Schema } from "effect"
import type { EventOf, PoolEvent } from "../Event.ts"
import { isSame, type Generation, type GenerationRef } from "../Generation.ts"
import { suspicionOf, type Failure, type Grant, type Lived } from "../PoolState.ts"
import type { Envelope } from "../Recorded.ts"
import { TerminalReason, TransientReason } from "../Verdict.ts"
import { cleared, healthWithNewAccess, isCurrent, lifted, quarantined, suspect } from "./evolveHealth.ts"

/** How many generations of a grant the state holds. */
export const lineageLength = 64

export const evolveGrant = (grant: Grant, event: Envelope & PoolEvent): Grant => {
  switch (event.type) {
    case "GenerationObserved":
      return observed(grant, event)
    case "RefreshStarted":
      return started(grant, event)
    case "RefreshSucceeded":
      return arrive(finish(grant, event.data.attempt), descended(grant, event.data.next), event, true)
    case "RefreshFailed":
      return failed(grant, event)
    case "ErrorClassified":
      return classified(grant, event)
    case "OutcomeLost":
      return lost(grant, event)
    case "RaceAdopted":
      return arrive(grant, event.data.found, event, isFresh(grant.current, event.data.found))
    case "SuccessorStashed":
      return {
        ...arrive(grant, descended(grant, event.data.next), event, true),
        stashed: { consumed: event.data.consumed, next: event.data.next }
      }
    case "SuccessorStored":
      return grant.stashed !== undefined && isSame(grant.stashed.next, event.data.next)
        ? { ...grant, stashed: undefined }
        : grant
    case "CredentialQuarantined":
      return quarantined(grant, event)
    case "QuarantineLifted":
      return lifted(grant, event)
    case "StoreCleared":
      return cleared(grant, event)
    case "RecoveryAdopted":
      return forgiven(arrive(grant, event.data.generation, event, true))
    case "RecoveryRejected":
      return rejected(grant, event)
    default:
      return grant
  }
}

/** `fresh`: the refresh token is another one, or proved itself; nothing that was said of the old one holds. */
const arrive = (grant: Grant, generation: Generation, event: Envelope, fresh: boolean): Grant => ({
  ...grant,
  current: generation,
  stashed: waiting(grant, generation),
  lineage: withLived(grant.lineage, { generation, by: event.actor, seq: event.seq, at: event.at, sent: 0 }),
  health: fresh ? { _tag: "Live" } : healthWithNewAccess(grant.health, generation),
  backoff: fresh ? undefined : grant.backoff,
  strikes: fresh ? [] : grant.strikes,
  condemned: fresh ? undefined : grant.condemned,
  unclassified: fresh ? undefined : grant.unclassified,
  revived: fresh ? undefined : grant.revived
})

/** A stashed successor waits for its store only while it counts: over what came after it, it must never be stored. */
const waiting = ({ stashed }: Grant, current: GenerationRef) =>
  stashed !== undefined && isSame(stashed.next, current) ? stashed : undefined

/** An answer need not repeat whose login it is, nor when the whole grant ends. */
const descended = ({ current }: Grant, next: Generation): Generation => {
  const { account = current?.account, deadline = current?.deadline, seat = current?.seat } = next
  if (account === next.account && deadline === next.deadline && seat === next.seat) return next
  return {
    ...next,
    ...(account === undefined ? {} : { account }),
    ...(seat === undefined ? {} : { seat }),
    ...(deadline === undefined ? {} : { deadline })
  }
}

const withLived = (lineage: ReadonlyArray<Lived>, lived: Lived): ReadonlyArray<Lived> => {
  const known = livedAs(lineage, lived.generation)
  const others = known === undefined ? lineage : lineage.filter((one) => one !== known)
  const newest = known === undefined ? lived : { ...known, generation: lived.generation }
  return [...others.slice(1 - lineageLength), newest]
}

/** Each generation stands in a lineage once, and the one that is meant is mostly the newest. */
const livedAs = (lineage: ReadonlyArray<Lived>, ref: GenerationRef): Lived | undefined => {
  for (let place = lineage.length - 1; place >= 0; place--) {
    const lived = lineage[place]
    if (lived !== undefined && isSame(lived.generation, ref)) return lived
  }
  return undefined
}

/** Not the current generation seen again, and not another access token that goes with its refresh token. */
const isFresh = (current: GenerationRef | undefined, found: GenerationRef): boolean =>
  current === undefined || (current.refresh === undefined ? !isSame(current, found) : current.refresh !== found.refresh)

/** A generation that was followed by another stays in the past, whoever sees it again. */
const observed = (grant: Grant, event: Envelope & EventOf<"GenerationObserved">): Grant => {
  const { generation } = event.data
  const past = livedAs(grant.lineage, generation) !== undefined
  if (past && (grant.current === undefined || !isSame(grant.current, generation))) return grant
  const fresh = isFresh(grant.current, generation)
  const arrived = arrive(grant, generation, event, fresh)
  return fresh && logins.has(event.data.how) ? forgiven(arrived) : arrived
}

const logins: ReadonlySet<EventOf<"GenerationObserved">["data"]["how"]> = new Set(["enrol", "login", "import"])

/** A new login ends a run of refused access tokens. */
const forgiven = (grant: Grant): Grant => ({
  ...grant,
  refusedInARow: 0,
  refusedAccess: undefined,
  refusedAt: undefined
})

const started = (grant: Grant, event: Envelope & EventOf<"RefreshStarted">): Grant => {
  const { attempt, generation, timeLimit, trigger } = event.data
  return {
    ...grant,
    open: { attempt, generation, trigger, timeLimit, event: event.id, actor: event.actor, at: event.at },
    revived: undefined,
    lineage: withSent(grant.lineage, generation)
  }
}

/** The token may have been sent when nothing but it was left of its generation. */
const withSent = (lineage: ReadonlyArray<Lived>, sent: GenerationRef): ReadonlyArray<Lived> => {
  const lived = livedAs(lineage, sent) ?? lineage.findLast(({ generation }) => hasRefreshTokenOf(sent, generation))
  return lived === undefined ? lineage : lineage.with(lineage.lastIndexOf(lived), { ...lived, sent: lived.sent + 1 })
}

const hasRefreshTokenOf = ({ refresh }: GenerationRef, other: GenerationRef): boolean =>
  refresh !== undefined && refresh === other.refresh

const finish = (grant: Grant, attempt: string): Grant =>
  grant.open?.attempt === attempt ? { ...grant, open: undefined } : grant

const sentAt = ({ open }: Grant, attempt: string, otherwise: number): number =>
  open?.attempt === attempt ? open.at : otherwise

const failed = (grant: Grant, event: Envelope & EventOf<"RefreshFailed">): Grant => {
  const { attempt, evidence, generation } = event.data
  if (!isCurrent(grant, generation)) return finish(grant, attempt)
  const replay = suspicionOf(grant.health) !== undefined
  const { open } = grant
  const quietAfter = open?.attempt === attempt ? open.at + open.timeLimit : event.at
  return {
    ...finish(grant, attempt),
    unclassified: {
      quietAfter,
      event: event.id,
      attempt,
      generation,
      evidence,
      replay,
      actor: event.actor,
      sentAt: sentAt(grant, attempt, event.at),
      at: event.at
    }
  }
}

const classified = (before: Grant, event: Envelope & EventOf<"ErrorClassified">): Grant => {
  const { generation, reason, surface, verdict } = event.data
  const answered = before.unclassified?.event === event.data.of ? before.unclassified : undefined
  const grant = answered === undefined ? before : { ...before, unclassified: undefined }
  if (surface === "api") return verdict === "AccessExpired" ? refused(grant, generation, event.at) : grant
  if (!isCurrent(grant, generation)) return grant
  if (verdict === "Terminal") {
    return isTerminal(reason)
      ? { ...grant, condemned: { generation, reason, rule: event.data.rule, event: event.id } }
      : grant
  }
  return isTransient(reason) ? postponed(grant, reason, event, answered) : grant
}

/** What an API says is about the access token, whatever refresh token goes with it. */
const refused = (grant: Grant, generation: GenerationRef, at: number): Grant =>
  grant.current?.access !== generation.access || grant.refusedAccess?.access === generation.access
    ? grant
    : { ...grant, refusedAccess: generation, refusedAt: at, refusedInARow: grant.refusedInARow + 1 }

const isTerminal = Schema.is(TerminalReason)
const isTransient = Schema.is(TransientReason)

const postponed = (
  grant: Grant,
  reason: TransientReason,
  { at, data }: Envelope & EventOf<"ErrorClassified">,
  answered: Failure | undefined
): Grant => ({
  ...grant,
  health:
    data.suspect === true
      ? suspect(grant, data.generation, answered?.sentAt ?? at, answered?.quietAfter ?? at)
      : grant.health,
  strikes: reason === "Unrecognized" && data.providerWide !== true ? withMinute(grant.strikes, at) : grant.strikes,
  backoff: {
    reason,
    rule: data.rule,
    failures: (grant.backoff?.failures ?? 0) + 1,
    retryAt: data.retryAt,
    demanded: data.retryAt !== undefined && data.retryAt === answered?.evidence.retryAfter
  }
})

const withMinute = (minutes: ReadonlyArray<number>, at: number): ReadonlyArray<number> => {
  const minute = Math.floor(at / 60_000)
  return minutes.includes(minute) ? minutes : [...minutes, minute]
}

const lost = (before: Grant, event: Envelope & EventOf<"OutcomeLost">): Grant => {
  const { attempt, generation, quietAfter } = event.data
  const grant = finish(before, attempt)
  const since = sentAt(before, attempt, event.at)
  return event.data.suspect !== false && isCurrent(grant, generation)
    ? { ...grant, health: suspect(grant, generation, since, quietAfter) }
    : grant
}

/** How many rejected logins of other programs the state remembers for a grant. */
const rejectedMost = 8

const rejected = (grant: Grant, { at, data }: Envelope & EventOf<"RecoveryRejected">): Grant => {
  const others = grant.rejected.filter((one) => !isSame(one.generation, data.generation))
  return { ...grant, rejected: [...others.slice(1 - rejectedMost), { generation: data.generation, at }] }
}
