/**
 * What hermes does to a login that the pool holds: removes it, adds it again, judges it dead, shares it among profiles.
 */
import { assert, describe, it } from "@effect/vitest"
import { providerAt } from "@daybook/oauth/Provider"
import { nous } from "@daybook/oauth/providers/Nous"
import type { EventType } from "@daybook/pool/Event"
import { Clock, Effect, Stream } from "effect"
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { failing } from "./support/Failures.ts"
import type { Instance } from "./support/Instance.ts"
import { obliging } from "./support/People.ts"
import { holdFlock } from "./support/Python.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow, type Tokens } from "./support/Scene.ts"

/** Ends when the ledger has this event, counted from its beginning. */
const until = ({ ledger }: Instance, type: EventType, count = 1) =>
  Effect.orDie(
    ledger.tail().pipe(
      Stream.filter((event) => event.type === type),
      Stream.take(count),
      Stream.runDrain
    )
  )

/** Changes hermes' file in one step. */
const edit = ({ authFile }: Scene, change: (file: any) => unknown) =>
  Effect.sync(() => {
    const file = JSON.parse(readFileSync(authFile, "utf8"))
    change(file)
    writeFileSync(`${authFile}.new`, JSON.stringify(file, null, 2), { mode: 0o600 })
    renameSync(`${authFile}.new`, authFile)
  })

/** As `hermes auth remove` does with a login block. */
const removeBlock = (file: any) => {
  delete file.providers["openai-codex"]
  file.credential_pool["openai-codex"] = file.credential_pool["openai-codex"].filter(({ id }: any) => id !== "seeded")
  file.suppressed_sources = { "openai-codex": ["device_code"] }
}

const manualRow = ({ access_token, refresh_token }: Tokens) => ({
  id: "mine",
  auth_type: "oauth",
  priority: 1,
  source: "manual:device_code",
  access_token,
  refresh_token
})

/** The file again, unchanged, so that a pool that watches it looks once more. */
const touch = (scene: Scene) => edit(scene, (file) => (file.touched = Math.random()))

const removals = (scene: Scene) => Effect.map(scene.events, (events) => only(events, "CredentialRemoved"))

describe("a login that hermes removed", () => {
  it.live(
    "leaves the pool, is not served from memory, and is not written back",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* instance.token()
          yield* edit(scene, removeBlock)
          yield* until(instance, "CredentialRemoved")
          const error = yield* Effect.flip(instance.pool.getToken("openai-codex", { forceRefresh: true }))
          assert.strictEqual(error._tag, "NoneAvailable")
          assert.deepStrictEqual((yield* instance.pool.status).credentials, [])
          assert.notProperty(JSON.parse(readFileSync(scene.authFile, "utf8")).providers, "openai-codex")
          const [removed] = yield* removals(scene)
          assert.deepStrictEqual([removed?.credential, removed?.data.by], ["seeded", "store"])
          assert.strictEqual((yield* scene.posts).length, 0)
        })
      ),
    slow
  )

  it.live(
    "leaves its pair aside, where an operator finds it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const { current } = yield* instance.grant
          yield* edit(scene, removeBlock)
          yield* until(instance, "CredentialRemoved")
          assert.deepStrictEqual(readdirSync(join(scene.home, "quarantine")), [`${current?.refresh}.json`])
        })
      ),
    slow
  )

  it.live(
    "from a row added by hand leaves its siblings where they are",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const mine = yield* scene.logIn()
          yield* edit(scene, (file) => file.credential_pool["openai-codex"].push(manualRow(mine)))
          const instance = yield* scene.open()
          yield* edit(scene, (file) => file.credential_pool["openai-codex"].pop())
          yield* until(instance, "CredentialRemoved")
          assert.deepStrictEqual(
            (yield* instance.pool.status).credentials.map(({ id }) => id as string),
            ["seeded"]
          )
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
        })
      ),
    slow
  )

  it.live(
    "is removed once, though several processes see it, and one that was closed learns it when it opens",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const closed = yield* scene.open()
          yield* closed.close
          yield* edit(scene, removeBlock)
          yield* Effect.all([scene.open(), scene.open(), scene.open()], { concurrency: "unbounded" })
          const last = yield* scene.open()
          assert.strictEqual((yield* removals(scene)).length, 1)
          assert.deepStrictEqual((yield* last.pool.status).credentials, [])
        })
      ),
    slow
  )

  it.live(
    "is enrolled anew when hermes adds it again, once, though several processes see it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instances = yield* Effect.all([scene.open(), scene.open()])
          const [first] = instances
          yield* edit(scene, removeBlock)
          yield* until(first, "CredentialRemoved")
          const again = yield* scene.logIn()
          yield* scene.write(again)
          yield* until(first, "CredentialEnrolled", 2)
          for (const { token } of instances) {
            assert.strictEqual(yield* token({ credential: "seeded" }), again.access_token)
          }
          yield* touch(scene)
          yield* scene.open()
          assert.strictEqual(only(yield* scene.events, "CredentialEnrolled").length, 2)
          assert.strictEqual((yield* removals(scene)).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "stays out when an operator had taken it out before",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          const id = (yield* first.pool.status).credentials[0]!.id
          yield* first.ledger.append([{ type: "CredentialRemoved", v: 1, credential: id, data: { by: "operator" } }])
          yield* edit(scene, removeBlock)
          yield* scene.open()
          yield* scene.write(yield* scene.logIn())
          const last = yield* scene.open()
          assert.deepStrictEqual((yield* last.pool.status).credentials, [])
          assert.deepStrictEqual(
            (yield* removals(scene)).map(({ data }) => data.by),
            ["operator"]
          )
        })
      ),
    slow
  )

  it.live(
    "is not taken for removed while its file is missing, empty, half written or begun anew",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          yield* first.close
          const whole = readFileSync(scene.authFile, "utf8")
          for (const content of [undefined, "", whole.slice(0, 200), "{}", '{"version": 1, "providers": {}}']) {
            rmSync(scene.authFile, { force: true })
            if (content !== undefined) writeFileSync(scene.authFile, content)
            const instance = yield* scene.open()
            assert.strictEqual((yield* instance.pool.status).credentials.length, 1)
            yield* instance.close
          }
          writeFileSync(scene.authFile, whole)
          const last = yield* scene.open()
          assert.strictEqual(yield* last.token(), scene.login.access_token)
          assert.deepStrictEqual(yield* removals(scene), [])
        })
      ),
    slow
  )
})

describe("a login that hermes judged dead", () => {
  const bury = (at: number) => (file: any) => {
    file.providers["openai-codex"].tokens = {}
    file.providers["openai-codex"].last_auth_error = {
      provider: "openai-codex",
      code: "refresh_token_reused",
      message: "it was used before",
      reason: "credential_pool_refresh_failure",
      relogin_required: true,
      at: new Date(at).toISOString()
    }
    file.credential_pool["openai-codex"] = []
  }

  it.live(
    "is dead for the pool too, under hermes' own code, and is served from nowhere",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* instance.token()
          yield* scene.advance("10 seconds")
          yield* edit(scene, bury(yield* Clock.currentTimeMillis))
          yield* until(instance, "CredentialQuarantined")
          const [status] = (yield* instance.pool.status).credentials
          assert.deepInclude(status, { word: "dead", reason: "Reused", rule: "hermes/refresh_token_reused" })
          assert.strictEqual(yield* failing(instance.token({ credential: "seeded" })), "Reused")
          assert.strictEqual((yield* scene.posts).length, 0)
          assert.notProperty(scene.read().providers["openai-codex"].tokens, "refresh_token")
          assert.strictEqual(readdirSync(join(scene.home, "quarantine")).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is known as dead to a pool that was closed meanwhile, before anybody asks for it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          yield* first.close
          yield* scene.advance("10 seconds")
          yield* edit(scene, bury(yield* Clock.currentTimeMillis))
          const second = yield* scene.open()
          assert.strictEqual((yield* second.pool.status).credentials[0]?.word, "dead")
        })
      ),
    slow
  )

  it.live(
    "is buried once, though several processes notice it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instances = yield* Effect.all([scene.open(), scene.open()])
          for (const { token } of instances) yield* token()
          yield* scene.advance("10 seconds")
          yield* edit(scene, bury(yield* Clock.currentTimeMillis))
          yield* Effect.all(
            instances.map(({ token }) => Effect.flip(token({ forceRefresh: true }))),
            { concurrency: "unbounded" }
          )
          yield* scene.open()
          assert.strictEqual(only(yield* scene.events, "CredentialQuarantined").length, 1)
          assert.strictEqual((yield* scene.posts).length, 0)
        })
      ),
    slow
  )

  it.live(
    "comes back with the pair of a new login",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* scene.advance("10 seconds")
          yield* edit(scene, bury(yield* Clock.currentTimeMillis))
          yield* until(instance, "CredentialQuarantined")
          yield* scene.advance("10 seconds")
          const again = yield* scene.logIn(scene.login)
          yield* scene.write(again)
          yield* until(instance, "QuarantineLifted")
          assert.strictEqual(yield* instance.token(), again.access_token)
        })
      ),
    slow
  )

  it.live(
    "lives on here if the pair came later than the judgement",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const early = yield* Clock.currentTimeMillis
          yield* scene.advance("10 seconds")
          const instance = yield* scene.open({ policy: { timeLimit: 5_000 } })
          yield* instance.token()
          yield* edit(scene, bury(early))
          const served = yield* instance.token({ forceRefresh: true })
          assert.strictEqual(scene.read().providers["openai-codex"].tokens.access_token, served)
          assert.notProperty(scene.read().providers["openai-codex"], "last_auth_error")
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(only(yield* scene.events, "CredentialQuarantined"), [])
        })
      ),
    slow
  )

  it.live(
    "lives on here if its store was blank already: what hermes tried came out of its memory",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy: { timeLimit: 5_000 } })
          yield* instance.token()
          yield* edit(scene, (file) => {
            file.providers["openai-codex"].tokens = {}
            file.credential_pool["openai-codex"] = []
          })
          yield* until(instance, "VaultRead")
          yield* scene.advance("10 seconds")
          yield* edit(scene, bury(yield* Clock.currentTimeMillis))
          const served = yield* instance.token({ forceRefresh: true })
          assert.strictEqual(scene.read().providers["openai-codex"].tokens.access_token, served)
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(only(yield* scene.events, "CredentialQuarantined"), [])
        })
      ),
    slow
  )

  it.live(
    "is asked for once more while the pair that it displaced may be the good one",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const instance = yield* scene.open({ policy: { timeLimit: 5_000 } })
            yield* instance.token()
            yield* scene.advance("10 seconds")
            const newcomer = yield* scene.logIn(scene.login)
            yield* scene.write(newcomer)
            yield* until(instance, "GenerationObserved", 2)
            yield* scene.sandbox.revoke({ grant: newcomer.grant })
            yield* scene.advance("10 seconds")
            const judged = bury(yield* Clock.currentTimeMillis)
            yield* edit(scene, (file) => {
              judged(file)
              file.providers["openai-codex"].last_auth_error.code = "invalid_grant"
            })
            const served = yield* instance.token({ failedToken: newcomer.access_token })
            assert.strictEqual(served, scene.login.access_token)
            assert.deepStrictEqual(only(yield* scene.events, "CredentialQuarantined"), [])
            assert.strictEqual(scene.read().providers["openai-codex"].tokens.refresh_token, scene.login.refresh_token)
          }),
        { dialect: "generic" }
      ),
    slow
  )
})

describe("an API key in hermes' pool", () => {
  it.live(
    "that the API revoked is dead here, and its row stays as it was",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const row = { id: "key", auth_type: "api_key", source: "manual", access_token: "sk-or-0123456789" }
          yield* edit(scene, (file) => (file.credential_pool["openrouter"] = [row]))
          const { pool } = yield* scene.open()
          const { token } = yield* pool.getToken("openrouter")
          const before = readFileSync(scene.authFile, "utf8")
          const verdict = yield* pool.report("openrouter", token, {
            status: 401,
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ error: { code: "invalid_api_key", message: "Incorrect API key provided." } })
          })
          assert.strictEqual(verdict?.verdict, "GrantRevoked")
          const status = (yield* pool.status).credentials.find(({ id }) => id === "key")
          assert.strictEqual(status?.word, "dead")
          assert.strictEqual(readFileSync(scene.authFile, "utf8"), before)
        })
      ),
    slow
  )
})

describe("a Nous login that hermes' profiles share", () => {
  const here = (scene: Scene) => ({
    providers: [providerAt(nous, scene.sandbox.origin)],
    stores: [source(scene)],
    policy: { timeLimit: 5_000 }
  })

  const source = ({ authFile }: Scene) => ({ kind: "hermes", path: authFile, providers: ["nous"] }) as const

  const sharedFile = ({ authFile }: Scene) => join(authFile, "..", "shared", "nous_auth.json")

  const block = ({ access_token, refresh_token }: Tokens, at: number) => ({
    access_token,
    refresh_token,
    agent_key: access_token,
    obtained_at: new Date(at).toISOString(),
    client_id: "hermes-cli"
  })

  const writeShared = (scene: Scene, tokens: Tokens, at: number) =>
    Effect.sync(() => {
      mkdirSync(join(sharedFile(scene), ".."), { recursive: true })
      writeFileSync(sharedFile(scene), JSON.stringify({ _schema: 1, ...block(tokens, at) }))
    })

  const given = Effect.fnUntraced(function* (scene: Scene) {
    const now = yield* Clock.currentTimeMillis
    yield* Effect.sync(() =>
      writeFileSync(scene.authFile, JSON.stringify({ version: 1, providers: { nous: block(scene.login, now) } }))
    )
    yield* writeShared(scene, scene.login, now)
    return yield* scene.open(here(scene))
  })

  const inNousScene = <A, E>(test: Parameters<typeof inScene<A, E>>[0]) => inScene(test, { dialect: "nous" })

  it.live(
    "is refreshed once, and both files have the successor",
    () =>
      inNousScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* given(scene)
          const served = yield* token({ provider: "nous", forceRefresh: true })
          const [post] = yield* scene.posts
          const inFile = JSON.parse(readFileSync(scene.authFile, "utf8")).providers.nous
          const inShared = JSON.parse(readFileSync(sharedFile(scene), "utf8"))
          for (const place of [inFile, inShared]) {
            assert.deepStrictEqual([place.access_token, place.refresh_token], [served, post?.successor])
          }
          assert.strictEqual(inFile.agent_key, served)
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that a profile refreshed is adopted out of the shared file, and its spent token is not sent",
    () =>
      inNousScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* given(scene)
          yield* scene.advance("10 seconds")
          const theirs = yield* scene.logIn(scene.login)
          yield* writeShared(scene, theirs, yield* Clock.currentTimeMillis)
          const served = yield* token({ provider: "nous", failedToken: scene.login.access_token })
          assert.strictEqual(served, theirs.access_token)
          assert.strictEqual((yield* scene.posts).length, 0)
        })
      ),
    slow
  )

  it.live(
    "waits while a profile holds the shared lock, and is served meanwhile",
    () =>
      inNousScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* given(scene)
          const release = yield* holdFlock(sharedFile(scene).replace(/json$/, "lock"))
          assert.strictEqual(yield* failing(token({ provider: "nous", forceRefresh: true })), "Busy")
          assert.strictEqual(yield* token({ provider: "nous" }), scene.login.access_token)
          yield* release
          assert.notStrictEqual(yield* token({ provider: "nous", forceRefresh: true }), scene.login.access_token)
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )

  it.live(
    "is not refreshed while the shared file is away",
    () =>
      inNousScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* given(scene)
          rmSync(sharedFile(scene))
          assert.strictEqual(yield* failing(token({ provider: "nous", forceRefresh: true })), "Borrowed")
          assert.strictEqual(yield* token({ provider: "nous" }), scene.login.access_token)
          assert.strictEqual((yield* scene.posts).length, 0)
        })
      ),
    slow
  )

  it.live(
    "is logged in anew over a block that died, and the pair that a profile keeps in the shared file is put aside",
    () =>
      inNousScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* given(scene)
          const credential = (yield* instance.pool.status).credentials[0]!.id
          const profile = yield* scene.logIn(scene.login)
          yield* writeShared(scene, profile, yield* Clock.currentTimeMillis)
          yield* scene.advance("10 seconds")
          const at = new Date(yield* Clock.currentTimeMillis).toISOString()
          const dead = { client_id: "hermes-cli", last_auth_error: { code: "invalid_grant", message: "", at } }
          writeFileSync(scene.authFile, JSON.stringify({ version: 1, providers: { nous: dead } }))
          yield* scene.sandbox.logins({ deviceInterval: 0, grant: { account: scene.login.account_id } })
          yield* instance.logIn("nous", obliging(scene.sandbox), { credential })
          const inFile = JSON.parse(readFileSync(scene.authFile, "utf8")).providers.nous
          assert.isString(inFile.refresh_token)
          assert.strictEqual(JSON.parse(readFileSync(sharedFile(scene), "utf8")).refresh_token, inFile.refresh_token)
          const kept = readdirSync(join(scene.home, "quarantine")).map((name) =>
            readFileSync(join(scene.home, "quarantine", name), "utf8")
          )
          assert.isTrue(kept.some((text) => text.includes(profile.refresh_token)))
        })
      ),
    slow
  )

  it.live(
    "is taken out of both files when it died",
    () =>
      inNousScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* given(scene)
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          yield* Effect.flip(token({ provider: "nous", forceRefresh: true }))
          const inFile = JSON.parse(readFileSync(scene.authFile, "utf8")).providers.nous
          assert.notProperty(inFile, "refresh_token")
          assert.notProperty(inFile, "agent_key")
          assert.strictEqual(inFile.last_auth_error.provider, "nous")
          assert.notProperty(JSON.parse(readFileSync(sharedFile(scene), "utf8")), "refresh_token")
        })
      ),
    slow
  )
})

it.live(
  "a profile's login is in the pool after all others, and never refreshed",
  () =>
    inScene((scene) =>
      Effect.gen(function* () {
        const theirs = yield* scene.logIn()
        const folder = join(scene.authFile, "..", "profiles", "work")
        mkdirSync(folder, { recursive: true })
        const rows = { credential_pool: { "openai-codex": [manualRow(theirs)] } }
        writeFileSync(join(folder, "auth.json"), JSON.stringify(rows))
        const { pool, token } = yield* scene.open()
        assert.deepStrictEqual(
          (yield* pool.status).credentials.map(({ id, ownership }) => [id as string, ownership]),
          [
            ["seeded", "owned"],
            ["mine", "borrowed"]
          ]
        )
        assert.strictEqual(yield* token(), scene.login.access_token)
        assert.strictEqual(yield* token({ credential: "mine" }), theirs.access_token)
        assert.strictEqual(yield* failing(token({ credential: "mine", forceRefresh: true })), "Borrowed")
        assert.strictEqual((yield* scene.posts).length, 0)
      })
    ),
  slow
)
