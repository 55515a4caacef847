import { believeStore, type Judgement, isJudged } from "@daybook/pool/decisions/StoreVerdict"
import { assert, describe, it } from "@effect/vitest"
import {
  accessOnly,
  adopted,
  credentialId,
  eventId,
  generation,
  grantAfter,
  grantId,
  lifted,
  observed,
  quarantined,
  start,
  started,
  stashed,
  type Step,
  succeeded
} from "./support.ts"

const first = generation(1)
const later: Judgement = { store: "hermes", code: "invalid_grant", at: start + 60_000 }

const judged = (judgement: Judgement, ...steps: ReadonlyArray<Step>) => isJudged(grantAfter(...steps), judgement)

describe("what another program says in a store is about the tokens we hold", () => {
  it("if it judged after they came", () => {
    assert.isTrue(judged(later, observed(first)))
    assert.isTrue(judged({ ...later, at: start }, observed(first)))
  })

  it("and not if they came later, or it does not say when", () => {
    assert.isFalse(judged({ ...later, at: start - 1 }, observed(first)))
    assert.isFalse(judged({ store: "hermes", code: "invalid_grant" }, observed(first)))
  })

  it("and not if the store never took them", () => {
    const next = generation(2)
    const steps = [observed(first), started(first), succeeded(first, next)]
    assert.isTrue(judged(later, ...steps))
    assert.isFalse(judged(later, ...steps, stashed(first, next)))
  })

  it("and not if there is no refresh token, nothing at all, or they are dead already", () => {
    assert.isFalse(judged(later, observed(accessOnly(1))))
    assert.isFalse(judged(later))
    assert.isFalse(judged(later, observed(first), quarantined(first)))
  })

  it("and not if the grant went back to them from newer ones, which it may be about", () => {
    const newer = generation(2)
    const steps = [observed(first), observed(newer, "watch")]
    assert.isTrue(judged(later, ...steps))
    assert.isFalse(judged(later, ...steps, adopted(newer, first)))
    const clockWrong = { ...observed(newer, "watch"), at: start - 60_000 }
    assert.isFalse(judged(later, observed(first), clockWrong, adopted(newer, first)))
  })

  it("and not if an operator has revived them", () => {
    assert.isFalse(judged(later, observed(first), quarantined(first), lifted(first)))
  })
})

describe("a pair that another program judged dead", () => {
  const conclusion = (code: string) =>
    believeStore(grantAfter(observed(first)), credentialId, { ...later, code }, eventId(9))

  it("is quarantined under that program's own code", () => {
    assert.deepStrictEqual(conclusion("refresh_token_reused"), [
      {
        type: "CredentialQuarantined",
        v: 1,
        credential: credentialId,
        cause: eventId(9),
        data: {
          grant: grantId,
          generation: first,
          bound: "refresh",
          reason: "Reused",
          rule: "hermes/refresh_token_reused"
        }
      }
    ])
  })

  it("died for what the code says, and else was revoked", () => {
    const reasons = ["refresh_token_expired", "account_deactivated", "invalid_grant", "xai_refresh_failed"]
    assert.deepStrictEqual(
      reasons.map((code) => conclusion(code).map(({ data }) => (data as { readonly reason: string }).reason)[0]),
      ["Expired", "AccountClosed", "Revoked", "Revoked"]
    )
  })

  it("is named by no code that may hold anything", () => {
    const [rule] = conclusion("a token: sk-0123 456").map(({ data }) => (data as { readonly rule: string }).rule)
    assert.strictEqual(rule, "hermes/other")
  })

  it("leads to nothing if it is not what we hold", () => {
    assert.deepStrictEqual(believeStore(grantAfter(), credentialId, later, eventId(9)), [])
  })
})
