/**
 * The failures that the project was begun for, as they were reported, each with what must happen instead.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { RefreshError } from "daybook"
import { audit, readLedger } from "./support/Audit.ts"
import { inWorld } from "./support/inWorld.ts"
import type { World } from "./support/World.ts"

const provider = "openai-codex"
const slow = 120_000
const run = Effect.runPromise

const posts = async (world: World) => (await run(world.sandbox.journal)).length

/** Another login of a person, which hermes keeps as a row of its own. */
const withManualRow = async (world: World) => {
  const other = await run(world.sandbox.issue({ dialect: "codex" }))
  const { access_token, refresh_token } = other
  world.otherRows = [
    {
      id: "manual",
      label: "mine",
      auth_type: "oauth",
      priority: 0,
      source: "manual:device_code",
      access_token,
      refresh_token
    }
  ]
  await world.writeLogin(world.login)
  return other
}

describe("a dead token", () => {
  it.live(
    "is not replayed after a restart, and is gone from the store",
    () =>
      inWorld(async (world) => {
        const other = await withManualRow(world)
        await run(world.sandbox.revoke({ grant: world.grant }))
        const first = await world.open()
        const error = await world.failure(
          first.getToken(provider, { failedToken: world.login.access_token, credential: "main" })
        )
        await first.close()
        assert.instanceOf(error, RefreshError)
        assert.deepInclude(error.reason, { _tag: "Terminal", reason: "Revoked" })
        const sent = await posts(world)

        const { active_provider, credential_pool, providers, unknown_field } = await world.readVault()
        assert.strictEqual(active_provider, provider)
        assert.deepStrictEqual(unknown_field, { kept: true })
        assert.notProperty(providers[provider].tokens, "access_token")
        assert.notProperty(providers[provider].tokens, "refresh_token")
        assert.deepInclude(providers[provider].last_auth_error, {
          reason: "credential_pool_refresh_failure",
          relogin_required: true
        })
        assert.deepStrictEqual(
          credential_pool[provider].map(({ id, source }) => [id, source]),
          [
            ["manual", "manual:device_code"],
            ["keyrow", "manual"]
          ]
        )
        assert.strictEqual(credential_pool[provider][0]?.refresh_token, other.refresh_token)

        await using again = await world.open()
        const dead = await world.failure(again.getToken(provider, { credential: "main" }))
        assert.instanceOf(dead, RefreshError)
        assert.strictEqual(dead.reason._tag, "Terminal")
        assert.strictEqual((await again.getToken(provider)).credential, "manual")
        assert.strictEqual(await posts(world), sent)
        assert.deepStrictEqual((await audit(world, [world.grant, other.grant])).breaches, [])
      }),
    slow
  )

  it.live(
    "comes back with a new login, without an operator",
    () =>
      inWorld(async (world) => {
        await run(world.sandbox.revoke({ grant: world.grant }))
        await using pool = await world.open()
        await world.failure(pool.getToken(provider, { failedToken: world.login.access_token, credential: "main" }))
        const login = await world.logIn()
        assert.strictEqual((await pool.getToken(provider, { credential: "main" })).token, login.access_token)
        const lifted = (await readLedger(world)).filter(({ type }) => type === "QuarantineLifted")
        assert.strictEqual(lifted.length, 1)
      }),
    slow
  )
})

describe("a transient failure", () => {
  const faults = {
    "a 503": { _tag: "Status", status: 503 },
    "a 429 with Retry-After": { _tag: "Status", status: 429, headers: { "retry-after": "1" } },
    "an HTML challenge": { _tag: "HtmlChallenge" },
    "a redirect": { _tag: "Redirect" },
    "a connection reset": { _tag: "Reset" },
    "an answer that is no JSON": { _tag: "Garbage" }
  } as const

  for (const [name, fault] of Object.entries(faults)) {
    it.live(
      `leaves everything in place: ${name}`,
      () =>
        inWorld(async (world) => {
          await run(world.sandbox.fault({ fault, times: 1 }))
          await using pool = await world.open()
          const before = await world.readVault()
          const error = await world.failure(pool.getToken(provider, { forceRefresh: true, credential: "main" }))
          assert.instanceOf(error, RefreshError)
          assert.strictEqual(error.reason._tag, "Transient")
          assert.deepStrictEqual(await world.readVault(), before)
          assert.strictEqual((await pool.getToken(provider, { credential: "main" })).token, world.login.access_token)
          const [seeded] = (await pool.status()).credentials
          assert.include(["ok", "suspect"], seeded?.word)
          assert.deepStrictEqual(await run(world.sandbox.trapped), [])
          assert.deepStrictEqual((await audit(world)).breaches, [])
        }),
      slow
    )
  }
})

describe("an API that calls the login revoked", () => {
  for (const code of ["token_invalidated", "token_revoked"] as const) {
    it.live(
      `kills the generation and never cools it down: ${code}`,
      () =>
        inWorld(async (world) => {
          await run(world.sandbox.revoke({ grant: world.grant, code }))
          await using pool = await world.open()
          const { token } = await pool.getToken(provider, { credential: "main" })
          const response = await fetch(`${world.sandbox.origin}/v1/models`, {
            headers: { authorization: `Bearer ${token}` }
          })
          assert.strictEqual(response.status, 401)
          const verdict = await pool.report(provider, token, {
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: await response.text()
          })
          assert.strictEqual(verdict?.verdict, "GrantRevoked")
          const [seeded] = (await pool.status()).credentials
          assert.deepInclude(seeded, { word: "dead", reason: "Revoked", until: undefined })
          assert.instanceOf(await world.failure(pool.getToken(provider, { credential: "main" })), RefreshError)
          const { breaches, events } = await audit(world)
          assert.deepStrictEqual(breaches, [])
          assert.notInclude(
            events.map(({ type }) => type),
            "CooldownStarted"
          )
          assert.strictEqual(await posts(world), 0)
          assert.property((await world.readVault()).providers[provider].tokens, "refresh_token")
        }),
      slow
    )
  }
})

describe("a nested refresh_token_reused", () => {
  it.live(
    "is recognised, and the message says which program to look at and which command to run",
    () =>
      inWorld(async (world) => {
        await fetch(`${world.sandbox.origin}/oauth/token`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ grant_type: "refresh_token", refresh_token: world.login.refresh_token })
        })
        await using pool = await world.open()
        const error = await world.failure(
          pool.getToken(provider, { failedToken: world.login.access_token, credential: "main" })
        )
        assert.instanceOf(error, RefreshError)
        assert.deepInclude(error.reason, { _tag: "Terminal", reason: "Reused" })
        assert.include(error.message, world.vault)
        assert.include(error.message, "hermes auth add openai-codex")
      }),
    slow
  )
})

describe("a new pair that another process stores while a verdict is being confirmed", () => {
  it.live(
    "is adopted; nothing is cleared and no row is removed",
    () =>
      inWorld(async (world) => {
        await run(world.sandbox.revoke({ grant: world.grant }))
        await using pool = await world.open({ confirmAfter: [0, 300, 600] })
        const asked = world.failure(
          pool.getToken(provider, { failedToken: world.login.access_token, credential: "main" })
        )
        for await (const event of pool.events()) if (event.type === "RefreshFailed") break
        const login = await world.logIn()
        assert.isUndefined(await asked)
        assert.strictEqual((await pool.getToken(provider, { credential: "main" })).token, login.access_token)
        const { credential_pool, providers } = await world.readVault()
        assert.strictEqual(providers[provider].tokens.refresh_token, login.refresh_token)
        assert.strictEqual(credential_pool[provider].length, 2)
        const types = (await readLedger(world)).map(({ type }) => type)
        assert.include(types, "RaceAdopted")
        assert.notInclude(types, "StoreCleared")
        assert.notInclude(types, "CredentialQuarantined")
      }),
    slow
  )
})
