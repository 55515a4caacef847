/**
 * OAuth logins in hermes' file, lived through as hermes lives through them: another program writes, a refresh fails, a
 * login dies; and what is left in the file afterwards.
 */
import { providerAt } from "@daybook/oauth/Provider"
import { xaiOAuth } from "@daybook/oauth/providers/XaiOAuth"
import { members } from "@daybook/pool/PoolState"
import type { Login } from "@daybook/sandbox/Operations"
import { NoneAvailable } from "@daybook/refresher/PoolError"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { failing, reasonOf } from "./support/Failures.ts"
import { addRow, anyFile, change, keyRow, manualRow, setBlock, setRows } from "./support/HermesRows.ts"
import { codex, type Instance } from "./support/Instance.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

const count = (scene: Scene) => Effect.map(scene.posts, (posts) => posts.length)

const answer = ({ pool }: Instance, token: string, status: number, error: object = {}) =>
  Effect.orDie(
    pool.report(codex, Redacted.make(token), {
      status,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ error })
    })
  )

const refuse = ({ sandbox }: Scene, status: number, body: object, headers = {}) =>
  Effect.orDie(
    sandbox.fault({
      fault: {
        _tag: "Status",
        status,
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body)
      }
    })
  )

describe("a benched login", () => {
  for (const [why, status, error] of [
    ["its quota", 429, { type: "usage_limit_reached", resets_in_seconds: 3600 }],
    ["money", 402, {}],
    ["its plan", 403, { code: "permission_denied" }]
  ] as const) {
    it.live(
      `for ${why} is given again as soon as another program logs in anew in its place`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const resetsAt = Math.floor(Date.now() / 1000) + 3600
            yield* Effect.orDie(
              scene.sandbox.quota({ grant: scene.login.grant, primary: { usedPercent: 100, resetsAt } })
            )
            const instance = yield* scene.open()
            yield* answer(instance, yield* instance.token(), status, error)
            assert.instanceOf(yield* Effect.flip(instance.token()), NoneAvailable)
            yield* instance.close
            yield* scene.advance("10 seconds")
            const theirs = yield* scene.logIn(scene.login)
            yield* scene.write(theirs)
            const next = yield* scene.open()
            assert.strictEqual(yield* next.token(), theirs.access_token)
            assert.deepStrictEqual(
              only(yield* scene.events, "CooldownCleared").map(({ data }) => data.by),
              ["generation"]
            )
          })
        ),
      slow
    )
  }

  it.live(
    "is given again when the new login is found on the way to a refresh",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* answer(instance, yield* instance.token(), 402)
          yield* scene.advance("10 seconds")
          const theirs = yield* scene.logIn(scene.login)
          instance.edges.stores.before("lock", scene.write(theirs))
          yield* instance.pool.refresh("seeded")
          assert.strictEqual(yield* instance.token(), theirs.access_token)
        })
      ),
    slow
  )

  it.live(
    "stays benched when it is refreshed: a new access token is no new login",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* answer(instance, yield* instance.token(), 402)
          yield* instance.pool.refresh("seeded")
          assert.strictEqual(yield* count(scene), 1)
          assert.instanceOf(yield* Effect.flip(instance.token()), NoneAvailable)
          assert.isDefined(members(yield* instance.ledger.state)[0]?.cooldown)
        })
      ),
    slow
  )

  it.live(
    "whose refresh fails is not sent again by each caller that finds nothing else",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy: { timeLimit: 3_000 } })
          const token = yield* instance.token()
          yield* scene.advance("2 hours")
          yield* answer(instance, token, 429, { type: "usage_limit_reached", resets_in_seconds: 86_400 })
          yield* refuse(scene, 429, { error: "rate_limited" })
          for (let asked = 0; asked < 5; asked++) yield* Effect.flip(instance.token())
          assert.strictEqual(yield* count(scene), 1)
        })
      ),
    slow
  )
})

describe("the next login", () => {
  it.live(
    "is given when the refresh of the first is refused for good",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const other = yield* scene.logIn()
          yield* addRow(scene, manualRow("other", other))
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          const { token } = yield* scene.open()
          assert.strictEqual(yield* token({ failedToken: scene.login.access_token }), other.access_token)
        })
      ),
    slow
  )

  it.live(
    "is given when hermes' block is empty and a row of its own is not",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const other = yield* scene.logIn()
          yield* setBlock(scene, codex, { tokens: {} })
          yield* setRows(scene, codex, [manualRow("other", other)])
          const { token } = yield* scene.open()
          assert.strictEqual(yield* token(), other.access_token)
        })
      ),
    slow
  )

  it.live(
    "is not another provider's: who asks for one is given that one's, or none",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* setRows(scene, "openrouter", [keyRow("key", "sk-router")])
          yield* setBlock(scene, codex, { tokens: {} })
          yield* setRows(scene, codex, [])
          const { token } = yield* scene.open()
          const error = yield* Effect.flip(token())
          assert.instanceOf(error, NoneAvailable)
          assert.include(error.message, scene.authFile)
        })
      ),
    slow
  )
})

describe("a login whose access token is blank in hermes' file", () => {
  it.live(
    "is refreshed with its refresh token, once",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* scene.write({ access_token: "", refresh_token: scene.login.refresh_token })
          const { token } = yield* scene.open()
          const served = yield* token()
          assert.strictEqual((yield* scene.posts)[0]?.presented, scene.login.refresh_token)
          assert.strictEqual(yield* token(), served)
          assert.strictEqual(yield* count(scene), 1)
        })
      ),
    slow
  )
})

describe("two logins of one person in hermes' file", () => {
  const both = Effect.fnUntraced(function* (scene: Scene) {
    const other = yield* scene.logIn(scene.login)
    yield* addRow(scene, manualRow("other", other))
    return { other, instance: yield* scene.open() }
  })

  const rowsIn = (scene: Scene) => anyFile(scene).credential_pool[codex] ?? []

  it.live(
    "are refreshed each for itself: the row leaves the block alone",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { instance } = yield* both(scene)
          yield* instance.pool.refresh("other")
          assert.strictEqual(scene.read().providers[codex].tokens.refresh_token, scene.login.refresh_token)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
        })
      ),
    slow
  )

  it.live(
    "are refreshed each for itself: the block leaves the row alone",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { instance, other } = yield* both(scene)
          const before = rowsIn(scene)[1]
          yield* instance.pool.refresh("seeded")
          assert.deepStrictEqual(rowsIn(scene)[1], before)
          assert.strictEqual(yield* instance.token({ credential: "other" }), other.access_token)
        })
      ),
    slow
  )

  it.live(
    "die each for itself: the other is served on",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { instance, other } = yield* both(scene)
          yield* scene.sandbox.revoke({ grant: other.grant })
          assert.strictEqual(yield* failing(instance.token({ credential: "other", forceRefresh: true })), "Revoked")
          assert.strictEqual(scene.read().providers[codex].tokens.refresh_token, scene.login.refresh_token)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
        })
      ),
    slow
  )
})

/** hermes' file with a login of xAI in its block, the row made of it, and a key of the user's own. */
const withXai = Effect.fnUntraced(function* (scene: Scene) {
  const login = yield* scene.logIn(undefined, { dialect: "xai" })
  const { access_token, refresh_token } = login
  const provider = xaiOAuth.id
  yield* change(scene, () => ({ active_provider: "nous" }))
  yield* setBlock(scene, provider, {
    tokens: { access_token, refresh_token, id_token: "id-1", token_type: "Bearer", expires_in: 3600 },
    discovery: { token_endpoint: `${scene.sandbox.origin}/oauth2/token` },
    redirect_uri: "http://127.0.0.1:56121/callback",
    auth_mode: "oauth_device_code"
  })
  yield* setRows(scene, provider, [
    { id: "seed", auth_type: "oauth", priority: 0, source: "loopback_pkce", access_token, refresh_token },
    keyRow("key", "xai-key", 1)
  ])
  const at = providerAt(xaiOAuth, scene.sandbox.origin)
  const instance = yield* scene.open({
    providers: [at],
    stores: [{ kind: "hermes", path: scene.authFile, providers: [provider] }]
  })
  const block = () =>
    anyFile(scene).providers[provider] as { readonly tokens: object; readonly last_auth_error?: object }
  return { instance, login: login satisfies Login, provider, block }
})

describe("a login of xAI in hermes' file", () => {
  it.live(
    "that is refused for good leaves its block and its seeded row, and nothing else: a key of the user's is given next",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { block, instance, login, provider } = yield* withXai(scene)
          yield* scene.sandbox.revoke({ grant: login.grant })
          const ask = { provider, failedToken: login.access_token }
          assert.strictEqual(yield* instance.token(ask), "xai-key")
          assert.deepStrictEqual(block().tokens, { id_token: "id-1", token_type: "Bearer", expires_in: 3600 })
          assert.deepInclude(block().last_auth_error, { provider, code: "invalid_grant", relogin_required: true })
          assert.deepStrictEqual(anyFile(scene).credential_pool[provider], [keyRow("key", "xai-key", 1)])
          assert.strictEqual(anyFile(scene).active_provider, "nous")
          assert.strictEqual(yield* instance.token(ask), "xai-key")
          assert.strictEqual(yield* count(scene), 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that could not be refreshed for an outage keeps its tokens and its row",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { block, instance, login, provider } = yield* withXai(scene)
          yield* refuse(scene, 503, {})
          assert.strictEqual(yield* instance.token({ provider, failedToken: login.access_token }), "xai-key")
          assert.include(block().tokens, { refresh_token: login.refresh_token })
          assert.notProperty(block(), "last_auth_error")
          assert.strictEqual(anyFile(scene).credential_pool[provider]?.length, 2)
        })
      ),
    slow
  )

  it.live(
    "that is refreshed is written into block and row, and hermes goes on with the provider it had",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { block, instance, provider } = yield* withXai(scene)
          yield* instance.pool.refresh("seed")
          const [post] = yield* scene.posts
          assert.include(block().tokens, { refresh_token: post?.successor, token_type: "Bearer" })
          assert.deepInclude(anyFile(scene).credential_pool[provider]?.[0], { refresh_token: post?.successor })
          assert.strictEqual(anyFile(scene).active_provider, "nous")
        })
      ),
    slow
  )
})

/** Whether another program gets hermes' lock at once. */
const isLockFree = (scene: Scene): boolean =>
  execFileSync("python3", ["-c", tryLock, join(dirname(scene.authFile), "auth.lock")], { encoding: "utf8" }).trim() ===
  "free"

const tryLock = `
import fcntl, sys
try:
    fcntl.flock(open(sys.argv[1], "a+"), fcntl.LOCK_EX | fcntl.LOCK_NB)
    print("free")
except BlockingIOError:
    print("held")
`

describe("while a refresh is under way", () => {
  it.live(
    "hermes' lock is held, and whoever only looks is answered",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy: { timeLimit: 10_000 } })
          yield* instance.token()
          const hold = yield* Effect.orDie(scene.sandbox.hold("beforeReading"))
          const refreshing = yield* Effect.forkChild(instance.pool.refresh("seeded"))
          yield* Effect.orDie(hold.parked(1))
          assert.isFalse(isLockFree(scene))
          const [row] = (yield* instance.pool.status).credentials
          assert.isTrue(row?.refreshing)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          yield* Effect.orDie(hold.release)
          yield* Fiber.join(refreshing)
          assert.isTrue(isLockFree(scene))
        })
      ),
    slow
  )
})

describe("a token endpoint that limits requests", () => {
  it.live(
    "is waited for as long as it says, and nobody is told to log in again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { grant, pool, token } = yield* scene.open({ policy: { timeLimit: 3_000 } })
          yield* refuse(scene, 429, { error: { code: "usage_limit_reached" } }, { "retry-after": "120" })
          const reason = yield* reasonOf(token({ failedToken: scene.login.access_token }))
          assert.strictEqual(reason.reason, "RateLimited")
          const error = yield* Effect.flip(pool.refresh("seeded"))
          assert.notMatch(error.message, /log in|auth add/i)
          assert.closeTo(((yield* grant).backoff?.retryAt ?? 0) - Date.now(), 120_000, 10_000)
          assert.strictEqual(scene.read().providers[codex].tokens.refresh_token, scene.login.refresh_token)
        })
      ),
    slow
  )
})

describe("a token endpoint that refuses the plan", () => {
  it.live(
    "is no matter of the login, and nobody is told to log in again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { block, instance, login, provider } = yield* withXai(scene)
          yield* refuse(scene, 403, { error: "permission_denied" })
          const error = yield* Effect.flip(instance.pool.refresh("seed"))
          assert.include(error.message, "Denied")
          assert.notMatch(error.message, /log in|auth add/i)
          assert.include(block().tokens, { refresh_token: login.refresh_token })
          assert.strictEqual(yield* instance.token({ provider }), login.access_token)
        })
      ),
    slow
  )
})

describe("a login that is fresh", () => {
  it.live(
    "is given without a byte written, however often",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          yield* token()
          const before = [readFileSync(scene.authFile, "utf8"), readFileSync(join(scene.home, "ledger.jsonl"), "utf8")]
          for (let asked = 0; asked < 3; asked++) yield* token()
          assert.deepStrictEqual(
            [readFileSync(scene.authFile, "utf8"), readFileSync(join(scene.home, "ledger.jsonl"), "utf8")],
            before
          )
        })
      ),
    slow
  )
})

describe("an API key in an environment variable", () => {
  const key = "sk-env-0123456789abcdef"
  const environment = (value: string | undefined) =>
    ({
      kind: "env",
      variables: [{ name: "ROUTER_KEY", provider: "openrouter" }],
      environment: { ROUTER_KEY: value }
    }) as const
  const openWith = (scene: Scene, value: string | undefined) =>
    scene.open({ stores: [environment(value), { kind: "hermes", path: scene.authFile }] })

  it.live(
    "is given, and stands in no file",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* openWith(scene, key)
          assert.strictEqual(yield* token({ provider: "openrouter" }), key)
          const files = readdirSync(scene.folder, { recursive: true, encoding: "utf8", withFileTypes: true })
          const texts = files
            .filter((file) => file.isFile())
            .map(({ name, parentPath }) => readFileSync(join(parentPath, name), "utf8"))
          assert.isAbove(texts.length, 2)
          assert.isFalse(texts.some((text) => text.includes(key)))
        })
      ),
    slow
  )

  it.live(
    "is one credential, however often the pool is opened, and the key that the variable has now is the one given",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* (yield* openWith(scene, key)).close
          const { pool, token } = yield* openWith(scene, "sk-env-another")
          assert.strictEqual(yield* token({ provider: "openrouter" }), "sk-env-another")
          assert.strictEqual((yield* pool.status).credentials.filter(({ kind }) => kind === "apiKey").length, 1)
        })
      ),
    slow
  )

  it.live(
    "stays in the pool when a process comes that lacks the variable",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* openWith(scene, key)
          const second = yield* openWith(scene, undefined)
          yield* Effect.flip(second.token({ provider: "openrouter" }))
          assert.strictEqual((yield* second.pool.status).credentials.filter(({ kind }) => kind === "apiKey").length, 1)
          assert.strictEqual(yield* first.token({ provider: "openrouter" }), key)
        })
      ),
    slow
  )
})
