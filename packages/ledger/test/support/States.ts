/** Histories that leave something in the state, and states compared. */
import { assert } from "@effect/vitest"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { AttemptId, CredentialId, GrantId } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import { HashMap } from "effect"
import { randomUUID } from "node:crypto"
import { isDeepStrictEqual } from "node:util"

/** Fails unless the states are equal in all they hold; how their maps are built is no matter. */
export const assertSameState = (actual: PoolState, expected: PoolState, message?: string): void => {
  const [one, other] = [bare(actual), bare(expected)]
  if (!isDeepStrictEqual(one, other)) assert.deepStrictEqual(one, other, message)
}

/** Maps as sorted lists of entries. */
const bare = (value: unknown): unknown => {
  if (HashMap.isHashMap(value)) {
    return Array.from(value, ([key, item]) => [String(key), bare(item)] as const).toSorted(([a], [b]) =>
      a < b ? -1 : 1
    )
  }
  if (Array.isArray(value)) return value.map(bare)
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bare(item)]))
    : value
}

/** The life of a credential: enrolled, refreshed, rate limited, renamed. Nine events. */
export const life = (name: string): ReadonlyArray<Draft> => {
  const credential = CredentialId.make(name)
  const grant = GrantId.make(randomUUID())
  const attempt = AttemptId.make(randomUUID())
  const about = { v: 1, credential } as const
  const generation = { access: fingerprint(`${name}a`), refresh: fingerprint(`${name}r`) }
  const next = { access: fingerprint(`${name}b`), refresh: fingerprint(`${name}s`) }
  return [
    {
      type: "CredentialEnrolled",
      ...about,
      data: {
        provider: "openai-codex",
        kind: "oauth",
        grant,
        label: name,
        priority: 0,
        source: "device_code",
        ownership: "owned",
        store: { kind: "own", slot: "" }
      }
    },
    { type: "GenerationObserved", ...about, data: { grant, generation, where: "own", how: "enrol" } },
    { type: "RefreshStarted", ...about, data: { grant, attempt, generation, trigger: "expired", timeLimit: 20_000 } },
    {
      type: "RefreshSucceeded",
      ...about,
      data: { grant, attempt, generation, next, rotated: true, duration: 10 }
    },
    { type: "QuotaObserved", ...about, data: { windows: [{ name: "primary", usedPercent: 41.5 }] } },
    { type: "CooldownStarted", ...about, data: { until: 1_800_000_000_000, reason: "RateLimited" } },
    { type: "CooldownCleared", ...about, data: { by: "probe" } },
    { type: "CredentialRelabelled", ...about, data: { label: `${name} renamed` } },
    { type: "CredentialPaused", ...about, data: {} }
  ]
}

const fingerprint = (word: string): Fingerprint => Fingerprint.make(`fp_${word.padEnd(16, "_").slice(0, 16)}`)
