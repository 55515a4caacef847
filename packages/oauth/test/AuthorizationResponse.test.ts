/** What is read out of the answers of a login in a browser, brought by a redirect or by hand. */
import { assert, describe, it } from "@effect/vitest"
import { Redacted } from "effect"
import { authorizationRequest } from "@daybook/oauth/AuthorizationRequest"
import { responseIn, responseInPasted } from "@daybook/oauth/AuthorizationResponse"
import { challengeOf } from "@daybook/oauth/Pkce"

const parts = {
  endpoint: "https://as.example/authorize?tenant=t1",
  redirectUri: "http://127.0.0.1:4000/callback",
  state: Redacted.make("state-of-this-login"),
  verifier: Redacted.make("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
  issuer: "https://as.example",
  namesIssuer: false
}
const request = authorizationRequest({ clientId: "client-1", scope: "a", loginScope: "a b" }, parts)

const read = (query: Record<string, string>, more: object = {}) =>
  responseIn({ ...request, ...more }, new URLSearchParams(query))
const mine = { state: "state-of-this-login" }

const codeOf = (response: ReturnType<typeof read>): string =>
  response._tag === "Code" ? Redacted.value(response.code) : response._tag

describe("an authorization request", () => {
  it("asks for a code with what RFC 6749, RFC 7636 and the provider want, and the scope of a login", () => {
    assert.deepStrictEqual(Object.fromEntries(new URL(request.url).searchParams), {
      tenant: "t1",
      response_type: "code",
      client_id: "client-1",
      redirect_uri: "http://127.0.0.1:4000/callback",
      scope: "a b",
      state: "state-of-this-login",
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256"
    })
  })

  it("has the challenge of RFC 7636, appendix B", () => {
    assert.strictEqual(challengeOf(parts.verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
  })

  it("carries a nonce and the provider's own parameters where they are wanted", () => {
    const provider = { clientId: "c", authorizationParameters: { plan: "generic" } }
    const { url } = authorizationRequest(provider, { ...parts, nonce: Redacted.make("n-1") })
    assert.deepInclude(Object.fromEntries(new URL(url).searchParams), { nonce: "n-1", plan: "generic" })
  })
})

describe("a redirect", () => {
  it("brings the code of this login", () => {
    assert.strictEqual(codeOf(read({ ...mine, code: "c-1" })), "c-1")
  })

  for (const [what, query] of [
    ["another state", { state: "else", code: "c-1" }],
    ["no state", { code: "c-1" }],
    ["another state and an error", { state: "else", error: "access_denied" }]
  ] as const) {
    it(`with ${what} is no answer to this login, whatever it says`, () => {
      assert.strictEqual(read(query)._tag, "WrongState")
    })
  }

  it("with the state twice is no answer to this login", () => {
    const twice = new URLSearchParams([...Object.entries(mine), ["state", "else"], ["code", "c-1"]])
    assert.strictEqual(responseIn(request, twice)._tag, "WrongState")
  })

  it("with nothing in it is a bare visit", () => {
    assert.strictEqual(read({})._tag, "NoAnswer")
  })

  it("says that the person said no", () => {
    assert.strictEqual(read({ ...mine, error: "access_denied" })._tag, "AccessDenied")
  })

  it("keeps the code of any other error, and of its words only what may be recorded", () => {
    const response = read({ ...mine, error: "server_error", error_description: "ask bob@example.com \u001B[2J" })
    if (response._tag !== "Refused") return assert.fail(response._tag)
    assert.strictEqual(response.evidence.code, "server_error")
    assert.notInclude(response.evidence.message, "bob@example.com")
    assert.notInclude(response.evidence.message, "\u001B")
  })

  it("with an error counts as an error though a code is there too", () => {
    assert.strictEqual(read({ ...mine, error: "access_denied", code: "c-1" })._tag, "AccessDenied")
  })

  it("that names another issuer is refused before its code is looked at", () => {
    assert.strictEqual(read({ ...mine, code: "c-1", iss: "https://evil.example" })._tag, "WrongIssuer")
  })

  it("that names the issuer is taken", () => {
    assert.strictEqual(codeOf(read({ ...mine, code: "c-1", iss: "https://as.example" })), "c-1")
  })

  it("of a server that always names itself must name it", () => {
    assert.strictEqual(read({ ...mine, code: "c-1" }, { namesIssuer: true })._tag, "WrongIssuer")
  })
})

describe("what a person pastes", () => {
  for (const [what, pasted] of [
    ["the whole address", "http://127.0.0.1:4000/callback?code=c-1&state=state-of-this-login"],
    ["its query alone", "?code=c-1&state=state-of-this-login"],
    ["its query without the mark", "code=c-1&state=state-of-this-login"],
    ["an address with both in the fragment", "https://as.example/done#code=c-1&state=state-of-this-login"],
    ["an address with the state in the fragment", "https://as.example/done?code=c-1#state-of-this-login"],
    ["code and state, as a page shows them", "  c-1#state-of-this-login\n"],
    ["the code alone", "c-1"]
  ] as const) {
    it(`may be ${what}`, () => {
      assert.strictEqual(codeOf(responseInPasted(request, pasted)), "c-1")
    })
  }

  for (const [what, pasted] of [
    ["the address of another login", "http://127.0.0.1:4000/callback?code=c-1&state=else"],
    ["an address without a state", "http://127.0.0.1:4000/callback?code=c-1"],
    ["a code with another state", "c-1#else"],
    ["a code with an empty state", "c-1#"]
  ] as const) {
    it(`is refused if it is ${what}`, () => {
      assert.strictEqual(responseInPasted(request, pasted)._tag, "WrongState")
    })
  }

  for (const pasted of ["", "  \n", "http://127.0.0.1:4000/callback", "not a code"]) {
    it(`says nothing if it is ${JSON.stringify(pasted)}`, () => {
      assert.strictEqual(responseInPasted(request, pasted)._tag, "NoAnswer")
    })
  }
})
