import { assert, describe, it } from "@effect/vitest"
import { nextStep, type Tried, withoutRenewal } from "@daybook/pool/decisions/NextStep"
import { ApiVerdictName, type ApiVerdict } from "@daybook/pool/Verdict"

const verdictOf = (verdict: ApiVerdictName): ApiVerdict => ({ verdict, rule: "test/rule", scope: "credential" })

const fresh: Tried = { sent: 1, mostSent: 4, renewed: false, moved: false, named: false, repeatable: true }

const after = (verdict: ApiVerdictName, tried: Partial<Tried> = {}) =>
  nextStep(verdictOf(verdict), { ...fresh, ...tried })

const upstream = new Set<ApiVerdictName>(["UpstreamFault", "RequestFault"])
const others = ApiVerdictName.literals.filter((verdict) => verdict !== "AccessExpired" && !upstream.has(verdict))

describe("after a refusal", () => {
  it("that an access token is over, the same credential gets one more try", () => {
    assert.strictEqual(after("AccessExpired").next, "renew")
  })

  it("of its next access token too, another credential is tried", () => {
    assert.strictEqual(after("AccessExpired", { renewed: true }).next, "next credential")
  })

  it("that a login was revoked, the login that has taken its place gets a try", () => {
    assert.strictEqual(after("GrantRevoked", { moved: true }).next, "renew")
    assert.strictEqual(after("GrantRevoked", { moved: true, renewed: true }).next, "next credential")
    assert.strictEqual(after("QuotaExhausted", { moved: true }).next, "next credential")
  })

  it.each(others)("for %s, another credential is tried", (verdict) => {
    assert.strictEqual(after(verdict).next, "next credential")
    assert.strictEqual(after(verdict, { renewed: true }).next, "next credential")
  })

  it.each([...upstream])("for %s, no credential would help", (verdict) => {
    assert.strictEqual(after(verdict).next, "give up")
  })

  it("it says why, of each verdict in words of its own", () => {
    const words = ApiVerdictName.literals.map((verdict) => after(verdict).why)
    assert.strictEqual(new Set(words).size, ApiVerdictName.literals.length)
  })
})

describe("nothing is tried", () => {
  it("when the request cannot be sent a second time", () => {
    for (const verdict of ["AccessExpired", "RateLimited"] as const) {
      const step = after(verdict, { repeatable: false })
      assert.strictEqual(step.next, "give up")
      assert.match(step.why, /, but the body of this request cannot be sent a second time$/)
    }
  })

  it("when it was sent as often as it may", () => {
    assert.strictEqual(after("AccessExpired", { sent: 3 }).next, "renew")
    assert.strictEqual(after("AccessExpired", { sent: 4 }).next, "give up")
    assert.match(
      after("RateLimited", { sent: 1, mostSent: 1 }).why,
      /, but the request was sent once, which is the most$/
    )
    assert.match(after("RateLimited", { sent: 4 }).why, /, but the request was sent 4 times, which is the most$/)
  })

  it("with another credential, when one was asked for by name", () => {
    assert.strictEqual(after("RateLimited", { named: true }).next, "give up")
    assert.strictEqual(after("AccessExpired", { named: true }).next, "renew")
  })
})

describe("after a renewal that brought nothing", () => {
  it("another credential is tried", () => {
    const step = withoutRenewal("the token endpoint is down", fresh)
    assert.strictEqual(step.next, "next credential")
    assert.include(step.why, "the token endpoint is down")
  })

  it("nothing is, when one was asked for by name", () => {
    assert.strictEqual(withoutRenewal("why", { ...fresh, named: true }).next, "give up")
  })
})
