/** One answer in the forms in which people have it, as a function of its text. */
import { read } from "@daybook/cli/ResponseText"
import { faults } from "@daybook/oauth/Corpus"
import { assert, describe, it } from "@effect/vitest"
import { Option, Result } from "effect"

const given = (text: string) => Result.getOrThrow(read(text)).answer
const aboutOf = (text: string) => Result.getOrThrow(read(text)).about
const refusalOf = (text: string) => Result.getFailure(read(text))

const crlf = (...lines: ReadonlyArray<string>): string => lines.join("\r\n")
const withFields = (...fields: ReadonlyArray<string>) => given(crlf("HTTP/1.1 401 Unauthorized", ...fields, "", "{}"))
const headersOf = (...fields: ReadonlyArray<string>) => {
  const answer = withFields(...fields)
  return "headers" in answer ? answer.headers : assert.fail("a fault")
}

describe("what curl -i prints", () => {
  const lines = ["HTTP/1.1 400 Bad Request", "Content-Type: application/json", "", `{"error":"invalid_grant"}`]
  const parts = {
    status: 400,
    headers: { "content-type": "application/json" },
    body: `{"error":"invalid_grant"}`
  }

  it.each([
    ["CRLF", "\r\n"],
    ["LF", "\n"]
  ])("is read with %s at the ends of its lines", (_, end) => assert.deepStrictEqual(given(lines.join(end)), parts))

  it.each([
    ["HTTP/1.0", "HTTP/1.0 400 Bad Request"],
    ["HTTP/2, which has no reason phrase", "HTTP/2 400"],
    ["HTTP/2 with a blank behind the status", "HTTP/2 400 "],
    ["HTTP/3", "HTTP/3 400"],
    ["a reason phrase of several words, one of them a number", "HTTP/1.1 400 Not 200 OK"]
  ])("is read with the status line of %s", (_, statusLine) =>
    assert.deepStrictEqual(given(crlf(statusLine, ...lines.slice(1))), parts)
  )

  it("is read behind a byte order mark and blank lines", () =>
    assert.deepStrictEqual(given(`\uFEFF\r\n\n${crlf(...lines)}`), parts))

  it("keeps the body as it came, blank lines and all", () => {
    const body = "\n{\r\n\r\n}\n\n"
    assert.deepStrictEqual(given(`HTTP/2 500\n\n${body}`), { status: 500, headers: {}, body })
  })

  it.each([
    ["that ends behind its blank line", "HTTP/1.1 502 Bad Gateway\r\nServer: x\r\n\r\n"],
    ["whose blank line is missing", "HTTP/1.1 502 Bad Gateway\r\nServer: x\r\n"],
    ["that is cut off in its headers", "HTTP/1.1 502 Bad Gateway\r\nServer: x"]
  ])("has no body in an answer %s", (_, text) =>
    assert.deepStrictEqual(given(text), { status: 502, headers: { server: "x" }, body: "" })
  )

  it("may be a status line alone", () =>
    assert.deepStrictEqual(given("HTTP/2 204"), { status: 204, headers: {}, body: "" }))

  it.each([
    ["an interim answer", crlf("HTTP/1.1 100 Continue", "", "")],
    ["several interim answers", crlf("HTTP/1.1 100 Continue", "", "HTTP/1.1 103 Early Hints", "Link: x", "", "")],
    ["a proxy's answer", crlf("HTTP/1.1 200 Connection established", "Proxy-Agent: x", "", "")]
  ])("counts from behind %s", (_, before) => assert.deepStrictEqual(given(before + crlf(...lines)), parts))

  it("is read behind very many interim answers", () =>
    assert.deepStrictEqual(given("HTTP/1.1 100 Continue\r\n\r\n".repeat(50_000) + crlf(...lines)), parts))

  it("may have a body that begins as an answer does and is none", () =>
    assert.deepStrictEqual(given("HTTP/1.1 505 x\r\n\r\nHTTP/1.0 is too old"), {
      status: 505,
      headers: {},
      body: "HTTP/1.0 is too old"
    }))

  it("may have one line of 32 MiB among its headers", () =>
    assert.deepStrictEqual(given(`HTTP/1.1 200 OK\nx: ${"y".repeat(32 * 1024 * 1024)}\n\nz`).status, 200))

  it.each(["HTTP/1.1", "HTTP/1.1 OK", "HTTP/2 99", "HTTP/2 099", "HTTP/1.1 4011 x", "HTTP/2\n400"])(
    "is refused without a status of three digits: %s",
    (text) => assert.deepStrictEqual(refusalOf(text), Option.some("has no status line that can be read"))
  )
})

describe("header lines", () => {
  it("are known by their names in any letter case", () =>
    assert.deepStrictEqual(headersOf("RETRY-After: 30", "x-Request-ID: r-1"), {
      "retry-after": "30",
      "x-request-id": "r-1"
    }))

  it("lose the blanks around name and value, and keep colons in the value", () =>
    assert.deepStrictEqual(headersOf("date :  Thu, 01 Jan 2026 10:00:00 GMT  ", "empty:"), {
      date: "Thu, 01 Jan 2026 10:00:00 GMT",
      empty: ""
    }))

  it.each([" ", "\t", "    "])("go on in a line that begins with blanks: %j", (blanks) =>
    assert.deepStrictEqual(headersOf("www-authenticate: Bearer", `${blanks}error="invalid_token", retry-after: 5`), {
      "www-authenticate": `Bearer error="invalid_token", retry-after: 5`
    })
  )

  it("of one name are one list", () =>
    assert.deepStrictEqual(headersOf("Set-Cookie: a=1", "x: y", "set-cookie: b=2"), {
      "set-cookie": "a=1, b=2",
      x: "y"
    }))

  it("that are none are passed over", () =>
    assert.deepStrictEqual(headersOf("no colon here", ": no name", "x: y"), { x: "y" }))

  it("may be named as the members that every object has", () => {
    const headers = headersOf("__proto__: 1", "constructor: 2")
    assert.deepStrictEqual(Object.entries(headers), [
      ["__proto__", "1"],
      ["constructor", "2"]
    ])
  })
})

describe("JSON", () => {
  const response = { status: 429, headers: { "Retry-After": "30" }, body: "slow down" }
  const parts = { ...response, headers: { "retry-after": "30" } }

  it("with status, headers and body is an answer", () => assert.deepStrictEqual(given(JSON.stringify(response)), parts))

  it("may have a byte order mark before it", () =>
    assert.deepStrictEqual(given(`\uFEFF${JSON.stringify(response)}`), parts))

  it("may be a line of a corpus with an answer", () => {
    const row = { id: "a", surface: "api", provider: "nous", response, expect: { verdict: "RateLimited" } }
    assert.deepStrictEqual(given(`${JSON.stringify(row)}\r\n`), parts)
  })

  it("says of itself what a line of a corpus says, and nothing otherwise", () => {
    const about = { surface: "api", provider: "nous", kind: "apiKey", now: "2026-06-01T00:00:00Z" } as const
    const row = { id: "a", ...about, response, expect: { verdict: "RateLimited" } }
    assert.deepStrictEqual(aboutOf(JSON.stringify(row)), about)
    assert.deepStrictEqual(aboutOf(JSON.stringify(response)), {})
    assert.deepStrictEqual(aboutOf("HTTP/2 204"), {})
  })

  it.each(Object.entries(faults))("may be a line of a corpus with the fault %s", (fault, known) => {
    const row = { id: "a", surface: "token", provider: "nous", fault, expect: { verdict: "Transient" } }
    assert.deepStrictEqual(given(JSON.stringify(row)), known)
  })

  it.each([
    {},
    [],
    null,
    1,
    "text",
    { status: 400 },
    { ...response, status: "429" },
    { ...response, status: 99 },
    { ...response, status: 429.5 },
    { ...response, headers: undefined },
    { ...response, headers: { "retry-after": 30 } },
    { ...response, headers: [["retry-after", "30"]] },
    { ...response, body: { error: "invalid_grant" } },
    { response: { status: 400 } },
    { fault: "sunspots" },
    { fault: "toString" },
    [response]
  ])("that is no answer is refused as such: %j", (json) =>
    assert.match(Option.getOrThrow(refusalOf(JSON.stringify(json))), /^is JSON, but without a status .*headers.*body/)
  )
})

it.each(["", " ", "\n\r\n\t", "\uFEFF"])("a text with nothing in it is called empty: %j", (text) =>
  assert.deepStrictEqual(refusalOf(text), Option.some("is empty"))
)

it.each(["an error", "{", `{"status":400`, "< HTTP/1.1 400", "<html></html>", "\0\x01\uFFFD", "HTTPS/1.1 400", "HTTP"])(
  "a text that is neither HTTP nor JSON is refused as such: %j",
  (text) => assert.deepStrictEqual(refusalOf(text), Option.some("begins neither with HTTP/ nor is it JSON"))
)

it("what is refused is not repeated", () => {
  for (const text of ["secret-1", `HTTP/1.1 secret-1`, `{"body":"secret-1"}`, `{"secret-1":"`]) {
    assert.notInclude(Option.getOrThrow(refusalOf(text)), "secret-1")
  }
})
