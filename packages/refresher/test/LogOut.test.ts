/**
 * How a login ends: its provider is told, its tokens are gone from here, and nobody goes on with it.
 */
import { assert, describe, it } from "@effect/vitest"
import { providerAt } from "@daybook/oauth/Provider"
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { CredentialId } from "@daybook/pool/Ids"
import { members } from "@daybook/pool/PoolState"
import type { LogOutError } from "@daybook/refresher/LogOutError"
import { Deferred, Effect, Exit, Fiber, Scope } from "effect"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { join } from "node:path"
import { crash } from "./support/Hooks.ts"
import type { Instance } from "./support/Instance.ts"
import { call } from "./support/ModelApi.ts"
import { next } from "./support/Next.ts"
import { inOwnStore, type OwnLogin } from "./support/OwnLogins.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

/** A revocation has the time that a busy machine may need. */
const patient = { timeLimit: 10_000 }

const ownOnly = { stores: [{ kind: "own" }], policy: patient } as const

/** A pool whose one login is in Daybook's own store. */
const withOwn = Effect.fnUntraced(function* (scene: Scene) {
  const login = yield* inOwnStore(scene, "openai-codex", scene.login, { account: scene.login.account_id })
  const instance = yield* scene.open(ownOnly)
  return { instance, login, id: yield* firstOf(instance) }
})

const firstOf = ({ ledger }: Instance) =>
  Effect.orDie(
    Effect.map(ledger.state, (state) => {
      const [first] = members(state)
      if (first === undefined) throw new Error("the pool has no member")
      return first.id
    })
  )

const refusal = <A, E>(asked: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(asked), (error) => error as E & LogOutError)

const revocations = ({ sandbox }: Scene) =>
  Effect.orDie(Effect.map(sandbox.revocations, (all) => all.map(({ grant, hint, token }) => ({ grant, hint, token }))))

const logouts = (scene: Scene) =>
  Effect.map(scene.events, (events) => only(events, "LogoutPerformed").map(({ data }) => data.revoked))

/** Nothing of it is here any more: no member, no file, no stash. */
const isGone = Effect.fnUntraced(function* (scene: Scene, { ledger }: Instance, { path }: OwnLogin) {
  assert.deepStrictEqual(members(yield* Effect.orDie(ledger.state)), [])
  assert.isFalse(existsSync(path))
  const stash = join(scene.home, "stash")
  const entries = existsSync(stash) ? readdirSync(stash) : []
  assert.deepStrictEqual(
    entries.filter((name) => name.endsWith(".json")),
    []
  )
  assert.deepStrictEqual(yield* breaches(scene), [])
})

describe("a login that is logged out", () => {
  it.live(
    "is ended at its provider by its refresh token, and leaves store and pool",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { id, instance, login } = yield* withOwn(scene)
          const token = yield* instance.token()
          assert.deepStrictEqual(yield* instance.logOut(id), { revoked: true })
          assert.deepStrictEqual(yield* revocations(scene), [
            { grant: scene.login.grant, hint: "refresh_token", token: scene.login.refresh_token }
          ])
          const api = yield* Effect.promise(() =>
            fetch(`${scene.sandbox.origin}/v1/models`, { headers: { authorization: `Bearer ${token}` } })
          )
          assert.strictEqual(api.status, 401)
          assert.deepStrictEqual(yield* logouts(scene), [true])
          yield* isGone(scene, instance, login)
        })
      ),
    slow
  )

  it.live(
    "is not served any more by another process within a second, though that has its token in memory",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { id, instance } = yield* withOwn(scene)
          const other = yield* scene.open(ownOnly)
          yield* other.token()
          const seen = yield* Effect.forkChild(
            Effect.timeout(
              next(other, "LogoutPerformed", () => true),
              "10 seconds"
            )
          )
          yield* instance.logOut(id)
          const ended = performance.now()
          yield* Fiber.join(seen)
          assert.isBelow(performance.now() - ended, 1000)
          assert.strictEqual((yield* Effect.flip(other.token()))._tag, "NoneAvailable")
          assert.deepStrictEqual(yield* scene.posts, [])
        })
      ),
    slow
  )

  it.live(
    "takes the successors with it that were kept aside",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { id, instance, login } = yield* withOwn(scene)
          yield* instance.token({ forceRefresh: true })
          assert.isNotEmpty(readdirSync(join(scene.home, "stash")))
          yield* instance.logOut(id)
          const [post] = yield* scene.posts
          assert.deepStrictEqual(
            (yield* revocations(scene)).map(({ token }) => token),
            [post?.successor ?? "none"]
          )
          yield* isGone(scene, instance, login)
        })
      ),
    slow
  )

  it.live(
    "in hermes' file leaves the file to hermes, with a note and its other rows",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy: patient })
          yield* instance.logOut(CredentialId.make("seeded"))
          const { credential_pool, providers } = scene.read()
          assert.deepStrictEqual(credential_pool["openai-codex"], [])
          assert.notProperty(providers["openai-codex"].tokens, "refresh_token")
          assert.strictEqual(providers["openai-codex"].last_auth_error?.code, "logged_out")
          assert.deepStrictEqual(members(yield* instance.ledger.state), [])
          assert.deepStrictEqual(yield* logouts(scene), [true])
          const again = yield* scene.logIn(scene.login)
          yield* scene.write(again)
          yield* scene.open({ policy: patient })
          assert.strictEqual(only(yield* scene.events, "CredentialEnrolled").length, 1)
        })
      ),
    slow
  )

  it.live(
    "only here stays valid at its provider, which is not told",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { id, instance, login } = yield* withOwn(scene)
          assert.deepStrictEqual(yield* instance.logOut(id, { local: true }), { revoked: false, why: "local" })
          assert.deepStrictEqual(yield* revocations(scene), [])
          assert.deepStrictEqual(yield* logouts(scene), [false])
          yield* isGone(scene, instance, login)
        })
      ),
    slow
  )

  it.live(
    "of a provider that cannot be told is logged out here, and that is said",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const theirs = yield* scene.logIn(undefined, { dialect: "anthropic" })
          const login = yield* inOwnStore(scene, "anthropic", theirs)
          const instance = yield* scene.open({ ...ownOnly, providers: [providerAt(anthropic, scene.sandbox.origin)] })
          const ended = yield* instance.logOut(yield* firstOf(instance))
          assert.deepStrictEqual(ended, { revoked: false, why: "not possible" })
          yield* isGone(scene, instance, login)
        })
      ),
    slow
  )

  it.live(
    "and was dead is put away without telling anybody",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { id, instance, login } = yield* withOwn(scene)
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          yield* Effect.flip(instance.token({ forceRefresh: true }))
          assert.deepStrictEqual(yield* instance.logOut(id), { revoked: false, why: "dead" })
          assert.deepStrictEqual(yield* revocations(scene), [])
          yield* isGone(scene, instance, login)
        })
      ),
    slow
  )

  it.live(
    "and whose access token alone an API called revoked is still ended at its provider",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { id, instance } = yield* withOwn(scene)
          const token = yield* instance.token()
          yield* scene.sandbox.apiFault({
            fault: { _tag: "Status", status: 401, body: JSON.stringify({ error: { code: "token_revoked" } }) }
          })
          assert.strictEqual((yield* call(scene, instance, token))?.verdict, "GrantRevoked")
          assert.deepStrictEqual(yield* instance.logOut(id), { revoked: true })
        })
      ),
    slow
  )

  it.live(
    "twice at the same time ends once",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { id, instance } = yield* withOwn(scene)
          const other = yield* scene.open(ownOnly)
          const exits = yield* Effect.all([Effect.exit(instance.logOut(id)), Effect.exit(other.logOut(id))], {
            concurrency: "unbounded"
          })
          assert.strictEqual(exits.filter(Exit.isSuccess).length, 1)
          assert.deepStrictEqual(yield* logouts(scene), [true])
          assert.strictEqual((yield* revocations(scene)).length, 1)
        })
      ),
    slow
  )
})

/** A revocation endpoint that takes the request and lets the connection go. */
const unclear = Effect.map(
  Effect.acquireRelease(
    Effect.callback<Server>((resume) => {
      const server = createServer((request) => void request.socket.destroy())
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))
  ),
  (server) => {
    const address = server.address()
    return `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}/revoke`
  }
)

describe("a login is not logged out, and goes on as it was,", () => {
  const goesOn = Effect.fnUntraced(function* (scene: Scene, instance: Instance, login: OwnLogin) {
    assert.strictEqual(yield* instance.token(), scene.login.access_token)
    assert.strictEqual(login.read().tokens.refresh_token, scene.login.refresh_token)
    const [status] = (yield* instance.pool.status).credentials
    assert.strictEqual(status?.word, "ok")
    assert.deepStrictEqual(yield* logouts(scene), [])
  })

  for (const [name, revocationEndpoint, why] of [
    ["cannot be reached", () => "http://127.0.0.1:9/revoke", "ECONNREFUSED"],
    ["refuses", (origin: string) => `${origin}/nothing/here`, "404"]
  ] as const) {
    it.live(
      `if its provider ${name}`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const login = yield* inOwnStore(scene, "openai-codex", scene.login)
            const provider = { ...scene.codexHere(), revocationEndpoint: revocationEndpoint(scene.sandbox.origin) }
            const instance = yield* scene.open({ ...ownOnly, providers: [provider] })
            const { message, reason } = yield* refusal(instance.logOut(yield* firstOf(instance)))
            assert.strictEqual(reason._tag, "NotTold")
            assert.include(message, why)
            assert.include(message, "--local")
            yield* goesOn(scene, instance, login)
          })
        ),
      slow
    )
  }

  it.live(
    "but paused if its provider may have ended it: it can be asked again, or a person goes on with it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* inOwnStore(scene, "openai-codex", scene.login)
          const answers = yield* unclear
          const provider = { ...scene.codexHere(), revocationEndpoint: answers }
          const instance = yield* scene.open({ ...ownOnly, providers: [provider] })
          const id = yield* firstOf(instance)
          const { message, reason } = yield* refusal(instance.logOut(id))
          assert.strictEqual(reason._tag, "Unknown")
          assert.include(message, `daybook resume ${id}`)
          assert.include((yield* Effect.flip(instance.token())).message, "paused")
          yield* instance.operator.resume(id)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
        })
      ),
    slow
  )

  it.live(
    "if the time for which others wait for its store's lock was used up before its provider could be asked",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy: patient })
          instance.edges.ledger.before("append CredentialPaused", scene.advance("9 seconds"))
          const { reason } = yield* refusal(instance.logOut(CredentialId.make("seeded")))
          assert.strictEqual(reason._tag, "NotTold")
          assert.deepStrictEqual(yield* revocations(scene), [])
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
        })
      ),
    slow
  )

  it.live(
    "and stays paused if it was",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* inOwnStore(scene, "openai-codex", scene.login)
          const provider = { ...scene.codexHere(), revocationEndpoint: `${scene.sandbox.origin}/nothing/here` }
          const instance = yield* scene.open({ ...ownOnly, providers: [provider] })
          const id = yield* firstOf(instance)
          for (const keepalive of [false, true]) {
            yield* instance.operator.pause(id, { keepalive })
            yield* Effect.flip(instance.logOut(id))
            const [member] = members(yield* instance.ledger.state)
            assert.deepInclude(member, { operator: "paused", keepalive })
          }
        })
      ),
    slow
  )

  it.live(
    "if it is borrowed, or an API key; the message names whose it is",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const path = join(scene.folder, "codex.json")
          const { access_token, refresh_token } = scene.login
          const file = { OPENAI_API_KEY: "sk-0123456789", tokens: { access_token, refresh_token } }
          writeFileSync(path, JSON.stringify(file))
          const instance = yield* scene.open({ stores: [{ kind: "codex-cli", path }] })
          const before = readFileSync(path)
          const reasons = new Map<string, string>()
          for (const { id, kind } of members(yield* instance.ledger.state)) {
            const { message, reason } = yield* refusal(instance.logOut(id))
            reasons.set(kind, reason._tag)
            assert.include(message, "codex-cli")
            assert.include(message, `daybook remove ${id}`)
          }
          assert.deepStrictEqual(Object.fromEntries(reasons), { oauth: "Borrowed", apiKey: "ApiKey" })
          assert.deepStrictEqual(readFileSync(path), before)
          assert.deepStrictEqual(yield* revocations(scene), [])
        })
      ),
    slow
  )

  it.live(
    "if its store belongs to another ledger",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const owner = yield* scene.open({ policy: patient })
          yield* owner.token({ forceRefresh: true })
          const other = yield* scene.open({ home: join(scene.folder, "elsewhere") })
          const { message, reason } = yield* refusal(other.logOut(CredentialId.make("seeded")))
          assert.strictEqual(reason._tag, "ReadOnly")
          assert.include(message, scene.home)
          assert.deepStrictEqual(yield* revocations(scene), [])
        })
      ),
    slow
  )
})

describe("a process that dies while it logs out", () => {
  /** It dies at a step; what is there then is for the others to see. */
  const dying = Effect.fnUntraced(function* (scene: Scene, arm: (instance: Instance) => void) {
    const { id, instance, login } = yield* withOwn(scene)
    const other = yield* scene.open(ownOnly)
    yield* other.token()
    arm(instance)
    assert.isTrue(Exit.isFailure(yield* Effect.exit(instance.logOut(id))))
    yield* instance.close
    return { id, other, login }
  })

  const steps: ReadonlyArray<readonly [string, (instance: Instance) => void]> = [
    ["once the provider has ended it", ({ edges }) => edges.network.after("revoke", crash)],
    ["once its tokens are out of their store", ({ edges }) => edges.stores.after("clear", crash)],
    ["before it says so", ({ edges }) => edges.ledger.before("append LogoutPerformed", crash)]
  ]
  for (const [name, arm] of steps) {
    it.live(
      `${name} leaves nothing that others serve or send, and the next one ends it`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const { id, login, other } = yield* dying(scene, arm)
            yield* Effect.orDie(other.ledger.state)
            assert.isTrue(Exit.isFailure(yield* Effect.exit(other.token())))
            assert.isTrue(Exit.isFailure(yield* Effect.exit(other.token({ forceRefresh: true }))))
            assert.isTrue(Exit.isFailure(yield* Effect.exit(other.pool.refresh(id))))
            yield* scene.advance("61 minutes")
            assert.isTrue(Exit.isFailure(yield* Effect.exit(other.token())))
            assert.deepStrictEqual(yield* scene.posts, [])
            yield* other.logOut(id)
            assert.strictEqual((yield* logouts(scene)).length, 1)
            yield* isGone(scene, other, login)
          })
        ),
      slow
    )
  }

  it.live(
    "before the provider hears of it leaves a login that a person can resume",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { id, other } = yield* dying(scene, ({ edges }) => edges.network.before("revoke", crash))
          yield* next(other, "CredentialPaused")
          yield* Effect.flip(other.token())
          yield* other.operator.resume(id)
          assert.strictEqual(yield* other.token(), scene.login.access_token)
          assert.notStrictEqual(yield* other.token({ forceRefresh: true }), scene.login.access_token)
        })
      ),
    slow
  )

  it.live(
    "once it has said so leaves a file that the next pool takes away",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { login } = yield* dying(scene, ({ edges }) => edges.ledger.after("append LogoutPerformed", crash))
          const third = yield* scene.open(ownOnly)
          yield* isGone(scene, third, login)
          assert.isFalse(existsSync(join(scene.home, "quarantine")))
        })
      ),
    slow
  )
})

describe("while a login is logged out", () => {
  /** Somebody acts while the provider is told. */
  const meanwhile = <A, E>(instance: Instance, act: Effect.Effect<A, E, Scope.Scope>) =>
    Effect.gen(function* () {
      const acted = yield* Deferred.make<A>()
      const scope = yield* Effect.scope
      instance.edges.network.before(
        "revoke",
        Effect.asVoid(
          Effect.flatMap(Effect.provideService(Effect.orDie(act), Scope.Scope, scope), (answer) =>
            Deferred.succeed(acted, answer)
          )
        )
      )
      return acted
    })

  it.live(
    "another process that came for a refresh neither sends nor keeps anything",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { id, instance, login } = yield* withOwn(scene)
          const other = yield* scene.open(ownOnly)
          yield* other.token()
          const waiting = yield* meanwhile(
            instance,
            Effect.forkScoped(Effect.exit(other.pool.refresh(id)), { startImmediately: true })
          )
          yield* instance.logOut(id)
          const answer = yield* Fiber.join(yield* Deferred.await(waiting))
          assert.isTrue(Exit.isFailure(answer))
          assert.deepStrictEqual(yield* scene.posts, [])
          yield* isGone(scene, other, login)
        })
      ),
    slow
  )

  it.live(
    "a person may log in again in hermes' file: the new login stays, and is used",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy: patient })
          yield* scene.advance("10 seconds")
          const again = yield* scene.logIn(scene.login)
          yield* meanwhile(instance, scene.write(again))
          const { reason } = yield* refusal(instance.logOut(CredentialId.make("seeded")))
          assert.strictEqual(reason._tag, "OtherTokens")
          assert.strictEqual(scene.read().providers["openai-codex"].tokens.refresh_token, again.refresh_token)
          yield* scene.open({ policy: patient })
          const later = yield* scene.open({ policy: patient })
          assert.strictEqual(yield* later.token(), again.access_token)
          assert.deepStrictEqual(yield* logouts(scene), [])
        })
      ),
    slow
  )
})
