/**
 * Client secrets: from the environment into the request, and nowhere else.
 */
import { assert, describe, it } from "@effect/vitest"
import { defineProvider, googleGemini, kimi, openPool, type Provider, providerAt, RefreshError } from "daybook"
import { secretVariable } from "@daybook/oauth/ClientSecret"
import { GrantId } from "@daybook/pool/Ids"
import * as OwnStore from "@daybook/vault/OwnStore"
import { Effect, Redacted } from "effect"
import { execFile } from "node:child_process"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { inspect, promisify } from "node:util"
import { afterEach, vi } from "vitest"
import { withClientSecret } from "../src/ClientSecrets.ts"
import { readLedger } from "./support/Audit.ts"
import { inWorld } from "./support/inWorld.ts"
import { quick, type World } from "./support/World.ts"

const slow = 120_000
const run = Effect.runPromise
const variable = "DAYBOOK_CLIENT_SECRET_GOOGLE_GEMINI"

/** With characters that a form and a JSON text write differently. */
const secret = `made-up/secret+of="the client"`

afterEach(() => void vi.unstubAllEnvs())

const revealed = ({ clientSecret }: Provider) => (clientSecret === undefined ? undefined : Redacted.value(clientSecret))

describe("the variable of a provider's client secret", () => {
  for (const [id, name] of [
    ["google-gemini", variable],
    ["kimi", "DAYBOOK_CLIENT_SECRET_KIMI"],
    ["My.Own:provider_2", "DAYBOOK_CLIENT_SECRET_MY_OWN_PROVIDER_2"],
    ["a--b", "DAYBOOK_CLIENT_SECRET_A_B"]
  ] as const) {
    it(`is ${name} for ${id}`, () => assert.strictEqual(secretVariable(id), name))
  }
})

describe("a provider whose client has a secret", () => {
  const environment = { [variable]: secret }

  it("gets it from the environment", () => {
    assert.strictEqual(revealed(withClientSecret(googleGemini, environment)), secret)
  })

  it("keeps the one that its definition has", () => {
    const own = defineProvider({ ...googleGemini, clientSecret: Redacted.make("its own") })
    assert.strictEqual(revealed(withClientSecret(own, environment)), "its own")
  })

  it("has none if the environment has none, or an empty one, or another provider's", () => {
    for (const other of [{}, { [variable]: "" }, { [secretVariable("kimi")]: secret }]) {
      assert.isUndefined(revealed(withClientSecret(googleGemini, other)))
    }
  })

  it("does not show it", () => {
    const provider = withClientSecret(googleGemini, environment)
    for (const text of [JSON.stringify(provider), inspect(provider, { depth: 8, showHidden: true })]) {
      assert.notInclude(text, "made-up")
    }
  })
})

it("a public client ignores a secret in the environment", () => {
  assert.isUndefined(revealed(withClientSecret(kimi, { [secretVariable("kimi")]: secret })))
})

/** A Google login in Daybook's own store, of a client that has the secret. */
const logIn = async ({ home, sandbox }: World) => {
  const login = await run(
    sandbox.issue({ dialect: "google", clientId: googleGemini.clientId ?? "", clientSecret: secret })
  )
  const tokens = {
    access: Redacted.make(login.access_token),
    refresh: Redacted.make(login.refresh_token),
    expiresAt: Date.now() + 3_600_000,
    refreshedAt: Date.now()
  }
  const grant = GrantId.make(crypto.randomUUID())
  await run(OwnStore.create(home, { grant, provider: googleGemini.id, source: "login", tokens }, "1 second"))
  return login
}

const open = ({ home, sandbox }: World) =>
  openPool({ home, providers: [providerAt(googleGemini, sandbox.origin)], policy: quick })

describe("a Google login", () => {
  it.live(
    "is refreshed with the secret in the environment, which stands in the body of the request",
    () =>
      inWorld(async (world) => {
        vi.stubEnv(variable, secret)
        const login = await logIn(world)
        await using pool = await open(world)
        const { token } = await pool.getToken(googleGemini.id, { forceRefresh: true })
        assert.notStrictEqual(token, login.access_token)
        const [post, ...others] = await run(world.sandbox.journal)
        assert.deepStrictEqual(others, [])
        assert.strictEqual(new URLSearchParams(post?.request?.body).get("client_secret"), secret)
        assert.notInclude(JSON.stringify([post?.request?.path, post?.request?.headers]), "made-up")
      }),
    slow
  )

  it.live(
    "is not refreshed without it, and served while it lasts",
    () =>
      inWorld(async (world) => {
        vi.stubEnv(variable, undefined)
        const login = await logIn(world)
        await using pool = await open(world)
        const error = await world.failure(pool.getToken(googleGemini.id, { forceRefresh: true }))
        assert.instanceOf(error, RefreshError)
        assert.deepInclude(error.reason, { _tag: "Transient", reason: "Misconfigured" })
        assert.include(error.message, variable)
        assert.strictEqual((await pool.getToken(googleGemini.id)).token, login.access_token)
        assert.deepStrictEqual(await run(world.sandbox.journal), [])
      }),
    slow
  )

  it.live(
    "with a wrong secret is misconfigured and not dead",
    () =>
      inWorld(async (world) => {
        vi.stubEnv(variable, "another")
        await logIn(world)
        await using pool = await open(world)
        const error = await world.failure(pool.getToken(googleGemini.id, { forceRefresh: true }))
        assert.instanceOf(error, RefreshError)
        assert.deepInclude(error.reason, { _tag: "Transient", reason: "Misconfigured" })
        assert.strictEqual((await pool.status()).credentials[0]?.word, "ok")
      }),
    slow
  )
})

/** As it is, and as a form, a JSON text and an `Authorization` header write it. */
const spellings = [
  secret,
  new URLSearchParams({ secret }).toString().slice("secret=".length),
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString("base64")
]

const textsUnder = async (folder: string): Promise<ReadonlyArray<readonly [string, string]>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(paths.map(async (path) => [path, await readFile(path, "utf8")] as const))
}

const program = fileURLToPath(new URL("support/geminiProgram.ts", import.meta.url))

describe("the secret", () => {
  it.live(
    "stands in no file, no log and no error, though the server repeats it in its refusals",
    () =>
      inWorld(async (world) => {
        for (const spelling of spellings) {
          await logIn(world)
          const error_description = `Unknown secret: ${spelling}`
          const body = JSON.stringify({ error: "invalid_client", error_description })
          await run(world.sandbox.fault({ fault: { _tag: "Status", status: 401, body } }))
        }
        const { stderr, stdout } = await promisify(execFile)(
          process.execPath,
          [program, world.home, world.sandbox.origin],
          { env: { PATH: process.env["PATH"] ?? "", HOME: world.folder, [variable]: secret } }
        )
        assert.include(stdout, "Misconfigured")
        const files = await textsUnder(world.folder)
        const texts = [["its output", stdout] as const, ["its errors", stderr] as const, ...files]
        assert.deepStrictEqual(
          texts.flatMap(([where, text]) => (spellings.some((spelling) => text.includes(spelling)) ? [where] : [])),
          []
        )
        const refusals = (await readLedger(world)).flatMap((event) =>
          event.type === "RefreshFailed" ? [event.data.evidence.message] : []
        )
        assert.deepStrictEqual(
          refusals,
          spellings.map(() => "Unknown secret: ***")
        )
      }),
    slow
  )
})
