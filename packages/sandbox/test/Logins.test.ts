/** Logins by browser and by device, as a client meets them that shares no code with the sandbox. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hash } from "node:crypto"
import type { LoginPolicy } from "@daybook/sandbox/Logins"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as Client from "./support/Client.ts"

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
const redirect_uri = "http://localhost:1455/auth/callback"
const client_id = "app"

const request = {
  response_type: "code",
  client_id,
  redirect_uri,
  scope: "openid",
  state: "state-1",
  code_challenge: hash("sha256", verifier, "base64url"),
  code_challenge_method: "S256"
}

/** Opens the authorization page; answers where the browser is sent. */
const open = Effect.fnUntraced(function* (origin: string, change: Record<string, string> = {}) {
  const query = new URLSearchParams({ ...request, ...change })
  const reply = yield* Client.send(`${origin}/oauth/authorize?${query.toString()}`, {})
  const location = reply.headers.get("location")
  return { reply, sent: location === null ? undefined : new URL(location) }
})

const begun = Effect.fnUntraced(function* (policy: LoginPolicy = {}) {
  const sandbox = yield* Sandbox.make()
  yield* sandbox.logins(policy)
  const { sent } = yield* open(sandbox.origin)
  const code = sent?.searchParams.get("code") ?? ""
  const exchange = (change: Record<string, string> = {}) =>
    Client.postForm(`${sandbox.origin}/oauth/token`, {
      grant_type: "authorization_code",
      client_id,
      redirect_uri,
      code,
      code_verifier: verifier,
      ...change
    })
  return { sandbox, sent, code, exchange }
})

describe("the authorization endpoint", () => {
  it.live("sends the person back with a code, the state and its own name", () =>
    Effect.gen(function* () {
      const { code, sandbox, sent } = yield* begun()
      assert.strictEqual(`${sent?.origin}${sent?.pathname}`, redirect_uri)
      assert.strictEqual(sent?.searchParams.get("state"), "state-1")
      assert.strictEqual(sent?.searchParams.get("iss"), sandbox.origin)
      assert.match(code, /^ac_/)
    })
  )

  for (const [decision, name, value] of [
    ["deny", "error", "access_denied"],
    ["fail", "error", "server_error"],
    ["wrongIssuer", "iss", "https://elsewhere.test"]
  ] as const) {
    it.live(`answers so when the test says ${decision}`, () =>
      Effect.gen(function* () {
        const { sent } = yield* begun({ decision })
        assert.strictEqual(sent?.searchParams.get(name), value)
      })
    )
  }

  it.live("answers with another state when the test says so", () =>
    Effect.gen(function* () {
      const { sent } = yield* begun({ decision: "wrongState" })
      assert.notStrictEqual(sent?.searchParams.get("state"), "state-1")
    })
  )

  it.live("sends nobody to a place elsewhere", () =>
    Effect.gen(function* () {
      const { origin } = yield* Sandbox.make()
      const { reply } = yield* open(origin, { redirect_uri: "https://evil.test/" })
      assert.deepStrictEqual([reply.status, reply.headers.get("location")], [400, null])
    })
  )

  it.live("takes no challenge but S256", () =>
    Effect.gen(function* () {
      const { origin } = yield* Sandbox.make()
      const { sent } = yield* open(origin, { code_challenge_method: "plain", code_challenge: verifier })
      assert.strictEqual(sent?.searchParams.get("error"), "invalid_request")
    })
  )

  it.live("shows the code on its own page to a person who must carry it over", () =>
    Effect.gen(function* () {
      const { origin } = yield* Sandbox.make()
      const { sent } = yield* open(origin, { redirect_uri: `${origin}/oauth/code/callback` })
      const { text } = yield* Client.send(sent?.href ?? "", {})
      assert.match(text, /<code>ac_[\w-]+#state-1<\/code>/)
    })
  )
})

describe("an authorization code", () => {
  it.live("becomes a login of the person that the test named", () =>
    Effect.gen(function* () {
      const { exchange, sandbox } = yield* begun({ grant: { account: "account-7" } })
      const { body, status } = yield* exchange()
      assert.strictEqual(status, 200)
      const refreshed = yield* Client.refresh(sandbox.origin, String(body["refresh_token"]))
      assert.strictEqual(refreshed.status, 200)
      const [, claims = ""] = String(body["access_token"]).split(".")
      assert.include(Buffer.from(claims, "base64url").toString(), "account-7")
    })
  )

  for (const [what, change] of [
    ["another verifier", { code_verifier: "x".repeat(43) }],
    ["another address", { redirect_uri: "http://localhost:1/auth/callback" }],
    ["another client", { client_id: "other" }]
  ] as const) {
    it.live(`is refused with ${what}, and spent`, () =>
      Effect.gen(function* () {
        const { exchange } = yield* begun()
        const wrong = yield* exchange(change)
        assert.deepStrictEqual([wrong.status, wrong.body["error"]], [400, "invalid_grant"])
        assert.strictEqual((yield* exchange()).status, 400)
      })
    )
  }

  it.live("that comes twice is refused, and takes the first login with it", () =>
    Effect.gen(function* () {
      const { exchange, sandbox } = yield* begun()
      const { body } = yield* exchange()
      assert.strictEqual((yield* exchange()).status, 400)
      assert.strictEqual((yield* Client.refresh(sandbox.origin, String(body["refresh_token"]))).status, 401)
    })
  )

  it.live("meets the faults of the token endpoint", () =>
    Effect.gen(function* () {
      const { exchange, sandbox } = yield* begun()
      yield* sandbox.fault({ fault: { _tag: "Status", status: 503, commit: true } })
      assert.strictEqual((yield* exchange()).status, 503)
      assert.strictEqual((yield* exchange()).status, 400)
    })
  )
})

describe("a device", () => {
  const started = Effect.fnUntraced(function* (policy: LoginPolicy = { deviceInterval: 0 }) {
    const sandbox = yield* Sandbox.make()
    yield* sandbox.logins(policy)
    const { body } = yield* Client.postForm(`${sandbox.origin}/oauth2/device/code`, { client_id, scope: "openid" })
    const poll = Client.postForm(`${sandbox.origin}/oauth2/token`, {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: String(body["device_code"]),
      client_id
    })
    return { sandbox, poll, userCode: String(body["user_code"]) }
  })
  const error = Effect.map(({ body }: Client.Reply) => body["error"])

  it.live("waits until the person has decided, and gets its tokens once", () =>
    Effect.gen(function* () {
      const { poll, sandbox, userCode } = yield* started()
      assert.strictEqual(yield* error(poll), "authorization_pending")
      yield* sandbox.decide({ userCode, decision: "approve" })
      assert.strictEqual((yield* poll).status, 200)
      assert.strictEqual(yield* error(poll), "invalid_grant")
    })
  )

  it.live("is told when the person says no", () =>
    Effect.gen(function* () {
      const { poll, sandbox, userCode } = yield* started()
      yield* sandbox.decide({ userCode, decision: "deny" })
      assert.strictEqual(yield* error(poll), "access_denied")
    })
  )

  it.live("is told to slow down, and when its code is over", () =>
    Effect.gen(function* () {
      const hasty = yield* started({ deviceInterval: 60 })
      yield* hasty.poll
      assert.strictEqual(yield* error(hasty.poll), "slow_down")
      const late = yield* started({ deviceLifetime: 0 })
      assert.strictEqual(yield* error(late.poll), "expired_token")
    })
  )

  it.live("of qwen must prove itself when it polls", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.logins({ deviceInterval: 0 })
      const url = `${sandbox.origin}/api/v1/oauth2`
      assert.strictEqual((yield* Client.postForm(`${url}/device/code`, { client_id })).status, 400)
      const { code_challenge, code_challenge_method } = request
      const { body } = yield* Client.postForm(`${url}/device/code`, {
        client_id,
        code_challenge,
        code_challenge_method
      })
      yield* sandbox.decide({ userCode: String(body["user_code"]), decision: "approve" })
      const poll = (code_verifier: string) =>
        Client.postForm(`${url}/token`, {
          grant_type: "urn:ietf:params:oauth:grant-type:device_code",
          device_code: String(body["device_code"]),
          client_id,
          code_verifier
        })
      assert.strictEqual((yield* poll("x".repeat(43))).status, 400)
      assert.strictEqual((yield* poll(verifier)).status, 200)
    })
  )

  it.live("of codex gets a code with its verifier, which become a login at the token endpoint", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.logins({ deviceInterval: 0 })
      const url = `${sandbox.origin}/api/accounts/deviceauth`
      const { body } = yield* Client.postJson(`${url}/usercode`, { client_id })
      const { device_auth_id, user_code } = body
      const poll = Client.postJson(`${url}/token`, { device_auth_id, user_code })
      assert.strictEqual((yield* poll).status, 403)
      yield* sandbox.decide({ userCode: String(user_code), decision: "approve" })
      const { body: approved } = yield* poll
      const { status } = yield* Client.postForm(`${sandbox.origin}/oauth/token`, {
        grant_type: "authorization_code",
        client_id,
        redirect_uri: `${sandbox.origin}/deviceauth/callback`,
        code: String(approved["authorization_code"]),
        code_verifier: String(approved["code_verifier"])
      })
      assert.strictEqual(status, 200)
      assert.strictEqual((yield* poll).status, 403)
    })
  )

  it.live("meets faults of its own", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.deviceFault({ fault: { _tag: "Status", status: 429 } })
      const start = Client.postJson(`${sandbox.origin}/api/accounts/deviceauth/usercode`, { client_id })
      assert.deepStrictEqual([(yield* start).status, (yield* start).status], [429, 200])
      assert.lengthOf(yield* sandbox.deviceRequests, 2)
    })
  )
})
