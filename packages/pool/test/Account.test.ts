/**
 * Two credentials of one account are one quota.
 */
import type { Generation } from "@daybook/pool/Generation"
import { CredentialId } from "@daybook/pool/Ids"
import { members, type PoolState } from "@daybook/pool/PoolState"
import { bindingBench, onAccountOf } from "@daybook/pool/queries/Account"
import { obstacleOf, obstacleText } from "@daybook/pool/queries/Obstacle"
import { statusOf } from "@daybook/pool/queries/Status"
import { ApiVerdictName } from "@daybook/pool/Verdict"
import { assert, describe, it } from "@effect/vitest"
import {
  credentialId,
  enrolled,
  enrolledOther,
  fingerprint,
  generation,
  given,
  grantId,
  hour,
  minute,
  observed,
  otherCredentialId,
  otherGrantId,
  start,
  type Step
} from "./support.ts"

const now = start + minute
const until = now + hour
const mine = fingerprint("me")

const loginOf = (credential: CredentialId, grant: typeof grantId, seen: Generation): Step => ({
  type: "GenerationObserved",
  v: 1,
  credential,
  data: { grant, generation: seen, where: "own", how: "enrol" }
})

const login = (n: number, account: typeof mine | undefined, credential: CredentialId, grant = grantId): Step =>
  loginOf(credential, grant, generation(n, account === undefined ? {} : { account }))

const benchedFor = (reason: ApiVerdictName, more: { readonly until?: number; readonly model?: string } = {}): Step => ({
  type: "CooldownStarted",
  v: 1,
  credential: credentialId,
  data: { until, reason, ...more }
})

/** Two credentials; the account of the second one is given. */
const two = (account: typeof mine | undefined, ...steps: ReadonlyArray<Step>) =>
  given(
    enrolled(),
    enrolledOther(),
    login(1, mine, credentialId),
    login(2, account, otherCredentialId, otherGrantId),
    ...steps
  )

const other = (state: PoolState) => members(state).find(({ id }) => id === otherCredentialId)!
const benchOfOther = (state: PoolState, model?: string) => bindingBench(state, other(state), now, model)

describe("a bench of another credential on the same account", () => {
  for (const reason of ApiVerdictName.literals) {
    const shared = ["QuotaExhausted", "RateLimited", "BillingRequired"].includes(reason)
    it(`for ${reason} ${shared ? "holds for this one too" : "is that one's alone"}`, () => {
      const bench = benchOfOther(two(mine, benchedFor(reason)))
      assert.deepStrictEqual(bench, shared ? { until, reason, of: credentialId } : undefined)
    })
  }

  it("is none of another account, or if nobody said whose an account is", () => {
    assert.isUndefined(benchOfOther(two(fingerprint("somebody"), benchedFor("QuotaExhausted"))))
    assert.isUndefined(benchOfOther(two(undefined, benchedFor("QuotaExhausted"))))
  })

  it("is none of another user of the account, if both are known", () => {
    const [me, you] = [fingerprint("metoo"), fingerprint("you")]
    const seated = (seat: typeof mine | undefined) =>
      given(
        enrolled(),
        enrolledOther(),
        loginOf(credentialId, grantId, generation(1, { account: mine, seat: me })),
        loginOf(
          otherCredentialId,
          otherGrantId,
          generation(2, { account: mine, ...(seat === undefined ? {} : { seat }) })
        ),
        benchedFor("QuotaExhausted")
      )
    assert.isUndefined(benchOfOther(seated(you)))
    assert.isDefined(benchOfOther(seated(me)))
    assert.isDefined(benchOfOther(seated(undefined)))
  })

  it("is none once that one is logged in to another account", () => {
    const moved = login(3, fingerprint("somebody"), credentialId)
    assert.isUndefined(benchOfOther(two(mine, benchedFor("QuotaExhausted"), moved)))
  })

  it("is none of another provider, though the fingerprints are the same", () => {
    const state = given(
      enrolled({ provider: "xai-oauth" }),
      enrolledOther(),
      login(1, mine, credentialId),
      login(2, mine, otherCredentialId, otherGrantId),
      benchedFor("QuotaExhausted")
    )
    assert.isUndefined(benchOfOther(state))
    assert.lengthOf(onAccountOf(state, other(state)), 1)
  })

  it("is none if that one is in the pool no longer", () => {
    const gone: Step = { type: "CredentialRemoved", v: 1, credential: credentialId, data: { by: "operator" } }
    assert.isUndefined(benchOfOther(two(mine, benchedFor("QuotaExhausted"), gone)))
  })

  it("is over at its instant", () => {
    assert.isUndefined(benchOfOther(two(mine, benchedFor("QuotaExhausted", { until: now }))))
  })

  it("for one model holds for that model", () => {
    const state = two(mine, benchedFor("QuotaExhausted", { model: "gpt-5" }))
    assert.deepStrictEqual(benchOfOther(state, "gpt-5"), {
      until,
      reason: "QuotaExhausted",
      of: credentialId,
      model: "gpt-5"
    })
    assert.isUndefined(benchOfOther(state, "gpt-4"))
    assert.isUndefined(benchOfOther(state))
  })

  it("gives way to one of its own that ends later", () => {
    const own: Step = {
      type: "CooldownStarted",
      v: 1,
      credential: otherCredentialId,
      data: { until: until + 1, reason: "NotEntitled" }
    }
    assert.strictEqual(benchOfOther(two(mine, benchedFor("QuotaExhausted"), own))?.of, otherCredentialId)
  })

  it("is told with its name, in status and where it is passed over", () => {
    const state = two(mine, benchedFor("QuotaExhausted"))
    const row = statusOf(state, now).credentials.find(({ id }) => id === otherCredentialId)
    assert.deepInclude(row, { word: "cooling", reason: "QuotaExhausted", sameAccountAs: credentialId, until })
    const obstacle = obstacleOf(state, other(state), now)
    assert.strictEqual(
      obstacle && obstacleText(obstacle, other(state)),
      `the same account as codex-1, cooling (QuotaExhausted) until ${new Date(until).toISOString()}`
    )
  })
})

it("a credential whose account nobody knows is alone on it", () => {
  const state = given(enrolled(), enrolledOther(), observed(generation(1)))
  assert.deepStrictEqual(
    onAccountOf(state, other(state)).map(({ id }) => id),
    [otherCredentialId]
  )
})
