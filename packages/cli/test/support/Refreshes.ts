/** What may happen to the login `main`, step by step. */
import type { EventOf } from "@daybook/pool/Event"
import type { Evidence } from "@daybook/pool/Evidence"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import type { Generation } from "@daybook/pool/Generation"
import { AttemptId, CredentialId, GrantId } from "@daybook/pool/Ids"
import type { Draft } from "@daybook/pool/Recorded"
import { uuid } from "./Written.ts"

export const main = CredentialId.make("main")
export const grant = GrantId.make(uuid(4, 1))
const about = { v: 1, credential: main } as const
const attempt = (n: number) => AttemptId.make(uuid(6, n))
const fingerprint = (word: string) => Fingerprint.make(`fp_${word.padEnd(16, "_")}`)

export const generation = (n: number, more: Partial<Generation> = {}): Generation => ({
  access: fingerprint(`at${n}`),
  refresh: fingerprint(`rt${n}`),
  ...more
})

export const enrolled = (more: Partial<EventOf<"CredentialEnrolled">["data"]> = {}, credential = main): Draft => ({
  ...about,
  credential,
  type: "CredentialEnrolled",
  data: {
    provider: "openai-codex",
    kind: "oauth",
    grant,
    priority: 0,
    source: "device_code",
    ownership: "owned",
    store: { kind: "hermes", path: "/home/me/.hermes/auth.json", slot: "providers.openai-codex" },
    ...more
  }
})

export const observed = (seen: Generation, how: EventOf<"GenerationObserved">["data"]["how"] = "enrol"): Draft => ({
  ...about,
  type: "GenerationObserved",
  data: { grant, generation: seen, where: "hermes", how }
})

export const started = (
  sent: Generation,
  n: number,
  trigger: EventOf<"RefreshStarted">["data"]["trigger"] = "expired"
): Draft => ({
  ...about,
  type: "RefreshStarted",
  data: { grant, attempt: attempt(n), generation: sent, trigger, timeLimit: 20_000 }
})

export const succeeded = (sent: Generation, next: Generation, n: number): Draft => ({
  ...about,
  type: "RefreshSucceeded",
  data: { grant, attempt: attempt(n), generation: sent, next, rotated: sent.refresh !== next.refresh, duration: 300 }
})

export const failed = (sent: Generation, n: number, evidence: Partial<Evidence>): Draft => ({
  ...about,
  type: "RefreshFailed",
  data: { grant, attempt: attempt(n), generation: sent, evidence: { left: true, ...evidence } }
})

export const lost = (sent: Generation, n: number, quietAfter: number): Draft => ({
  ...about,
  type: "OutcomeLost",
  data: { grant, attempt: attempt(n), generation: sent, quietAfter }
})

export const adopted = (
  held: Generation,
  found: Generation,
  more: Partial<EventOf<"RaceAdopted">["data"]> = {}
): Draft => ({
  ...about,
  type: "RaceAdopted",
  data: { grant, held, found, winner: { store: "hermes" }, phase: "before request", ...more }
})

export const quarantined = (
  judged: Generation,
  reason: EventOf<"CredentialQuarantined">["data"]["reason"] = "Revoked"
): Draft => ({
  ...about,
  type: "CredentialQuarantined",
  data: { grant, generation: judged, bound: "refresh", reason, rule: "codes/invalid_grant" }
})
