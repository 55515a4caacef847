/**
 * A morning of a pool, written into a ledger by two processes: `main` is refreshed once, refused, and dies when another
 * program has spent its token; `spare` is benched for ten minutes and takes over; `key` is paused; `old` comes and goes.
 * One event a minute from ten o'clock on; the tests' clock is set by it.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import type { EventOf, EventType } from "@daybook/pool/Event"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import type { Generation } from "@daybook/pool/Generation"
import { AttemptId, CorrelationId, CredentialId, EventId, GrantId } from "@daybook/pool/Ids"
import type { Draft } from "@daybook/pool/Recorded"
import { Context, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"

export const begin = Date.UTC(2026, 10, 22, 10)
export const minute = 60_000
const hour = 60 * minute

const uuid = (family: number, n: number) =>
  `0192${String(family).padStart(4, "0")}-0000-7000-8000-${String(n).padStart(12, "0")}`
const grant = (n: number) => GrantId.make(uuid(1, n))
const attempt = (n: number) => AttemptId.make(uuid(2, n))
const call = CorrelationId.make(uuid(3, 1))
/** Of events that others name as their cause. */
const id = (n: number) => EventId.make(uuid(4, n))
const fingerprint = (word: string) => Fingerprint.make(`fp_${word.padEnd(16, "_")}`)

const generation = (word: string, more: Partial<Generation> = {}): Generation => ({
  access: fingerprint(`at${word}`),
  refresh: fingerprint(`rt${word}`),
  ...more
})
const first = generation("main1", { expiresAt: begin + hour, deadline: begin + 720 * hour })
const second = generation("main2", { expiresAt: begin + 2 * hour })
const spare = generation("spare1")

const main = { v: 1, credential: CredentialId.make("main") } as const
const other = { v: 1, credential: CredentialId.make("spare") } as const
const key = { v: 1, credential: CredentialId.make("key") } as const
const old = { v: 1, credential: CredentialId.make("old") } as const

const enrolled = (n: number, more: Partial<EventOf<"CredentialEnrolled">["data"]>) => ({
  type: "CredentialEnrolled" as const,
  data: {
    provider: "openai-codex",
    kind: "oauth" as const,
    grant: grant(n),
    priority: n - 1,
    source: "device_code",
    ownership: "owned" as const,
    store: { kind: "hermes" as const, path: "/home/me/.hermes/auth.json", slot: "providers.openai-codex" },
    ...more
  }
})

const started = (n: number, sent: Generation, trigger: EventOf<"RefreshStarted">["data"]["trigger"]) => ({
  ...main,
  type: "RefreshStarted" as const,
  data: { grant: grant(1), attempt: attempt(n), generation: sent, trigger, timeLimit: 20_000 }
})

type Writer = "worker" | "agent"

const steps: ReadonlyArray<readonly [Writer, Draft]> = [
  ["worker", { ...main, ...enrolled(1, { label: "work" }) }],
  [
    "worker",
    { ...main, type: "GenerationObserved", data: { grant: grant(1), generation: first, where: "hermes", how: "enrol" } }
  ],
  ["worker", { ...other, ...enrolled(2, {}) }],
  [
    "worker",
    {
      ...other,
      type: "GenerationObserved",
      data: { grant: grant(2), generation: spare, where: "hermes", how: "enrol" }
    }
  ],
  ["worker", { ...key, ...enrolled(3, { provider: "openai", kind: "apiKey", priority: 0 }) }],
  ["worker", { ...old, ...enrolled(4, {}) }],
  ["worker", { ...main, type: "ApiOutcomeObserved", data: { generation: first, accepted: true, count: 1 } }],
  ["agent", { ...other, type: "CooldownStarted", data: { until: begin + 20 * minute, reason: "RateLimited" } }],
  ["agent", started(1, first, "proactive")],
  [
    "agent",
    {
      ...main,
      type: "RefreshSucceeded",
      data: { grant: grant(1), attempt: attempt(1), generation: first, next: second, rotated: true, duration: 312 }
    }
  ],
  ["worker", { ...old, type: "CredentialRemoved", data: { by: "operator" } }],
  [
    "worker",
    {
      ...main,
      id: id(1),
      correlation: call,
      type: "ApiOutcomeObserved",
      data: { generation: second, accepted: false, count: 1, evidence: { status: 401, left: true } }
    }
  ],
  [
    "worker",
    {
      ...main,
      cause: id(1),
      correlation: call,
      type: "ErrorClassified",
      data: {
        grant: grant(1),
        of: id(1),
        generation: second,
        surface: "api",
        verdict: "AccessExpired",
        rule: "api/401",
        classifier: 1
      }
    }
  ],
  ["worker", { ...started(2, second, "unauthorized"), id: id(2), cause: id(1), correlation: call }],
  [
    "worker",
    {
      ...main,
      id: id(3),
      cause: id(2),
      correlation: call,
      type: "RefreshFailed",
      data: {
        grant: grant(1),
        attempt: attempt(2),
        generation: second,
        evidence: { status: 401, code: "refresh_token_reused", left: true }
      }
    }
  ],
  [
    "worker",
    {
      ...main,
      id: id(4),
      cause: id(3),
      correlation: call,
      type: "ErrorClassified",
      data: {
        grant: grant(1),
        of: id(3),
        generation: second,
        surface: "token",
        verdict: "Terminal",
        reason: "Reused",
        rule: "codes/refresh_token_reused",
        classifier: 1
      }
    }
  ],
  [
    "worker",
    {
      ...main,
      id: id(5),
      cause: id(4),
      correlation: call,
      type: "CredentialQuarantined",
      data: {
        grant: grant(1),
        generation: second,
        bound: "refresh",
        reason: "Reused",
        rule: "codes/refresh_token_reused"
      }
    }
  ],
  [
    "worker",
    { ...other, correlation: call, type: "ApiOutcomeObserved", data: { generation: spare, accepted: true, count: 1 } }
  ],
  ["agent", { ...key, type: "CredentialPaused", data: {} }]
]

/** The place of the first event of a kind about a credential, as the tests name it. */
export const placeOf = (credential: string, type: EventType): number => {
  const place = steps.findIndex(
    ([, draft]) => draft.type === type && "credential" in draft && draft.credential === credential
  )
  if (place < 0) throw new Error(`nothing of ${type} about ${credential}`)
  const joins = new Set(steps.slice(0, place + 1).map(([writer]) => writer)).size
  return 1 + joins + place + 1
}

/** Of its last event. */
export const head = placeOf("key", "CredentialPaused")

/** When the step of that place was written. */
export const timeOf = (credential: string, type: EventType): number =>
  begin +
  minute *
    steps.findIndex(([, draft]) => draft.type === type && "credential" in draft && draft.credential === credential)

/** Writes it into a folder. */
export const writePast = Effect.fnUntraced(function* (folder: string) {
  yield* TestClock.setTime(begin)
  const open = (program: string) =>
    Effect.map(Layer.build(FileLedger.layer({ folder, program, version: "1.0.0" })), (services) =>
      Context.get(services, Ledger)
    )
  const writers = { worker: yield* open("worker"), agent: yield* open("agent") }
  for (const [index, [writer, draft]] of steps.entries()) {
    yield* TestClock.setTime(begin + index * minute)
    yield* writers[writer].append([draft])
  }
}, Effect.scoped)
