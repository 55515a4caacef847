import { assert, describe, it } from "@effect/vitest"
import { type GrantOptions, newGrant } from "@daybook/sandbox/Grant"
import * as Grants from "@daybook/sandbox/Grants"
import { mintOpaque } from "@daybook/sandbox/Tokens"

const day = 86_400_000

const start = (options: GrantOptions) => {
  const grant = newGrant({ dialect: "generic", ...options }, "grant", "account", 0)
  const tokens = mintOpaque(grant.policy.accessLifetime, 0)
  return { tokens, state: Grants.login(Grants.empty, grant, tokens, 0) }
}

const refresh = (state: Grants.Grants, refreshToken: string, now: number) => {
  const minted = mintOpaque(3600, now)
  const [result, next] = Grants.refresh(state, { refreshToken, clientId: null, clientSecret: null }, minted, now)
  return { result, next, minted }
}

const refusal = (result: Grants.RefreshResult) => (result._tag === "Refused" ? result.refusal : result._tag)

describe("grants", () => {
  it("a grace window ends to the millisecond", () => {
    const { state, tokens } = start({ reuse: "grace", graceMillis: 1000 })
    const { next } = refresh(state, tokens.refreshToken, day)
    assert.strictEqual(refusal(refresh(next, tokens.refreshToken, day + 1000).result), "Replayed")
    assert.strictEqual(refusal(refresh(next, tokens.refreshToken, day + 1001).result), "reused")
  })

  it("each refresh token lives from its own issue", () => {
    const { state, tokens } = start({ refreshLifetime: 60 })
    assert.strictEqual(refusal(refresh(state, tokens.refreshToken, 60_000).result), "expired")
    const { next, minted } = refresh(state, tokens.refreshToken, 59_999)
    assert.strictEqual(refusal(refresh(next, minted.refreshToken, 100_000).result), "Rotated")
  })

  it("a grant's deadline is not moved by refreshing", () => {
    const { state, tokens } = start({ grantLifetime: 60 })
    const { next, minted } = refresh(state, tokens.refreshToken, 59_000)
    assert.strictEqual(refusal(refresh(next, minted.refreshToken, 60_000).result), "expired")
  })

  it("tokens minted for a refused refresh were never issued", () => {
    const { state, tokens } = start({})
    const { next } = refresh(state, tokens.refreshToken, day)
    const loser = refresh(next, tokens.refreshToken, day)
    assert.notInclude(Grants.issuedTokens(loser.next), loser.minted.refreshToken)
  })

  it("the wrong client is refused and the token is not spent", () => {
    const { state, tokens } = start({ clientId: "app" })
    const { result, next } = refresh(state, tokens.refreshToken, 1)
    assert.strictEqual(refusal(result), "wrongClient")
    assert.isFalse(Grants.isSpent(next, tokens.refreshToken))
  })

  it("an access token expires at its instant, and revocation outranks expiry", () => {
    const { state, tokens } = start({ accessLifetime: 60 })
    assert.strictEqual(Grants.checkAccess(state, tokens.accessToken, 59_999)._tag, "Valid")
    assert.strictEqual(Grants.checkAccess(state, tokens.accessToken, 60_000)._tag, "Expired")
    const revoked = Grants.revoke(state, "grant", "token_revoked")
    assert.deepInclude(Grants.checkAccess(revoked, tokens.accessToken, 60_000), {
      _tag: "Revoked",
      code: "token_revoked"
    })
  })

  it("the first access token may be born expired while later ones are not", () => {
    const grant = newGrant({ firstAccessLifetime: 0 }, "grant", "account", 0)
    assert.deepInclude(grant.policy, { firstAccessLifetime: 0, accessLifetime: 3600 })
  })
})
