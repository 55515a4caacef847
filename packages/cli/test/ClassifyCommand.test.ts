/** `daybook classify` as a process: what it takes on standard input, what it answers, and how it ends. */
import { defaultProviders } from "@daybook/oauth/Providers"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { daybook, hasTrace, type Place } from "./support/Cli.ts"
import { noise } from "./support/Noise.ts"
import { snapshot, tempFolder } from "./support/TempFolder.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 60_000 })

const secrets = {
  access: "at-plainwords",
  refresh: "rt-plainwords",
  cookie: "blueberry",
  other: "raspberry",
  person: "ada.lovelace@example.com"
}

const curl = (status: string, fields: ReadonlyArray<string>, body: string): string =>
  [`HTTP/1.1 ${status}`, ...fields, "", body].join("\r\n")

const cookies = [`Set-Cookie: session=${secrets.cookie}; Path=/`, `set-cookie: __cf_bm=${secrets.other}`]
const refused = curl(
  "400 Bad Request",
  ["Content-Type: application/json", ...cookies],
  JSON.stringify({
    error: "invalid_grant",
    error_description: `${Object.values(secrets).join(" ")} expired`,
    access_token: secrets.access,
    refresh_token: secrets.refresh
  })
)

/** In an empty home, of which nothing is made; whatever comes, there is no trace and nothing private. */
const classify = Effect.fnUntraced(function* (args: ReadonlyArray<string>, place: Omit<Place, "user"> = {}) {
  const user = yield* tempFolder
  const before = snapshot(user)
  const ran = yield* daybook(["classify", ...args], { user, ...place })
  assert.isFalse(hasTrace(ran), ran.stderr)
  for (const [name, secret] of Object.entries(secrets)) assert.notInclude(ran.stdout + ran.stderr, secret, name)
  assert.deepStrictEqual(snapshot(user), before)
  return ran
})

describe.concurrent("the command", () => {
  it.live("judges what curl -i prints, by the common rules of the token endpoint unless told more", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* classify([], { input: refused })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^Terminal Expired, to be confirmed\n/)
      assert.include(stdout, "codes/invalid_grant.expired")
    })
  )

  it.live("judges a line of a corpus as that line says, unless a flag says otherwise", () =>
    Effect.gen(function* () {
      const response = { status: 401, headers: {}, body: `{"error":{"code":"token_invalidated"}}` }
      const row = { id: "a", surface: "api", provider: "openai-codex", response, expect: { verdict: "GrantRevoked" } }
      const input = JSON.stringify(row)
      assert.match((yield* classify([], { input })).stdout, /^GrantRevoked\n/)
      assert.match((yield* classify(["--surface", "token"], { input })).stdout, /^Terminal Revoked/)
    })
  )

  it.live("answers in JSON", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* classify(["--json"], { input: refused })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.deepInclude(JSON.parse(stdout), { verdict: "Terminal", reason: "Expired", confirm: true, quota: [] })
    })
  )

  it.live("says a success in one line, with nothing of what came", () =>
    Effect.gen(function* () {
      const tokens = JSON.stringify({ access_token: secrets.access, refresh_token: secrets.refresh })
      assert.deepStrictEqual(yield* classify([], { input: curl("200 OK", cookies, tokens) }), {
        code: 0,
        stdout: "Success, with a new refresh token\n",
        stderr: ""
      })
    })
  )

  it.live("judges by provider, surface and kind of credential", () =>
    Effect.gen(function* () {
      const input = JSON.stringify({ status: 401, headers: {}, body: "" })
      const args = ["--provider", "xai-oauth", "--surface", "api", "--kind", "apiKey"]
      const { code, stdout } = yield* classify(args, { input })
      assert.strictEqual(code, 0)
      assert.match(stdout, /^GrantRevoked\n/)
      assert.include(stdout, "api/status/401.key")
    })
  )

  it.live("judges a body of 3 MiB by its status, unread", () =>
    Effect.gen(function* () {
      const body = JSON.stringify({ error: "invalid_grant", filler: `${secrets.access} `.repeat(230_000) })
      assert.isAbove(body.length, 3 * 1024 * 1024)
      const { code, stdout } = yield* classify([], { input: curl("503 Service Unavailable", cookies, body) })
      assert.strictEqual(code, 0)
      assert.match(stdout, /^Transient ServerError\n/)
      assert.include(stdout, "unread true")
    })
  )

  it.live("reads JSON behind a byte order mark", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* classify([], { input: `\uFEFF${JSON.stringify({ fault: "dns" })}\r\n` })
      assert.strictEqual(code, 0)
      assert.match(stdout, /^Transient Network\n/)
    })
  )

  it.live.each([
    ["nothing", undefined, "is empty"],
    ["blank lines", "\n\r\n", "is empty"],
    ["a sentence", `It failed for ${secrets.person}.`, "begins neither with HTTP/ nor is it JSON"],
    ["JSON without the members", JSON.stringify({ error: secrets.access }), "is JSON, but without a status"],
    ["a status line that is none", `HTTP/1.1 ${secrets.access}`, "has no status line"]
  ] as const)("refuses %s with 2, one line, and an example of what it takes", ([, input, why]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* classify([], input === undefined ? {} : { input })
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.match(stderr, new RegExp(`^Standard input ${why}[^\n]*\\| daybook classify[^\n]*\n$`))
    })
  )

  it.live("refuses bytes that are no text", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* classify([], { input: noise })
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, "begins neither with HTTP/ nor is it JSON")
    })
  )

  it.live("takes a status and headers with bytes that are no text, and prints none of them as they are", () =>
    Effect.gen(function* () {
      const parts = ["HTTP/1.1 418 ", noise, "\r\nx-request-id: ", noise, "\r\n\r\n", noise]
      const { code, stderr, stdout } = yield* classify([], {
        input: Buffer.concat(parts.map((part) => Buffer.from(part)))
      })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^Transient Unrecognized\n/)
      assert.notMatch(stdout.replaceAll("\n", ""), /\p{Cc}/u)
    })
  )

  it.live("does not wait for a person who has given it nothing", () =>
    Effect.gen(function* () {
      const terminal = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
      const { code, stdout } = yield* classify([], { wrapper: ["python3", "-c", terminal] })
      assert.strictEqual(code, 2)
      assert.match(stdout, /^There is nothing on standard input\. [^\n]*\n$/)
    })
  )

  it.live("refuses a provider that nobody has defined, and names those that are", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* classify(["--provider", "acme"], { input: refused })
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, `There is no definition of "acme".`)
      for (const { id } of defaultProviders) assert.include(stderr, id)
    })
  )

  it.live.each([
    ["--surface", "web"],
    ["--kind", "key"],
    ["--event", "first"]
  ] as const)("refuses a wrong %s with 2", ([flag, value]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* classify([flag, value], { input: refused })
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, flag)
      assert.include(stderr, value)
    })
  )
})
