/**
 * What a pick would come to, and why each other credential was passed over.
 */
import type { Occasion } from "@daybook/pool/decisions/Rank"
import { fold } from "@daybook/pool/Evolve"
import { CredentialId } from "@daybook/pool/Ids"
import { defaults, type Policy, Strategy } from "@daybook/pool/Policy"
import type { PoolState } from "@daybook/pool/PoolState"
import { explain } from "@daybook/pool/queries/Explain"
import { obstacleOf } from "@daybook/pool/queries/Obstacle"
import { assert, describe, it } from "@effect/vitest"
import { HashMap, Schema } from "effect"
import * as arbitrary from "./arbitraries.ts"
import {
  benched,
  classified,
  credentialId,
  enrolled,
  enrolledOther,
  generation,
  given,
  hour,
  minute,
  observed,
  otherCredentialId,
  paused,
  provider,
  quarantined,
  refusedByApi,
  start,
  type Step,
  succeeded
} from "./support.ts"

const now = start + minute
const first = generation(1)
const calm: Occasion = { now, turn: 0, leases: () => 0, uncounted: () => 0 }

const explained = (state: PoolState, policy: Partial<Policy> = {}, occasion: Partial<Occasion> = {}, model?: string) =>
  explain(state, { ...defaults, ...policy }, { provider, model }, { ...calm, ...occasion })

const two = (...steps: ReadonlyArray<Step>) => given(enrolled(), observed(first), enrolledOther(), ...steps)

/** The reason and the words about the first credential, which is passed over for the other one. */
const passed = (
  state: PoolState,
  policy: Partial<Policy> = {},
  occasion: Partial<Occasion> = {},
  model?: string
): readonly [string | undefined, string | undefined] => {
  const { candidates, served } = explained(state, policy, occasion, model)
  assert.strictEqual(served, otherCredentialId)
  const one = candidates.find(({ credential }) => credential === credentialId)
  return [one?.why?._tag, one?.text]
}

const refusedAtIn = (state: PoolState) =>
  Array.from(HashMap.values(state.grants)).find(({ refusedAt }) => refusedAt !== undefined)?.refusedAt

const iso = (instant: number) => new Date(instant).toISOString()

describe("a credential is passed over, with a reason", () => {
  it("because an operator paused it", () => {
    assert.deepStrictEqual(passed(two(paused)), [
      "Paused",
      "paused by an operator; `daybook resume codex-1` puts it back into use"
    ])
  })

  it("because it is dead", () => {
    const [tag, text] = passed(two(quarantined(first)))
    assert.strictEqual(tag, "Dead")
    assert.include(text, "dead (Revoked) since")
    assert.include(text, "`daybook login openai-codex --credential codex-1` brings it back")
  })

  it("because it is cooling", () => {
    const text = `cooling (RateLimited) until ${iso(now + hour)}`
    assert.deepStrictEqual(passed(two(benched(now + hour))), ["Cooling", text])
  })

  it("because the model is benched on it", () => {
    const state = two(benched(now + hour, "gpt-5"))
    const text = `cooling for gpt-5 (RateLimited) until ${iso(now + hour)}`
    assert.deepStrictEqual(passed(state, {}, {}, "gpt-5"), ["ModelBenched", text])
    assert.strictEqual(explained(state, {}, {}, "gpt-4").served, credentialId)
  })

  it("because its access token is over and its refresh waits", () => {
    const over = generation(1, { expiresAt: now - 1 })
    const waits = classified(over, { reason: "ServerError", retryAt: now + hour })
    assert.deepStrictEqual(passed(two(observed(over), waits)), [
      "RefreshWaits",
      `its access token is over, and its refresh waits (ServerError) until ${iso(now + hour)}`
    ])
  })

  it("because one access token after the other was refused, and its refresh waits", () => {
    const next = generation(2)
    const state = two(refusedByApi(first), succeeded(first, next), refusedByApi(next))
    const until = (refusedAtIn(state) ?? 0) + defaults.deniedBackoff.first
    assert.deepStrictEqual(passed(state), [
      "RefreshWaits",
      `its access token was refused, and its refresh waits (Denied) until ${iso(until)}`
    ])
    assert.strictEqual(explained(state, {}, { now: until }).served, credentialId)
  })

  it("not because one access token was refused", () => {
    assert.strictEqual(explained(two(refusedByApi(first))).served, credentialId)
  })

  it("not because its refresh waits while its access token is good", () => {
    const good = generation(1, { expiresAt: now + 1 })
    const state = two(observed(good), classified(good, { reason: "ServerError", retryAt: now + hour }))
    assert.strictEqual(explained(state).served, credentialId)
  })

  it("not because its refresh waited until now", () => {
    const over = generation(1, { expiresAt: now - 1 })
    const state = two(observed(over), classified(over, { reason: "ServerError", retryAt: now }))
    assert.strictEqual(explained(state).served, credentialId)
  })

  it("because so many use it already", () => {
    const leases = (id: string) => (id === credentialId ? 3 : 0)
    assert.deepStrictEqual(passed(two(), { leaseMost: 2 }, { leases }), [
      "AtLeaseCap",
      "used by 3 at once, and 2 is the most before others are preferred"
    ])
  })

  it("because another one has a lower priority number, or was there before it", () => {
    const lower = given(enrolled({ priority: 1 }), enrolledOther({ priority: 0 }))
    assert.deepStrictEqual(passed(lower), ["LowerPriority", "priority 1, and codex-2 has 0"])
    const later = given(enrolledOther(), enrolled())
    assert.deepStrictEqual(passed(later), ["EnrolledLater", "the same priority as codex-2, which was enrolled first"])
  })

  it("because the strategy puts another one first", () => {
    assert.strictEqual(passed(two(), { strategy: "round_robin" }, { turn: 1 })[0], "NotItsTurn")
    const leases = (id: string) => (id === credentialId ? 1 : 0)
    assert.deepStrictEqual(passed(two(), { strategy: "least_used" }, { leases }), [
      "MoreUsed",
      "used no less: 1 at once, 0 calls in all"
    ])
    const windows: Step = {
      type: "QuotaObserved",
      v: 1,
      credential: otherCredentialId,
      data: { windows: [{ name: "5h", usedPercent: 1, resetsAt: now + hour }] }
    }
    assert.strictEqual(passed(two(windows), { strategy: "soonest_reset" })[0], "ResetsLater")
  })
})

describe("an explanation", () => {
  it("lists those who may be used in the order in which they are asked, then the others", () => {
    const { candidates, served, until } = explained(two(benched(now + hour)))
    assert.strictEqual(served, otherCredentialId)
    assert.isUndefined(until)
    assert.deepStrictEqual(
      candidates.map(({ credential, text }) => [credential, text]),
      [
        [otherCredentialId, "would be served"],
        [credentialId, `cooling (RateLimited) until ${iso(now + hour)}`]
      ]
    )
  })

  it("says when the first may be back if nobody may be used", () => {
    const state = given(enrolled(), enrolledOther(), benched(now + hour), {
      type: "CredentialPaused",
      v: 1,
      credential: otherCredentialId,
      data: {}
    })
    assert.deepInclude(explained(state), { served: undefined, until: now + hour })
  })

  it("has no instant if only a person can help", () => {
    assert.deepInclude(explained(given(enrolled(), paused)), { served: undefined, until: undefined })
  })

  it("is empty for a provider of which the pool has nothing", () => {
    const { candidates, served } = explain(two(), defaults, { provider: "nobody" }, calm)
    assert.deepStrictEqual([candidates, served], [[], undefined])
  })

  it("tells how much each one is used, though nothing is capped", () => {
    const [one] = explained(two(), {}, { leases: () => 2, uncounted: () => 5 }).candidates
    assert.deepInclude(one, { leases: 2, used: 5 })
  })
})

const credentialOf = (state: PoolState, id: CredentialId) => HashMap.getUnsafe(state.credentials, id)

it.prop(
  "whatever the ledger, the strategy and the turn, whoever may not be used is never the one who would be served",
  {
    ledger: arbitrary.ledgerOf(arbitrary.event),
    strategy: Strategy,
    turn: Schema.Natural,
    held: Schema.Natural,
    moment: arbitrary.moment
  },
  ({ held, ledger, moment, strategy, turn }) => {
    const state = fold(ledger)
    const policy = { ...defaults, strategy, leaseMost: 2 }
    const occasion = { now: moment, turn, leases: (id: string) => (held + id.length) % 4, uncounted: () => 0 }
    for (const { provider } of HashMap.values(state.credentials)) {
      const { candidates, served } = explain(state, policy, { provider }, occasion)
      if (served !== undefined) assert.isUndefined(obstacleOf(state, credentialOf(state, served), moment))
      for (const { credential, why } of candidates) assert.strictEqual(why === undefined, credential === served)
    }
  },
  arbitrary.thorough
)
