/**
 * Twenty logins over many months, half an hour at a time: most are refreshed and used, some refreshes fail, some are
 * won by another program.
 */
import type { Generation } from "@daybook/pool/Generation"
import { refOf } from "@daybook/pool/Generation"
import { AttemptId, CredentialId, EventId, GrantId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Draft } from "@daybook/pool/Recorded"
import { chance, fingerprint, uuid } from "./Names.ts"

export const begins: Instant = Date.UTC(2026, 0, 1)
export const step = 30 * 60_000

const hour = 3_600_000

export class Login {
  readonly credential: CredentialId
  readonly grant: GrantId
  readonly account = fingerprint()
  current: Generation

  constructor(index: number) {
    this.credential = CredentialId.make(`codex-${index + 1}`)
    this.grant = GrantId.make(uuid(begins))
    this.current = this.generation(begins)
  }

  enrol(at: Instant, index: number): ReadonlyArray<Draft> {
    const { credential, current: generation, grant } = this
    const store = { kind: "hermes", path: "/home/ada/.hermes/auth.json", slot: `credential_pool.${index}` } as const
    const login = { provider: "openai-codex", kind: "oauth", source: "device_code", ownership: "owned" } as const
    return [
      { ...this.event("CredentialEnrolled", at), data: { ...login, grant, label: credential, priority: index, store } },
      { ...this.event("GenerationObserved", at), data: { grant, generation, where: "hermes", how: "enrol" } }
    ]
  }

  /** What half an hour brings. */
  live(at: Instant): ReadonlyArray<Draft> {
    const lot = chance()
    if (lot < 0.05) return this.fail(at)
    if (lot < 0.1) return this.lose(at)
    return this.refresh(at)
  }

  refresh(at: Instant): ReadonlyArray<Draft> {
    const { grant } = this
    const { attempt, generation, id, intent } = this.begin(at)
    const next = (this.current = this.generation(at))
    const answer = { rotated: true, requestId: `req_${uuid(at).slice(-8)}`, duration: 400 + Math.floor(chance() * 900) }
    return [
      intent,
      { ...this.event("RefreshSucceeded", at), cause: id, data: { grant, attempt, generation, next, ...answer } },
      this.accepted(at)
    ]
  }

  fail(at: Instant): ReadonlyArray<Draft> {
    const { grant } = this
    const { attempt, generation, id, intent } = this.begin(at)
    const failure = EventId.make(uuid(at))
    const evidence = {
      status: 429,
      code: "rate_limit_exceeded",
      message: "Slow down.",
      body: "json",
      left: true
    } as const
    const verdict = { verdict: "Transient", reason: "RateLimited", rule: "status/429", classifier: 1 } as const
    return [
      intent,
      { ...this.event("RefreshFailed", at), id: failure, cause: id, data: { grant, attempt, generation, evidence } },
      {
        ...this.event("ErrorClassified", at),
        cause: failure,
        data: { grant, of: failure, generation, surface: "token", ...verdict, retryAt: at + 60_000 }
      }
    ]
  }

  /** Another program was faster. */
  lose(at: Instant): ReadonlyArray<Draft> {
    const { grant } = this
    const held = refOf(this.current)
    const found = (this.current = this.generation(at))
    const read = EventId.make(uuid(at))
    const finding = { store: "hermes", found: "generation", generation: refOf(found), standing: "newer" } as const
    const adopted = { held, found, winner: { store: "hermes" }, phase: "before request" } as const
    return [
      { ...this.event("VaultRead", at), id: read, data: { grant, ...finding } },
      { ...this.event("RaceAdopted", at), cause: read, data: { grant, ...adopted } },
      this.accepted(at)
    ]
  }

  begin(at: Instant) {
    const id = EventId.make(uuid(at))
    const attempt = AttemptId.make(uuid(at))
    const generation = refOf(this.current)
    const sent = { grant: this.grant, attempt, generation, trigger: "proactive", timeLimit: 20_000 } as const
    const intent: Draft = { ...this.event("RefreshStarted", at), id, data: sent }
    return { id, attempt, generation, intent }
  }

  accepted(at: Instant): Draft {
    return {
      ...this.event("ApiOutcomeObserved", at),
      data: { generation: refOf(this.current), accepted: true, count: 1 }
    }
  }

  event<Type extends string>(type: Type, at: Instant) {
    return { type, v: 1, credential: this.credential, id: EventId.make(uuid(at)) } as const
  }

  generation(at: Instant): Generation {
    const { account } = this
    return { access: fingerprint(), refresh: fingerprint(), issuedAt: at, expiresAt: at + hour, account }
  }
}

/** Half an hour after half an hour, without end; the first enrols the logins. */
export function* story(): Generator<ReadonlyArray<Draft>, never> {
  const logins = Array.from({ length: 20 }, (_, index) => new Login(index))
  yield logins.flatMap((login, index) => login.enrol(begins, index))
  for (let at = begins + step; ; at += step) yield logins.flatMap((login) => login.live(at))
}
