import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as SandboxControl from "@daybook/sandbox/SandboxControl"
import * as Client from "./support/Client.ts"

const documents = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]

describe("discovery", () => {
  it.live("names the endpoints of xai at the same origin", () =>
    Effect.gen(function* () {
      const { origin } = yield* Sandbox.make()
      const reply = yield* Client.send(`${origin}/.well-known/openid-configuration`, {})
      assert.strictEqual(reply.status, 200)
      assert.deepInclude(reply.body, {
        issuer: origin,
        token_endpoint: `${origin}/oauth2/token`,
        revocation_endpoint: `${origin}/oauth2/revoke`,
        device_authorization_endpoint: `${origin}/oauth2/device/code`
      })
    })
  )

  for (const document of documents) {
    it.live(`names another issuer and token endpoint on demand at ${document}`, () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        yield* sandbox.discovery({ tokenEndpoint: "http://evil.test/token", issuer: "http://evil.test" })
        const reply = yield* Client.send(`${sandbox.origin}${document}`, {})
        assert.deepInclude(reply.body, { token_endpoint: "http://evil.test/token", issuer: "http://evil.test" })
        assert.property(reply.body, "revocation_endpoint")
      })
    )

    it.live(`fails on demand at ${document}`, () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        yield* sandbox.discovery({ status: 503 })
        assert.strictEqual((yield* Client.send(`${sandbox.origin}${document}`, {})).status, 503)
      })
    )

    it.live(`says anything on demand at ${document}`, () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        yield* sandbox.discovery({ body: '{"issuer":null}' })
        const reply = yield* Client.send(`${sandbox.origin}${document}`, {})
        assert.deepStrictEqual([reply.status, reply.text], [200, '{"issuer":null}'])
      })
    )
  }

  it.live("tells the truth again when it is told nothing", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.discovery({ issuer: "http://evil.test", status: 500 })
      yield* sandbox.discovery({})
      const reply = yield* Client.send(`${sandbox.origin}/.well-known/openid-configuration`, {})
      assert.deepStrictEqual([reply.status, reply.body.issuer], [200, sandbox.origin])
    })
  )

  it.live("is told what to say from another process as well", () =>
    Effect.gen(function* () {
      const { origin } = yield* Sandbox.make()
      const sandbox = yield* SandboxControl.connect(origin)
      yield* sandbox.discovery({ issuer: "http://evil.test" })
      const reply = yield* Client.send(`${origin}/.well-known/openid-configuration`, {})
      assert.strictEqual(reply.body.issuer, "http://evil.test")
    })
  )
})
