/**
 * hermes' rules as a policy of ours, row by row: how long a refusal benches, what ends a login at once, and that nothing of
 * it is in force without being asked for.
 */
import { type ApiRefusal, concludeApiRefusal } from "@daybook/pool/decisions/ApiOutcome"
import { concludeFailure } from "@daybook/pool/decisions/ClassifyFailure"
import { underPolicy } from "@daybook/pool/decisions/TerminalAtOnce"
import type { Evidence } from "@daybook/pool/Evidence"
import { fold } from "@daybook/pool/Evolve"
import { hermes, olderHermes } from "@daybook/pool/HermesPolicy"
import { defaults, Policy } from "@daybook/pool/Policy"
import { grantById, members, type PoolState } from "@daybook/pool/PoolState"
import { decode } from "@daybook/pool/Recorded"
import { ApiVerdictName, type ApiVerdict, type TransientReason, type TransientVerdict } from "@daybook/pool/Verdict"
import { Arbitrary } from "effect"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import {
  accessOnly,
  actor,
  credentialId,
  enrolled,
  enrolledOther,
  eventId,
  failed,
  fingerprint,
  generation,
  given,
  grantId,
  hour,
  minute,
  observed,
  otherCredentialId,
  otherGrantId,
  recorded,
  second,
  start,
  started,
  type Step
} from "./support.ts"

const first = generation(1)
const now = start + minute
const day = 24 * hour
const alone = given(enrolled(), observed(first))
const inCompany = given(enrolled(), enrolledOther(), observed(first))

interface Case {
  readonly verdict: ApiVerdictName
  readonly status?: number
  readonly code?: string
  readonly until?: number
  /** Named by the answer, and no matter of the verdict. */
  readonly retryAfter?: number
  readonly scope?: ApiVerdict["scope"]
  readonly state?: PoolState
  readonly policy?: Policy
}

/** What is decided of a refusal, beside what is recorded of it. */
const decided = (given: Case) => {
  const { code, policy = hermes, retryAfter, scope = "credential", state = inCompany, status, until, verdict } = given
  const [credential] = members(state)
  if (credential === undefined) throw new Error("no member")
  const refusal: ApiRefusal = {
    credential,
    generation: first,
    evidence: {
      left: true,
      ...(status === undefined ? {} : { status }),
      ...(code === undefined ? {} : { code }),
      ...(retryAfter === undefined ? {} : { retryAfter })
    },
    verdict: { verdict, rule: "test/rule", scope, ...(until === undefined ? {} : { until }) },
    model: "a-model",
    now,
    policy,
    classifier: 1,
    ids: [eventId(50), eventId(51)]
  }
  return concludeApiRefusal(state, refusal).slice(2)
}

/** For how long the refusal benches, in milliseconds; undefined if it does not. */
const bench = (given: Case): number | undefined => {
  const draft = decided(given).find((draft) => draft.type === "CooldownStarted")
  return draft === undefined ? undefined : draft.data.until - now
}

describe("hermes' table of benches", () => {
  const rows: ReadonlyArray<readonly [title: string, given: Case, millis: number]> = [
    ["an end that is named counts as it is", { verdict: "RateLimited", until: now + 7 * day }, 7 * day],
    [
      "an end that is named counts as it is for an only login too",
      { verdict: "QuotaExhausted", until: now + 15 * day, state: alone },
      15 * day
    ],
    [
      "an end that is named counts for what is owed as well",
      { verdict: "BillingRequired", status: 402, retryAfter: now + 3 * day },
      3 * day
    ],
    ["an end that is past counts for nothing", { verdict: "BillingRequired", status: 402, retryAfter: now - 1 }, hour],
    ["a 402 benches for an hour", { verdict: "BillingRequired", status: 402 }, hour],
    ["a 402 benches an only login for an hour too", { verdict: "BillingRequired", status: 402, state: alone }, hour],
    ["a 402 benches for an hour whatever it is called", { verdict: "QuotaExhausted", status: 402, state: alone }, hour],
    ["what is owed benches for an hour under a 403", { verdict: "BillingRequired", status: 403, state: alone }, hour],
    [
      "what is owed benches for an hour under a 400 that names it",
      { verdict: "BillingRequired", status: 400, code: "Insufficient_Quota", state: alone },
      hour
    ],
    [
      "what may be owed benches for a minute",
      { verdict: "BillingRequired", status: 400, code: "invalid_request_error" },
      minute
    ],
    [
      "what may be owed benches an only login for a minute too",
      { verdict: "BillingRequired", status: 400, state: alone },
      minute
    ],
    ["a 401 benches for five minutes", { verdict: "NotEntitled", status: 401 }, 5 * minute],
    [
      "a 401 benches an only login for five minutes too",
      { verdict: "NotEntitled", status: 401, state: alone },
      5 * minute
    ],
    ["a 429 benches for an hour", { verdict: "RateLimited", status: 429 }, hour],
    ["a 429 benches an only login for a minute", { verdict: "RateLimited", status: 429, state: alone }, minute],
    ["a 403 benches for an hour", { verdict: "NotEntitled", status: 403 }, hour],
    ["a 403 benches an only login for a minute", { verdict: "NotEntitled", status: 403, state: alone }, minute],
    ["a refusal without a status benches for an hour", { verdict: "QuotaExhausted" }, hour],
    [
      "a refusal without a status benches an only login for a minute",
      { verdict: "QuotaExhausted", state: alone },
      minute
    ],
    [
      "a model that is not had is benched for a year",
      { verdict: "ModelUnavailable", status: 404, scope: "model", state: alone },
      365 * day
    ]
  ]
  for (const [title, given, millis] of rows) {
    it(title, () => assert.strictEqual(bench(given), millis))
  }

  for (const verdict of ["AccessExpired", "UpstreamFault", "RequestFault"] as const) {
    it(`${verdict} benches nobody`, () => assert.deepStrictEqual(decided({ verdict, status: 401, state: alone }), []))
  }
})

describe("an only login", () => {
  const other = (...steps: ReadonlyArray<Step>) =>
    bench({ verdict: "RateLimited", state: given(enrolled(), observed(first), enrolledOther(), ...steps) })

  it("is one beside none but dead ones", () => {
    const about = { grant: otherGrantId, generation: generation(2) }
    const dead: Step = {
      type: "CredentialQuarantined",
      v: 1,
      data: { ...about, bound: "refresh", reason: "Revoked", rule: "test/rule" }
    }
    const theirs: Step = { type: "GenerationObserved", v: 1, data: { ...about, where: "own", how: "enrol" } }
    assert.strictEqual(other(), hour)
    assert.strictEqual(other(theirs, dead), minute)
  })

  it("is one beside none but paused ones", () => {
    assert.strictEqual(other({ type: "CredentialPaused", v: 1, credential: otherCredentialId, data: {} }), minute)
  })

  it("is one beside logins of other providers", () => {
    const elsewhere = given(enrolled(), observed(first), enrolledOther({ provider: "xai-oauth" }))
    assert.strictEqual(bench({ verdict: "RateLimited", state: elsewhere }), minute)
  })
})

describe("a login that the API says is revoked", () => {
  const types = (given: Case) => decided(given).map(({ type }) => type)

  for (const code of ["token_invalidated", "token_revoked", "invalid_token", "invalid_grant", "Token_Revoked"]) {
    it(`never comes back by itself after ${code}`, () => {
      assert.deepStrictEqual(types({ verdict: "GrantRevoked", status: 401, code }), ["CredentialQuarantined"])
    })
  }

  it("is an API key that comes back after five minutes if the answer names nothing worse", () => {
    const key = given(enrolled({ kind: "apiKey" }), observed(accessOnly(1)))
    assert.strictEqual(bench({ verdict: "GrantRevoked", status: 401, code: "invalid_api_key", state: key }), 5 * minute)
  })

  it("comes back every hour under the rules that hermes had before", () => {
    const revoked: Case = { verdict: "GrantRevoked", status: 401, code: "token_revoked", policy: olderHermes }
    assert.deepStrictEqual(types(revoked), ["CooldownStarted"])
    assert.strictEqual(bench(revoked), hour)
    const after = fold(recorded(decided(revoked), inCompany.head), inCompany)
    assert.strictEqual(grantById(after, grantId).health._tag, "Live")
    assert.deepStrictEqual(members(after)[0]?.cooldown, { until: now + hour, reason: "GrantRevoked" })
  })
})

describe("a refused refresh", () => {
  const verdictUnder = (
    policy: Policy,
    provider: string,
    evidence: Partial<Evidence>,
    reason: TransientReason = "Unrecognized"
  ) => {
    const transient: TransientVerdict = { verdict: "Transient", reason, rule: "unrecognized" }
    return underPolicy(policy, provider, { left: true, ...evidence }, transient)
  }
  const kills = (provider: string, evidence: Partial<Evidence>, reason?: TransientReason) =>
    verdictUnder(hermes, provider, evidence, reason).verdict === "Terminal"

  const ends = "ends the login"
  const again = "is tried again"
  type Outcome = typeof ends | typeof again

  const rows: ReadonlyArray<readonly [provider: string, said: string, evidence: Partial<Evidence>, outcome: Outcome]> =
    [
      ["openai-codex", "a bare 401", { status: 401 }, ends],
      ["openai-codex", "a bare 403", { status: 403 }, ends],
      ["openai-codex", "a 401 under a name that nobody knows", { status: 401, code: "short_and_stout" }, again],
      ["openai-codex", "a bare 400", { status: 400 }, again],
      ["openai-codex", "a bare 429", { status: 429 }, again],
      ["openai-codex", "a bare 500", { status: 500 }, again],
      ["xai-oauth", "a bare 400", { status: 400 }, ends],
      ["xai-oauth", "a bare 401", { status: 401 }, ends],
      ["xai-oauth", "a 400 that blames the request", { status: 400, code: "invalid_request" }, ends],
      ["xai-oauth", "a bare 403", { status: 403 }, again],
      ["nous", "a bare 401", { status: 401 }, ends],
      ["nous", "a bare 403", { status: 403 }, ends],
      ["nous", "a 401 that names anything", { status: 401, code: "invalid_client" }, again],
      ["anthropic", "a bare 401", { status: 401 }, again],
      ["a-provider-of-ours", "a bare 401", { status: 401 }, again]
    ]
  for (const [provider, said, evidence, outcome] of rows) {
    it(`of ${provider} with ${said}: ${outcome}`, () => {
      assert.strictEqual(kills(provider, evidence), outcome === ends)
    })
  }

  it("is taken for a revoked login, at once, under the policy's own name", () => {
    assert.deepStrictEqual(verdictUnder(hermes, "openai-codex", { status: 401 }), {
      verdict: "Terminal",
      reason: "Revoked",
      confirm: false,
      rule: "policy/terminal"
    })
  })

  it("by something before the provider ends nothing", () => {
    assert.isFalse(kills("openai-codex", { status: 403, challenge: true }, "EdgeBlocked"))
  })

  it("with a body that was too long to be read ends nothing", () => {
    assert.isFalse(kills("openai-codex", { status: 401, unread: true }))
  })

  it("that our rules know as terminal is still looked at again before it is believed", () => {
    const known = { verdict: "Terminal", reason: "Reused", rule: "codes/refresh_token_reused", confirm: true } as const
    const evidence = { left: true, status: 401, code: "refresh_token_reused" }
    assert.strictEqual(underPolicy(hermes, "openai-codex", evidence, known), known)
  })

  it("is concluded and quarantined like any other death", () => {
    const evidence = { left: true, status: 401 }
    const state = given(enrolled(), observed(first), started(first, 7), failed(first, evidence, 7))
    const failure = grantById(state, grantId).unclassified
    if (failure === undefined) return assert.fail("nothing waits to be classified")
    const context = {
      grant: grantId,
      credential: credentialId,
      provider: "openai-codex",
      classifier: 1,
      now,
      chance: 0.5,
      replay: { _tag: "afterExpiry" },
      policy: hermes
    } as const
    const verdict = verdictUnder(hermes, "openai-codex", evidence)
    const events = concludeFailure(state, failure, verdict, context, eventId(60))
    assert.deepStrictEqual(
      events.map(({ type }) => type),
      ["ErrorClassified", "CredentialQuarantined"]
    )
    assert.strictEqual(grantById(fold(recorded(events, state.head), state), grantId).health._tag, "Dead")
  })
})

describe("without a preset", () => {
  const evidence = Arbitrary.schema(
    Schema.Struct({
      status: Schema.Int.check(Schema.isBetween({ minimum: 100, maximum: 599 })),
      retryAfter: Schema.Int.check(Schema.isBetween({ minimum: start, maximum: start + 9 * hour })),
      verdict: ApiVerdictName,
      provider: Schema.Literals(["openai-codex", "xai-oauth", "nous"]),
      isAlone: Schema.Boolean
    })
  )

  it.prop("no refusal ends a refresh that the rules would try again", [evidence], ([{ provider, status }]) => {
    const transient: TransientVerdict = { verdict: "Transient", reason: "Unrecognized", rule: "unrecognized" }
    assert.strictEqual(underPolicy(defaults, provider, { left: true, status }, transient), transient)
  })

  it.prop("the verdict alone says how long a bench lasts", [evidence], ([{ isAlone, retryAfter, status, verdict }]) => {
    const lengths: { readonly [Verdict in ApiVerdictName]?: number } = defaults.cooldown
    const state = isAlone ? alone : inCompany
    assert.strictEqual(bench({ verdict, status, retryAfter, state, policy: defaults }), lengths[verdict])
  })
})

describe("a policy that was recorded before there were presets", () => {
  const read = (policy: unknown) => {
    const line = { seq: 1, at: new Date(start).toISOString(), id: eventId(1), actor, type: "PolicyApplied", v: 1 }
    const event = Result.getOrThrow(decode({ ...line, data: { policy, hash: fingerprint("hash") } }))
    return event.type === "PolicyApplied" ? event.data.policy : undefined
  }

  it("is read as one without rows of its own", () => {
    const { anyReset: _a, benches: _b, terminal: _t, ...older } = Schema.encodeSync(Policy)(defaults)
    assert.deepStrictEqual(read({ ...older, timeLimit: 9 * second }), { ...defaults, timeLimit: 9 * second })
  })

  it("and a preset that is recorded now is read as it was", () => {
    for (const preset of [hermes, olderHermes]) {
      assert.deepStrictEqual(read(JSON.parse(JSON.stringify(Schema.encodeSync(Policy)(preset)))), preset)
    }
  })
})
