/**
 * One example of each event, out of one story: a Codex login lives in another program's file, is refreshed,
 * raced, rate limited, loses a writer, dies of a reused token and is replaced. Lines between these are left out.
 */
import type { EventOf, EventType } from "@daybook/pool/Event"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import type { Generation } from "@daybook/pool/Generation"
import { ActorId, AttemptId, CorrelationId, CredentialId, EventId, GrantId, LedgerId, Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { defaults } from "@daybook/pool/Policy"
import type { Envelope } from "@daybook/pool/Recorded"

export type Examples = { readonly [Type in EventType]: Envelope & EventOf<Type> }

const day = Date.UTC(2026, 10, 22)
const clock = (time: string): Instant => day + Date.parse(`1970-01-01T${time}Z`)

/** A UUIDv7 of that moment; the same for the same arguments. */
const uuid = (at: Instant, salt: number): string => {
  const hex = (seed: number, length: number) =>
    Math.floor(Math.abs(Math.sin(seed + salt)) * 16 ** length)
      .toString(16)
      .padStart(length, "0")
  const time = at.toString(16).padStart(12, "0")
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(1, 3)}-9${hex(2, 3)}-${hex(3, 6)}${hex(4, 6)}`
}

const opened = clock("08:59:12.004")
const cli = ActorId.make(uuid(opened, 1))
const worker = ActorId.make(uuid(clock("10:01:40.550"), 2))
const ledger = LedgerId.make(uuid(opened, 3))
const grant = GrantId.make(uuid(clock("08:59:12.031"), 4))
const credential = CredentialId.make("codex-1")
const account = Fingerprint.make("fp_pX0wq2Hn7LrVtB4s")
const check = Fingerprint.make("fp_0mYc8TzKdQ1eJf9G")

const generation = (access: string, refresh: string, issued: string, expires: string): Generation => ({
  access: Fingerprint.make(access),
  refresh: Fingerprint.make(refresh),
  expiresAt: clock(expires),
  issuedAt: clock(issued),
  account
})
const named = ({ access, refresh }: Generation) => ({
  ...(access === undefined ? {} : { access }),
  ...(refresh === undefined ? {} : { refresh })
})
const enrolled = generation("fp_Zk3vR9aWq0TnYd5x", "fp_b7HsJ2mLcU8oPe4i", "08:58:50.000", "10:01:50.000")
const refreshed = generation("fp_Q1xGf6uKzS9tMa2w", "fp_h4DyN0rVjE5bXc8l", "10:00:50.000", "11:00:50.000")
const theirs = generation("fp_T8pWk1eBnO3sZq7v", "fp_u2LgC6yAiF9mRx0d", "10:59:58.000", "11:59:58.000")
const stashed = generation("fp_J5cNw8zQhV1rGt4k", "fp_e9SxP3bMoI7fLy6a", "12:00:21.000", "13:00:21.000")
const fromCodex = generation("fp_M0qUd4jXvH8nCz2s", "fp_r6KbT1wGyE5pOa9i", "13:05:02.000", "14:05:02.000")

const attempt = (time: string) => AttemptId.make(uuid(clock(time), 5))
const firstAttempt = attempt("10:00:49.120")
const lostAttempt = attempt("11:59:59.610")
const lastAttempt = attempt("13:00:20.900")

const idAt = (seq: number, time: string) => EventId.make(uuid(clock(time), seq + 100))
const story = CorrelationId.make(uuid(clock("13:00:20.880"), 6))

const envelope = (seq: number, time: string, more: Partial<Envelope> = {}): Envelope => ({
  seq: Seq.make(seq),
  at: clock(time),
  id: idAt(seq, time),
  actor: cli,
  ...more
})

const about = { v: 1, credential } as const
const ofPool = { v: 1 } as const

const failure = idAt(171, "13:00:21.402")
const verdict = idAt(172, "13:00:24.460")
const refusal = idAt(95, "11:20:07.310")
const rateLimit = idAt(96, "11:20:07.311")

/** In the order of the story. */
export const examples: Examples = {
  LedgerOpened: {
    ...envelope(1, "08:59:12.004"),
    type: "LedgerOpened",
    ...ofPool,
    data: { format: 1, ledger, lock: "ofd", check }
  },
  ActorJoined: {
    ...envelope(2, "08:59:12.006"),
    type: "ActorJoined",
    ...ofPool,
    data: { program: "daybook", version: "1.0.0", pid: 40112, host: "laptop" }
  },
  PolicyApplied: {
    ...envelope(3, "08:59:12.007"),
    type: "PolicyApplied",
    ...ofPool,
    data: { policy: defaults, hash: "Wq3T0nYd5xZkvR9aWq0TnYd5xZk3vR9aJ2mLcU8oPe4" }
  },
  CredentialEnrolled: {
    ...envelope(4, "08:59:12.031"),
    type: "CredentialEnrolled",
    ...about,
    data: {
      provider: "openai-codex",
      kind: "oauth",
      grant,
      label: "work",
      priority: 0,
      source: "device_code",
      ownership: "owned",
      store: { kind: "hermes", path: "/home/ada/.hermes/auth.json", slot: "providers.openai-codex" }
    }
  },
  GenerationObserved: {
    ...envelope(5, "08:59:12.032", { cause: idAt(4, "08:59:12.031") }),
    type: "GenerationObserved",
    ...about,
    data: { grant, generation: enrolled, where: "hermes", how: "enrol" }
  },
  QuotaObserved: {
    ...envelope(12, "09:14:30.218"),
    type: "QuotaObserved",
    ...about,
    data: {
      windows: [
        { name: "primary", usedPercent: 41.5, resetsAt: clock("12:10:00.000") },
        { name: "secondary", usedPercent: 12 }
      ]
    }
  },
  RefreshStarted: {
    ...envelope(40, "10:00:49.121"),
    type: "RefreshStarted",
    ...about,
    data: { grant, attempt: firstAttempt, generation: named(enrolled), trigger: "proactive", timeLimit: 20_000 }
  },
  RefreshSucceeded: {
    ...envelope(41, "10:00:50.377", { cause: idAt(40, "10:00:49.121") }),
    type: "RefreshSucceeded",
    ...about,
    data: {
      grant,
      attempt: firstAttempt,
      generation: named(enrolled),
      next: refreshed,
      rotated: true,
      requestId: "req_5f0c2b9e",
      duration: 1_190
    }
  },
  VaultRead: {
    ...envelope(77, "11:00:12.840", { actor: worker }),
    type: "VaultRead",
    ...about,
    data: { grant, store: "hermes", found: "generation", generation: named(theirs), standing: "newer" }
  },
  RaceAdopted: {
    ...envelope(78, "11:00:12.841", { actor: worker, cause: idAt(77, "11:00:12.840") }),
    type: "RaceAdopted",
    ...about,
    data: { grant, held: named(refreshed), found: theirs, winner: { store: "hermes" }, phase: "before request" }
  },
  ApiCallBroken: {
    ...envelope(94, "11:19:58.004", { actor: worker }),
    type: "ApiCallBroken",
    ...about,
    data: {
      generation: named(theirs),
      evidence: { status: 200, fault: "UND_ERR_SOCKET", left: true },
      model: "gpt-5-codex"
    }
  },
  ApiOutcomeObserved: {
    ...envelope(95, "11:20:07.310", { id: refusal, actor: worker }),
    type: "ApiOutcomeObserved",
    ...about,
    data: {
      generation: named(theirs),
      accepted: false,
      count: 1,
      evidence: {
        status: 429,
        code: "rate_limit_exceeded",
        message: "Rate limit reached. Please try again in 30s.",
        body: "json",
        retryAfter: clock("11:20:37.310"),
        left: true
      },
      model: "gpt-5-codex"
    }
  },
  CooldownStarted: {
    ...envelope(97, "11:20:07.312", { actor: worker, cause: rateLimit }),
    type: "CooldownStarted",
    ...about,
    data: { until: clock("11:20:37.310"), reason: "RateLimited" }
  },
  SelectionExhausted: {
    ...envelope(98, "11:20:09.002", { actor: worker }),
    type: "SelectionExhausted",
    ...ofPool,
    data: { provider: "openai-codex", until: clock("11:20:37.310"), passed: [{ credential, why: "RateLimited" }] }
  },
  QuotaAsked: {
    ...envelope(99, "11:20:09.004", { actor: worker }),
    type: "QuotaAsked",
    ...about,
    data: { notSince: clock("11:15:09.003") }
  },
  CooldownCleared: {
    ...envelope(101, "11:20:38.115", { actor: worker }),
    type: "CooldownCleared",
    ...about,
    data: { by: "success" }
  },
  CredentialPaused: {
    ...envelope(110, "11:31:02.770"),
    type: "CredentialPaused",
    ...about,
    data: { keepalive: true }
  },
  CredentialResumed: {
    ...envelope(111, "11:42:55.031"),
    type: "CredentialResumed",
    ...about,
    data: {}
  },
  TailSealed: {
    ...envelope(133, "12:00:20.001"),
    type: "TailSealed",
    ...ofPool,
    data: { offset: 61_204, length: 118, crc: "9bd3a01f" }
  },
  OutcomeLost: {
    ...envelope(134, "12:00:20.003"),
    type: "OutcomeLost",
    ...about,
    data: {
      grant,
      attempt: lostAttempt,
      generation: named(theirs),
      quietAfter: clock("12:00:19.611")
    }
  },
  SuccessorStashed: {
    ...envelope(136, "12:00:21.522"),
    type: "SuccessorStashed",
    ...about,
    data: { grant, consumed: named(theirs), next: stashed, where: "stash", why: "EROFS" }
  },
  SuccessorStored: {
    ...envelope(138, "12:00:26.540", { cause: idAt(136, "12:00:21.522") }),
    type: "SuccessorStored",
    ...about,
    data: { grant, next: named(stashed) }
  },
  RefreshFailed: {
    ...envelope(171, "13:00:21.402", { id: failure, correlation: story }),
    type: "RefreshFailed",
    ...about,
    data: {
      grant,
      attempt: lastAttempt,
      generation: named(stashed),
      evidence: {
        status: 401,
        code: "refresh_token_reused",
        message: "Your refresh token has already been used to generate a new access token.",
        body: "json",
        requestId: "req_81d47a33",
        left: true
      },
      duration: 482
    }
  },
  ErrorClassified: {
    ...envelope(172, "13:00:24.460", { id: verdict, cause: failure, correlation: story }),
    type: "ErrorClassified",
    ...about,
    data: {
      grant,
      of: failure,
      generation: named(stashed),
      surface: "token",
      verdict: "Terminal",
      reason: "Reused",
      rule: "codes/reused",
      classifier: 1
    }
  },
  CredentialQuarantined: {
    ...envelope(173, "13:00:24.460", { cause: verdict, correlation: story }),
    type: "CredentialQuarantined",
    ...about,
    data: { grant, generation: named(stashed), bound: "refresh", reason: "Reused", rule: "codes/reused" }
  },
  StoreCleared: {
    ...envelope(174, "13:00:24.502", { cause: idAt(173, "13:00:24.460"), correlation: story }),
    type: "StoreCleared",
    ...about,
    data: { grant, generation: named(stashed), store: "hermes", cleared: true, removed: ["codex-device-1"] }
  },
  RecoveryRejected: {
    ...envelope(180, "13:03:11.930"),
    type: "RecoveryRejected",
    ...about,
    data: {
      grant,
      generation: { access: Fingerprint.make("fp_X3nQv7sYkD1hWj5m") },
      from: "codex-cli",
      why: "another account"
    }
  },
  RecoveryAdopted: {
    ...envelope(183, "13:05:40.264"),
    type: "RecoveryAdopted",
    ...about,
    data: { grant, generation: fromCodex, from: "codex-cli" }
  },
  QuarantineLifted: {
    ...envelope(184, "13:05:40.265", { cause: idAt(183, "13:05:40.264") }),
    type: "QuarantineLifted",
    ...about,
    data: { grant, generation: named(stashed), by: "generation" }
  },
  LoginCompleted: {
    ...envelope(190, "13:12:44.818"),
    type: "LoginCompleted",
    ...about,
    data: { grant }
  },
  CredentialRelabelled: {
    ...envelope(192, "13:13:05.377"),
    type: "CredentialRelabelled",
    ...about,
    data: { labelFingerprint: Fingerprint.make("fp_v9ZaF2kUo6TqLb0r") }
  },
  CredentialPrioritised: {
    ...envelope(193, "13:13:19.640"),
    type: "CredentialPrioritised",
    ...about,
    data: { priority: 1 }
  },
  StoreTakenOver: {
    ...envelope(194, "13:14:02.118"),
    type: "StoreTakenOver",
    v: 1,
    data: {
      store: "hermes",
      path: "/home/ada/.hermes/auth.json",
      from: LedgerId.make("01a1f0c2-5d3e-7b21-8c44-3b1f5a9e0d77"),
      folder: "/home/ada/.local/share/daybook-old"
    }
  },
  LogoutPerformed: {
    ...envelope(230, "17:30:00.412"),
    type: "LogoutPerformed",
    ...about,
    data: { grant, revoked: true }
  },
  CredentialRemoved: {
    ...envelope(231, "17:30:00.413", { cause: idAt(230, "17:30:00.412") }),
    type: "CredentialRemoved",
    ...about,
    data: { by: "operator" }
  },
  SegmentSealed: {
    ...envelope(88_214, "22:41:07.090", { actor: worker }),
    type: "SegmentSealed",
    ...ofPool,
    data: { first: Seq.make(1), bytes: 67_108_512 }
  },
  SegmentOpened: {
    ...envelope(88_215, "22:41:07.091", { actor: worker }),
    type: "SegmentOpened",
    ...ofPool,
    data: { format: 1, ledger, lock: "ofd", check, continues: "Hq8sV1nZ0kXw4TtYb7MdR2cLg9JfPa5eUoI3yEiQmCA" }
  }
}
