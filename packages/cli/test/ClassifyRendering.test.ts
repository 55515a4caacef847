/** What `daybook classify` says of an answer, as a function of it. */
import { Given, givenJson } from "@daybook/cli/json/Classify"
import { explanationLines } from "@daybook/cli/render/ClassifyLines"
import { type Paint, plain } from "@daybook/cli/render/Paint"
import { read } from "@daybook/cli/ResponseText"
import { explain, type Question } from "@daybook/oauth/Explain"
import { defaultProviders, undefinedProvider } from "@daybook/oauth/Providers"
import { quotaWindowsIn } from "@daybook/oauth/Quota"
import { classifierVersion } from "@daybook/oauth/Rules"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"

const now = Date.parse("2026-11-22T10:00:00Z")

type About = Partial<Pick<Question, "surface" | "provider" | "kind">>

const explained = (answer: Question["answer"], about: About = {}) => {
  const question = { surface: "token", provider: undefinedProvider, kind: "oauth", now, answer, ...about } as const
  const windows = "headers" in answer && question.surface === "api" ? quotaWindowsIn(answer.headers, now) : []
  return { explanation: explain(question), windows }
}

const lines = (answer: Question["answer"], about?: About, paint: Paint = plain): ReadonlyArray<string> => {
  const { explanation, windows } = explained(answer, about)
  return explanationLines(explanation, windows, now, paint)
}

const encode = Schema.encodeSync(Given)

const json = (answer: Question["answer"], about?: About): unknown => {
  const { explanation, windows } = explained(answer, about)
  return encode(givenJson(explanation, windows))
}

const answer = (
  status: number,
  body: unknown = "",
  headers: Readonly<Record<string, string>> = {}
): Question["answer"] => ({
  status,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body)
})

const provider = (id: string): About => ({
  provider: defaultProviders.find((provider) => provider.id === id) ?? assert.fail(id)
})

const reused = answer(401, { error: { code: "refresh_token_reused", message: "It was used before." } })
const limited = answer(429, "", { "retry-after": "30" })
const usedUp = answer(
  429,
  {},
  {
    "x-codex-primary-used-percent": "100",
    "x-codex-primary-window-minutes": "300",
    "x-codex-primary-reset-after-seconds": "3600",
    "x-codex-secondary-used-percent": "12.5",
    "x-codex-secondary-window-minutes": "10080"
  }
)
const successor = answer(200, { error: "server_error", refresh_token: "rt-new" })

describe("a refusal of the token endpoint", () => {
  it("is told as its verdict, what follows, the rule with what it matches and how it is known, and what is recorded", () =>
    assert.deepStrictEqual(lines(reused), [
      "Terminal Reused, to be confirmed",
      "  The pool looks three more times within 3 s whether another program refreshed it. If not, the login is dead, and somebody must log in again.",
      `  rule        codes/refresh_token_reused, version 1; classifier ${classifierVersion}`,
      "  matches     code refresh_token_reused",
      "  known from  single-use rotation (RFC 9700 section 4.14.2)",
      `  evidence    status 401; code refresh_token_reused; message "It was used before."; body json; the request left`
    ]))

  it("that needs no confirmation asks for none", () =>
    assert.deepStrictEqual(lines(answer(403, { error: "account_deactivated" })).slice(0, 2), [
      "Terminal AccountClosed",
      "  The login is dead. Somebody must log in again."
    ]))

  it("that says when to come again is told with the time", () =>
    assert.deepStrictEqual(lines(limited).slice(0, 3), [
      "Transient RateLimited",
      "  The login lives. It is tried again when the provider allows it.",
      "  not before  2026-11-22T10:00:30Z (in 30 s)"
    ]))

  it("that says when to come again is recorded with the time to the millisecond", () =>
    assert.include(lines(limited).at(-1), "retryAfter 2026-11-22T10:00:30.000Z"))

  it("that carries a refresh token says that it is kept", () =>
    assert.include(lines(successor), "  A new refresh token came with it: that one is kept, and sent next."))

  it("under 200 is a refusal if it says an error, whatever else it carries", () =>
    assert.strictEqual(
      lines(answer(200, { error: "invalid_grant", access_token: "at-new" }))[0],
      "Terminal Revoked, to be confirmed"
    ))

  it("is judged by the provider's own rules first", () => {
    const ended = answer(401, { error: { code: "app_session_terminated" } })
    assert.strictEqual(lines(ended)[0], "Transient Unrecognized")
    assert.strictEqual(lines(ended, provider("openai-codex"))[0], "Terminal Revoked, to be confirmed")
  })

  it("shows no quota, for its windows are not the model API's", () =>
    assert.notMatch(lines(usedUp).join("\n"), /^ {2}quota/m))
})

describe("a fault of the transport", () => {
  const fault = (name: string) => Result.getOrThrow(read(JSON.stringify({ fault: name }))).answer

  it("before anything was sent says so", () =>
    assert.deepStrictEqual(lines(fault("dns")).slice(0, 2), [
      "Transient Network",
      "  Nothing was sent. It is tried again after a pause."
    ]))

  it("after the request left may have spent the token", () =>
    assert.deepStrictEqual(lines(fault("timeout-after-send")).slice(0, 2), [
      "Transient OutcomeUnknown",
      "  The token that was sent may be spent. It is not sent again while its access token is good."
    ]))

  it("says nothing against a credential at the model API", () =>
    assert.strictEqual(lines(fault("reset-before-response"), { surface: "api" })[0], "UpstreamFault"))
})

describe("a refusal of the model API", () => {
  it.each([
    ["oauth", "AccessExpired"],
    ["apiKey", "GrantRevoked"]
  ] as const)("means something else for a credential of the kind %s", (kind, verdict) =>
    assert.strictEqual(lines(answer(401), { surface: "api", kind })[0], verdict)
  )

  it("about a model says that it is about the model", () =>
    assert.deepStrictEqual(lines(answer(404, { error: { code: "model_not_found" } }), { surface: "api" }).slice(0, 2), [
      "ModelUnavailable (model)",
      "  The credential is benched for this model only."
    ]))

  it("for a used-up quota is told with every window, and when it is free again if that was said", () => {
    const told = lines(usedUp, { surface: "api" })
    assert.deepStrictEqual(told.slice(0, 3), [
      "QuotaExhausted",
      "  The credential is benched until its quota is free again, for a day at most; then it is looked at again.",
      "  not before  2026-11-22T11:00:00Z (in 1 h)"
    ])
    assert.deepStrictEqual(told.slice(-2), [
      "  quota       5h 100 % used, free again 2026-11-22T11:00:00Z (in 1 h)",
      "  quota       7d 12.5 % used"
    ])
    assert.include(told.at(-3), "exhausted 5h")
  })
})

describe("a success", () => {
  it("with a refresh token says so", () =>
    assert.deepStrictEqual(lines(answer(200, { access_token: "at-new", refresh_token: "rt-new" })), [
      "Success, with a new refresh token"
    ]))

  it("without a refresh token is a success and nothing else", () =>
    assert.deepStrictEqual(lines(answer(200, { access_token: "at-new" })), ["Success"]))

  it("of the model API is told with the quota that it announces", () =>
    assert.deepStrictEqual(lines(answer(204, "", { "x-codex-primary-used-percent": "7" }), { surface: "api" }), [
      "Success",
      "  quota       primary 7 % used"
    ]))
})

describe("the colour of a verdict", () => {
  const toned: Paint = (tone, text) => `<${tone}>${text}`
  it.each([
    ["Terminal", reused, {}, "<bad>Terminal Reused, to be confirmed"],
    ["GrantRevoked", answer(401), { surface: "api", kind: "apiKey" }, "<bad>GrantRevoked"],
    ["Transient", limited, {}, "<waiting>Transient RateLimited"],
    ["RateLimited", limited, { surface: "api" }, "<waiting>RateLimited"],
    ["Success", answer(200, { access_token: "at-new" }), {}, "<good>Success"]
  ] as const)("%s tells death from waiting", (_, answer, about, first) =>
    assert.strictEqual(lines(answer, about, toned)[0], first)
  )
})

describe("in JSON", () => {
  it("a terminal verdict has its reason, whether it is to be confirmed, its rule and the evidence", () =>
    assert.deepStrictEqual(json(reused), {
      verdict: "Terminal",
      reason: "Reused",
      confirm: true,
      successor: false,
      rule: {
        id: "codes/refresh_token_reused",
        version: 1,
        matches: "code refresh_token_reused",
        source: "single-use rotation (RFC 9700 section 4.14.2)"
      },
      classifier: classifierVersion,
      evidence: {
        status: 401,
        code: "refresh_token_reused",
        message: "It was used before.",
        body: "json",
        left: true
      },
      quota: []
    }))

  it("a transient verdict has its times as instants", () =>
    assert.deepStrictEqual(json(limited), {
      verdict: "Transient",
      reason: "RateLimited",
      until: "2026-11-22T10:00:30.000Z",
      successor: false,
      rule: { id: "status/429", version: 1, matches: "status 429", source: "RFC 6585 section 4" },
      classifier: classifierVersion,
      evidence: { status: 429, body: "empty", retryAfter: "2026-11-22T10:00:30.000Z", left: true },
      quota: []
    }))

  it("a verdict of the model API has its scope, and the quota windows", () => {
    const { quota, ...told } = json(usedUp, { surface: "api" }) as { readonly quota: unknown }
    assert.deepInclude(told, { verdict: "QuotaExhausted", scope: "credential", until: "2026-11-22T11:00:00.000Z" })
    assert.deepStrictEqual(quota, [
      { name: "5h", usedPercent: 100, resetsAt: "2026-11-22T11:00:00.000Z" },
      { name: "7d", usedPercent: 12.5 }
    ])
  })

  it("an answer with a refresh token that is no success has a successor", () =>
    assert.deepInclude(json(successor) as object, { verdict: "Transient", successor: true }))

  it("a success says whether a refresh token came", () => {
    assert.deepStrictEqual(json(answer(200, { access_token: "at-new", refresh_token: "rt-new" })), {
      verdict: "Success",
      rotated: true,
      quota: []
    })
    assert.deepStrictEqual(json(answer(200, { access_token: "at-new" })), {
      verdict: "Success",
      rotated: false,
      quota: []
    })
  })
})

describe("what is private in an answer", () => {
  const secrets = {
    access: "at-plainwords",
    refresh: "gooseberry jam",
    id: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2ln",
    key: "sk-test-0123456789abcdef",
    first: "blueberry",
    second: "raspberry",
    person: "ada.lovelace@example.com"
  }
  const echo = Object.values(secrets).join(", ")
  const curl = (status: string, body: object): Question["answer"] =>
    Result.getOrThrow(
      read(
        [
          `HTTP/1.1 ${status}`,
          `Set-Cookie: session=${secrets.first}; Path=/; HttpOnly`,
          `Set-Cookie: __cf_bm=${secrets.second}; Secure`,
          `WWW-Authenticate: Bearer error="invalid_token", error_description="${secrets.key} of ${secrets.person}"`,
          "",
          JSON.stringify(body)
        ].join("\r\n")
      )
    ).answer
  const tokens = { access_token: secrets.access, refresh_token: secrets.refresh, id_token: secrets.id }

  it.each([
    ["a success", curl("200 OK", tokens), "token"],
    [
      "a refusal that repeats it",
      curl("400 x", { ...tokens, error: "invalid_grant", error_description: echo }),
      "token"
    ],
    ["a refusal that says it at the top", curl("400 x", { ...tokens, message: echo, code: secrets.access }), "token"],
    ["a 200 that carries an error", curl("200 OK", { ...tokens, error: { message: echo } }), "token"],
    ["a header that says the error", curl("401 Unauthorized", {}), "api"],
    ["an error of the model API", curl("403 x", { ...tokens, error: { code: secrets.key, message: echo } }), "api"]
  ] as const)("is in no line and no JSON: %s", (_, answer, surface) => {
    const shown = lines(answer, { surface }).join("\n") + JSON.stringify(json(answer, { surface }))
    for (const [name, secret] of Object.entries(secrets)) assert.notInclude(shown, secret, name)
  })
})
