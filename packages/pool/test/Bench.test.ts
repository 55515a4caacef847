/**
 * What ends a bench before its time: a login in the place of the one that was benched, an operator, an accepted call, a
 * quota that is free again.
 */
import { endedByLogin, endedByOperator, endedByProbe, endedBySuccess } from "@daybook/pool/decisions/Bench"
import { fold } from "@daybook/pool/Evolve"
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { Generation } from "@daybook/pool/Generation"
import { CredentialId, type GrantId } from "@daybook/pool/Ids"
import { grantById, type PoolState } from "@daybook/pool/PoolState"
import { bindingCooldown } from "@daybook/pool/queries/Account"
import type { Draft } from "@daybook/pool/Recorded"
import type { ApiVerdictName } from "@daybook/pool/Verdict"
import { assert, describe, it } from "@effect/vitest"
import { HashMap } from "effect"
import {
  accessOnly,
  benched,
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
  onlyMember,
  otherGrantId,
  recorded,
  sameRefresh,
  start,
  type Step
} from "./support.ts"

const first = generation(1)
const now = start + minute
const until = now + hour

const ends = (state: PoolState, found: Generation, at = now) =>
  endedByLogin(state, grantById(state, grantId), found, at)

describe("a bench", () => {
  const state = given(enrolled(), observed(first), benched(until), benched(until, "a-model"))

  it("ends with another login in its place, and so do those of its models", () => {
    const after = fold(recorded(ends(state, generation(2)), state.head), state)
    assert.isUndefined(bindingCooldown(onlyMember(after), now))
    assert.isUndefined(bindingCooldown(onlyMember(after), now, "a-model"))
  })

  it("is said to end by the new tokens", () => {
    assert.deepStrictEqual(
      ends(state, generation(2)).map(({ data, type }) => [type, data]),
      [
        ["CooldownCleared", { by: "generation" }],
        ["CooldownCleared", { by: "generation", model: "a-model" }]
      ]
    )
  })

  it("does not end with the same login found again", () => {
    assert.deepStrictEqual(ends(state, first), [])
  })

  it("does not end with another access token of the same login", () => {
    assert.deepStrictEqual(ends(state, sameRefresh(first, 2)), [])
  })

  it("that is over already is not ended again", () => {
    assert.deepStrictEqual(ends(state, generation(2), until), [])
  })

  it("of an API key ends with another key", () => {
    const key = given(enrolled({ kind: "apiKey" }), observed(accessOnly(1)), benched(until))
    assert.strictEqual(ends(key, accessOnly(2)).length, 1)
    assert.strictEqual(ends(key, accessOnly(1)).length, 0)
  })

  it("of another login does not end", () => {
    const other = given(
      enrolledOther({ grant: grantId }),
      observed(first),
      enrolled({ grant: otherGrantId }),
      benched(until)
    )
    assert.deepStrictEqual(ends(other, generation(2)), [])
  })

  it("does not end where no login was known", () => {
    assert.deepStrictEqual(ends(given(enrolled(), benched(until)), first), [])
  })

  it("ends when an operator says so, and so do those of its models", () => {
    const after = fold(recorded(endedByOperator(state, onlyMember(state), now), state.head), state)
    assert.isUndefined(bindingCooldown(onlyMember(after), now))
    assert.isUndefined(bindingCooldown(onlyMember(after), now, "a-model"))
    assert.deepStrictEqual(endedByOperator(after, onlyMember(after), now), [])
  })
})

describe("the benches of an account", () => {
  const mine = fingerprint("me")
  const theirs = fingerprint("them")
  const other = CredentialId.make("codex-2")

  const seen = (n: number, account: Fingerprint, credential: CredentialId, grant: GrantId): Step => ({
    type: "GenerationObserved",
    v: 1,
    credential,
    data: { grant, generation: generation(n, { account }), where: "own", how: "enrol" }
  })
  const benchedFor = (reason: ApiVerdictName, credential: CredentialId, model?: string): Step => ({
    type: "CooldownStarted",
    v: 1,
    credential,
    data: { until, reason, ...(model === undefined ? {} : { model }) }
  })

  /** Both credentials are benched, the other one for several reasons. */
  const state = (account = mine) =>
    given(
      enrolled(),
      enrolledOther(),
      seen(1, mine, credentialId, grantId),
      seen(2, account, other, otherGrantId),
      benchedFor("QuotaExhausted", credentialId),
      benchedFor("QuotaExhausted", other),
      benchedFor("RateLimited", other, "a-model"),
      benchedFor("ModelUnavailable", other, "b-model")
    )
  const first = (pool: PoolState) => HashMap.getUnsafe(pool.credentials, credentialId)
  const said = (drafts: ReadonlyArray<Draft>) =>
    drafts.map((draft) => (draft.type === "CooldownCleared" ? [draft.credential, draft.data.model] : []))

  const ofBoth = [
    [credentialId, undefined],
    [other, undefined],
    [other, "a-model"]
  ]
  const ofOne = [[credentialId, undefined]]

  it("end with a new login of it, but for what another credential met alone", () => {
    const login = generation(3, { account: mine })
    assert.deepStrictEqual(said(ends(state(), login)), ofBoth)
    assert.deepStrictEqual(said(ends(state(theirs), login)), ofOne)
  })

  it("end with a new login that says nothing of its account: it is in the place of one that did", () => {
    assert.deepStrictEqual(said(ends(state(), generation(3))), ofBoth)
  })

  it("end when an operator says so of one of its credentials", () => {
    assert.deepStrictEqual(said(endedByOperator(state(), first(state()), now)), ofBoth)
    assert.deepStrictEqual(said(endedByOperator(state(theirs), first(state(theirs)), now)), ofOne)
  })

  it("end when a call with one of its credentials is accepted, and those of a model with that model only", () => {
    const bySuccess = (pool: PoolState, model?: string) => said(endedBySuccess(pool, first(pool), model, now))
    assert.deepStrictEqual(bySuccess(state()), [
      [credentialId, undefined],
      [other, undefined]
    ])
    assert.deepStrictEqual(bySuccess(state(), "a-model"), ofBoth)
    assert.deepStrictEqual(bySuccess(state(theirs), "a-model"), ofOne)
  })

  it("that a used-up quota began end when the provider says that it is free", () => {
    const mixed = fold(recorded([benchedFor("BillingRequired", other)], state().head), state())
    assert.deepStrictEqual(said(endedByProbe(state(), first(state()), now)), [
      [credentialId, undefined],
      [other, undefined]
    ])
    assert.deepStrictEqual(said(endedByProbe(mixed, first(mixed), now)), ofOne)
  })
})
