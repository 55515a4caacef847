/**
 * Histories of a pool in which nothing is wrong, however much happens: logins that rotate in time, races with many losers,
 * outages, lost answers, quotas that are used up every day, logins that end and are made again. The same seed gives the same.
 */
import type { Generation } from "@daybook/pool/Generation"
import type { EventOf, EventType } from "@daybook/pool/Event"
import type { Trigger } from "@daybook/pool/events/RefreshEvents"
import { ActorId, AttemptId, CredentialId, EventId, GrantId, Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Recorded } from "@daybook/pool/Recorded"
import { fingerprint, hour, minute, second, start } from "./support.ts"

const day = 24 * hour

/** From 0 to below 1 (mulberry32). */
const diceOf = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const uuid = (family: number, n: number): string =>
  `${family.toString(16).padStart(8, "0")}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`

interface Login {
  readonly credential: CredentialId
  readonly grant: GrantId
  readonly lifetime: number
  current: Generation
  /** When something happens to it next. */
  next: Instant
  freeFrom: Instant
  /** When a person logged in last. */
  since: Instant
}

type Body = { [Type in EventType]: EventOf<Type> }[EventType]

/** Events without end, of so many logins, in order. */
export function* healthyHistory(seed: number, logins: number): Generator<Recorded, never> {
  const dice = diceOf(seed)
  let made = 0
  let seq = 0
  const actors = Array.from({ length: 5 }, (_, n) => ActorId.make(uuid(11, n)))
  const between = (least: number, most: number): number => Math.floor(least + dice() * (most - least))
  const anyone = (): ActorId => actors[between(0, actors.length)] ?? actors[0]!
  const newEvent = (): EventId => EventId.make(uuid(12, ++made))
  const tokens = (issuedAt: Instant, lifetime: number): Generation => {
    const n = (++made).toString(36)
    return { access: fingerprint(`a${n}`), refresh: fingerprint(`r${n}`), issuedAt, expiresAt: issuedAt + lifetime }
  }
  const write = (
    at: Instant,
    body: Body,
    { actor = anyone(), cause, id = newEvent() }: Partial<Recorded> = {}
  ): Recorded => ({
    ...body,
    seq: Seq.make(++seq),
    at,
    id,
    actor,
    ...(cause === undefined ? {} : { cause })
  })

  const pool = Array.from({ length: logins }, (_, n): Login => {
    const lifetime = [hour, 6 * hour, 10 * day][n % 3] ?? hour
    return {
      credential: CredentialId.make(`login-${n}`),
      grant: GrantId.make(uuid(13, n)),
      lifetime,
      current: tokens(start, lifetime),
      next: start + between(lifetime / 2, lifetime),
      freeFrom: start,
      since: start
    }
  })

  const about = ({ credential, grant }: Login) => ({ v: 1, credential, grant }) as const
  const begin = (login: Login, at: Instant, actor: ActorId, trigger: Trigger) => {
    const { credential, grant } = about(login)
    const attempt = AttemptId.make(uuid(14, ++made))
    const sent = login.current
    const data = { grant, attempt, generation: sent, trigger, timeLimit: 20 * second }
    return { attempt, sent, intent: write(at, { type: "RefreshStarted", v: 1, credential, data }, { actor }) }
  }
  const refresh = function* (login: Login, at: Instant, trigger: Trigger): Generator<Recorded> {
    const { credential, grant } = login
    const actor = anyone()
    const { attempt, intent, sent } = begin(login, at, actor, trigger)
    yield intent
    const next = tokens(at, login.lifetime)
    login.current = next
    const data = { grant, attempt, generation: sent, next, rotated: true }
    yield write(at + 800, { type: "RefreshSucceeded", v: 1, credential, data }, { actor })
    yield write(at + second, {
      type: "ApiOutcomeObserved",
      v: 1,
      credential,
      data: { generation: next, accepted: true, count: 1 }
    })
  }
  const raced = function* (login: Login, at: Instant): Generator<Recorded> {
    const { credential, current: held, grant } = login
    const found = (login.current = tokens(at, login.lifetime))
    for (let losers = between(1, 6); losers > 0; losers--) {
      const finding = { grant, store: "hermes", found: "generation", generation: found, standing: "newer" } as const
      yield write(at, { type: "VaultRead", v: 1, credential, data: finding })
      const data = { grant, held, found, winner: { store: "hermes" }, phase: "before request" } as const
      yield write(at, { type: "RaceAdopted", v: 1, credential, data })
    }
  }
  /** The provider is down for up to two days; each try waits twice as long as the one before. */
  const outage = function* (login: Login, at: Instant): Generator<Recorded> {
    const { credential, grant } = login
    const end = at + between(minute, 2 * day)
    let when = at
    for (let wait = minute; when < end; wait = Math.min(2 * wait, hour)) {
      const actor = anyone()
      const { attempt, intent, sent } = begin(login, when, actor, when === at ? "expired" : "replay")
      yield intent
      const id = newEvent()
      const failure = { grant, attempt, generation: sent, evidence: { left: true, status: 503 } }
      yield write(when + second, { type: "RefreshFailed", v: 1, credential, data: failure }, { actor, id })
      const judged = { grant, of: id, generation: sent, surface: "token", rule: "status/5xx", classifier: 1 } as const
      const verdict = { verdict: "Transient", reason: "ServerError", suspect: true, retryAt: when + wait } as const
      yield write(
        when + second,
        { type: "ErrorClassified", v: 1, credential, data: { ...judged, ...verdict } },
        { actor }
      )
      when += wait
    }
    yield* refresh(login, when, "replay")
  }
  /** A process dies with an answer; another one asks once more. */
  const crash = function* (login: Login, at: Instant): Generator<Recorded> {
    const { credential, grant } = login
    const { attempt, intent, sent } = begin(login, at, anyone(), "proactive")
    yield intent
    const data = { grant, attempt, generation: sent, quietAfter: at + 20 * second }
    yield write(at + minute, { type: "OutcomeLost", v: 1, credential, data })
    yield* refresh(login, at + login.lifetime, "replay")
    yield* refresh(login, at + 2 * login.lifetime, "proactive")
  }
  /** The API refuses a token before its time, to a crowd; one refresh mends it. */
  const refused = function* (login: Login, at: Instant): Generator<Recorded> {
    const { credential, current: generation, grant } = login
    for (let callers = between(1, 20); callers > 0; callers--) {
      const of = newEvent()
      yield write(
        at,
        { type: "ApiOutcomeObserved", v: 1, credential, data: { generation, accepted: false, count: 1 } },
        { id: of }
      )
      const judged = {
        grant,
        of,
        generation,
        surface: "api",
        verdict: "AccessExpired",
        rule: "status/401",
        classifier: 1
      } as const
      yield write(at, { type: "ErrorClassified", v: 1, credential, data: judged })
    }
    yield* refresh(login, at + second, "unauthorized")
  }
  const benched = function* (
    login: Login,
    at: Instant,
    reason: "QuotaExhausted" | "RateLimited" | "BillingRequired",
    length: number
  ): Generator<Recorded> {
    const { credential, current: generation, grant } = login
    const id = newEvent()
    const judged = {
      grant,
      of: newEvent(),
      generation,
      surface: "api",
      verdict: reason,
      rule: "status/429",
      classifier: 1,
      retryAt: at + length
    } as const
    yield write(at, { type: "ErrorClassified", v: 1, credential, data: judged }, { id })
    yield write(at, { type: "CooldownStarted", v: 1, credential, data: { until: at + length, reason } }, { cause: id })
    login.freeFrom = at + length
  }
  /** A session ends, and a person logs in again within a day or two. */
  const ended = function* (login: Login, at: Instant): Generator<Recorded> {
    const { credential, current, grant } = login
    const { attempt, intent, sent } = begin(login, at, anyone(), "expired")
    yield intent
    const id = newEvent()
    const failure = { grant, attempt, generation: sent, evidence: { left: true, status: 400, code: "invalid_grant" } }
    yield write(at + second, { type: "RefreshFailed", v: 1, credential, data: failure }, { id })
    const judged = { grant, of: id, generation: sent, surface: "token", rule: "invalid_grant", classifier: 1 } as const
    yield write(at + 5 * second, {
      type: "ErrorClassified",
      v: 1,
      credential,
      data: { ...judged, verdict: "Terminal", reason: "Expired" }
    })
    const dead = { grant, generation: current, bound: "refresh", reason: "Expired", rule: "invalid_grant" } as const
    yield write(at + 5 * second, { type: "CredentialQuarantined", v: 1, credential, data: dead })
    const later = at + between(minute, 2 * day)
    login.current = tokens(later, login.lifetime)
    login.since = later
    const lifted = { grant, generation: current, by: "generation" } as const
    yield write(later, {
      type: "GenerationObserved",
      v: 1,
      credential,
      data: { grant, generation: login.current, where: "own", how: "login" }
    })
    yield write(later, { type: "QuarantineLifted", v: 1, credential, data: lifted })
  }

  const live = (login: Login, at: Instant): Generator<Recorded> => {
    const lot = dice()
    if (lot < 0.06) return raced(login, at)
    if (lot < 0.07) return outage(login, at)
    if (lot < 0.08) return crash(login, at)
    if (lot < 0.1) return refused(login, at)
    if (lot < 0.13 && at > login.freeFrom) return benched(login, at, "QuotaExhausted", between(hour, 5 * hour))
    if (lot < 0.18 && at > login.freeFrom) return benched(login, at, "RateLimited", minute)
    if (lot < 0.182 && at > login.freeFrom) return benched(login, at, "BillingRequired", hour)
    if (lot < 0.184 && at - login.since > 3 * day) return ended(login, at)
    return refresh(login, at, "proactive")
  }

  for (;;) {
    const login = pool.reduce((first, one) => (one.next < first.next ? one : first))
    let last = login.next
    for (const event of live(login, login.next)) {
      last = event.at
      yield event
    }
    login.next = last + between(login.lifetime / 2, login.lifetime)
  }
}
