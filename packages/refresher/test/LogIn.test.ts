/** New logins: where their tokens go, what is recorded, and that none is lost on the way. */
import { assert, describe, it } from "@effect/vitest"
import type { Provider } from "@daybook/oauth/Provider"
import { CredentialId } from "@daybook/pool/Ids"
import { grantById, members } from "@daybook/pool/PoolState"
import { LogInError } from "@daybook/refresher/LogInError"
import type { Wish } from "@daybook/refresher/LogIn"
import type { LoginPolicy } from "@daybook/sandbox/Logins"
import { Cause, Deferred, Effect, Exit, Fiber, Redacted, Result, type Scope } from "effect"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { crash, noSpace, unavailable } from "./support/Hooks.ts"
import { codex, type Instance } from "./support/Instance.ts"
import * as People from "./support/People.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type OpenOptions, type Scene, slow } from "./support/Scene.ts"

/** Its registered port may be in use here; the sandbox takes any. */
const onAnyPort = (provider: Provider): Provider => ({
  ...provider,
  redirect: { kind: "loopback", host: "127.0.0.1", path: "/auth/callback" }
})

/** A login is one request, and the machine may be busy. */
const patient = { timeLimit: 10_000 }

/** A pool that begins with Daybook's own store alone. */
const openOwn = (scene: Scene, more: OpenOptions = {}) =>
  scene.open({ stores: [{ kind: "own" }], providers: [onAnyPort(scene.codexHere())], policy: patient, ...more })

const policy = (scene: Scene, policy: LoginPolicy) =>
  Effect.orDie(scene.sandbox.logins({ deviceInterval: 0, ...policy }))

const logIn = ({ logIn }: Instance, scene: Scene, wish: Wish = {}) =>
  logIn(codex, People.obliging(scene.sandbox), { method: "browser", ...wish })

const reasonOf = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const exit = yield* Effect.exit(effect)
  if (Exit.isSuccess(exit)) return assert.fail("it was done")
  const error = Cause.squash(exit.cause)
  return error instanceof LogInError ? error.reason : assert.fail(Cause.pretty(exit.cause))
})

const grantFiles = ({ home }: Scene): ReadonlyArray<string> =>
  readdirSync(join(home, "grants"))
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(home, "grants", name))

const filesIn = ({ home }: Scene, folder: string): ReadonlyArray<string> => {
  const path = join(home, folder)
  return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(".json")) : []
}

const types = (scene: Scene) =>
  Effect.map(scene.events, (all) => all.map(({ type }) => type).filter((type) => membership.has(type)))

const membership = new Set([
  "CredentialEnrolled",
  "GenerationObserved",
  "LoginCompleted",
  "QuarantineLifted",
  "RaceAdopted"
])

/** What was brought to an end, in order. */
const ends = (scene: Scene) =>
  Effect.map(scene.events, (all) =>
    all.map(({ type }) => type).filter((type) => type === "RefreshSucceeded" || type === "LoginCompleted")
  )

const revoke = ({ sandbox }: Scene, token: string) =>
  Effect.promise(() =>
    fetch(`${sandbox.origin}/oauth/revoke`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ token }).toString()
    })
  )

const sound = (scene: Scene) => Effect.map(breaches(scene), (found) => assert.deepStrictEqual(found, []))

describe("a new login", () => {
  for (const method of ["browser", "device", "paste"] as const) {
    it.live(
      `by ${method} goes into a file of its own and is a member of the pool at once`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            yield* policy(scene, { grant: { account: "account-1" } })
            const instance = yield* openOwn(scene)
            const person = method === "paste" ? People.pasting() : People.obliging(scene.sandbox)
            const kept = yield* instance.logIn(codex, person, { method, label: "work" })
            assert.deepStrictEqual([kept.renewed, kept.store.kind, kept.label], [false, "own", "work"])
            assert.deepStrictEqual(yield* types(scene), ["CredentialEnrolled", "GenerationObserved", "LoginCompleted"])
            const [enrolled] = only(yield* scene.events, "CredentialEnrolled")
            assert.deepInclude(enrolled?.data, { source: "login", ownership: "owned", label: "work" })
            const [seen] = only(yield* scene.events, "GenerationObserved")
            assert.deepInclude(seen?.data, { how: "login", where: "own" })
            assert.strictEqual(
              yield* instance.token({ credential: kept.credential }),
              (JSON.parse(readFileSync(kept.store.path ?? "", "utf8")) as { tokens: { access_token: string } }).tokens
                .access_token
            )
            assert.deepStrictEqual(filesIn(scene, "stash"), [])
            yield* sound(scene)
          })
        ),
      slow
    )
  }

  it.live(
    "with an address for a label records only its fingerprint",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { grant: { email: "ada@example.com" } })
          const kept = yield* logIn(yield* openOwn(scene), scene)
          assert.strictEqual(kept.label, "ada@example.com")
          const [enrolled] = only(yield* scene.events, "CredentialEnrolled")
          assert.isUndefined(enrolled?.data.label)
          assert.isDefined(enrolled?.data.labelFingerprint)
          assert.notInclude(readFileSync(join(scene.home, "ledger.jsonl"), "utf8"), "ada@example.com")
        })
      ),
    slow
  )

  it.live(
    "is refreshed by the next process in the usual way",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* openOwn(scene)
          yield* logIn(first, scene)
          yield* first.close
          const second = yield* openOwn(scene)
          const token = yield* second.token()
          assert.notStrictEqual(yield* second.token({ failedToken: token }), token)
          yield* sound(scene)
        })
      ),
    slow
  )

  it.live(
    "whose answer has no access token is kept, and refreshed for one",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* Effect.orDie(scene.sandbox.fault({ fault: { _tag: "NoAccessToken" } }))
          const instance = yield* openOwn(scene)
          yield* logIn(instance, scene)
          assert.match(yield* instance.token(), /^eyJ/)
        })
      ),
    slow
  )

  for (const [decision, reason] of [
    ["deny", "Denied"],
    ["fail", "Refused"],
    ["wrongIssuer", "WrongIssuer"]
  ] as const) {
    it.live(
      `that the page ends with ${decision} leaves nothing behind`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            yield* policy(scene, { decision })
            const instance = yield* openOwn(scene)
            assert.strictEqual((yield* reasonOf(logIn(instance, scene)))._tag, reason)
            assert.deepStrictEqual(yield* types(scene), [])
            assert.deepStrictEqual([...filesIn(scene, "grants"), ...filesIn(scene, "stash")], [])
          })
        ),
      slow
    )
  }

  it.live(
    "that gets another login's answer waits on, and says in the end that one came by",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { decision: "wrongState" })
          const instance = yield* openOwn(scene)
          const person = People.obliging(scene.sandbox)
          const reason = yield* reasonOf(instance.logIn(codex, person, { method: "browser", patienceMillis: 1_500 }))
          assert.deepStrictEqual(reason, { _tag: "Expired", ignored: true })
          assert.include(
            person.shown.map(({ _tag }) => _tag),
            "Ignored"
          )
        })
      ),
    slow
  )

  it.live(
    "whose port another program has asks nobody to log in, and names the port",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { port } = new URL(scene.sandbox.origin)
          const redirect = { kind: "loopback", host: "127.0.0.1", port: Number(port), path: "/auth/callback" } as const
          const instance = yield* openOwn(scene, { providers: [{ ...scene.codexHere(), redirect }] })
          const person = People.obliging(scene.sandbox)
          const reason = yield* reasonOf(instance.logIn(codex, person, { method: "browser" }))
          if (reason._tag !== "NoListener") return assert.fail(reason._tag)
          assert.include(reason.why, port)
          assert.deepStrictEqual(person.shown, [])
        })
      ),
    slow
  )

  it.live(
    "by pasting asks again after a slip of the hand",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* openOwn(scene)
          const person = People.pasting(["", "not a code"])
          yield* instance.logIn(codex, person, { method: "paste" })
          assert.deepStrictEqual(
            person.shown.map(({ _tag }) => _tag),
            ["Paste", "NotAnAnswer", "NotAnAnswer"]
          )
        })
      ),
    slow
  )

  it.live(
    "that nobody finishes can be broken off, and leaves nothing behind",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* openOwn(scene)
          const shown = yield* Deferred.make<void>()
          const person = { ...People.idle, show: () => Effect.asVoid(Deferred.succeed(shown, undefined)) }
          const waiting = yield* Effect.forkChild(instance.logIn(codex, person, { method: "browser" }))
          yield* Deferred.await(shown)
          assert.lengthOf(readdirSync(join(scene.home, "stash")), 1)
          yield* Fiber.interrupt(waiting)
          assert.deepStrictEqual(readdirSync(join(scene.home, "stash")), [])
          assert.deepStrictEqual(filesIn(scene, "grants"), [])
        })
      ),
    slow
  )
})

describe("a login that dies on its way", () => {
  for (const method of ["browser", "device"] as const) {
    it.live(
      `by ${method} is kept though it was broken off while its answer was under way`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            yield* policy(scene, {})
            const instance = yield* openOwn(scene)
            const hold = yield* Effect.orDie(scene.sandbox.hold("afterCommit"))
            const loggingIn = yield* Effect.forkChild(logIn(instance, scene, { method }))
            yield* Effect.orDie(hold.parked())
            const breakingOff = yield* Effect.forkChild(Fiber.interrupt(loggingIn), { startImmediately: true })
            yield* Effect.orDie(hold.release)
            yield* Fiber.join(breakingOff)
            assert.lengthOf(only(yield* scene.events, "LoginCompleted"), 1)
            assert.match(yield* instance.token(), /^eyJ/)
          })
        ),
      slow
    )
  }

  it.live(
    "between its file and its events is enrolled once by the next pools that open",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* openOwn(scene)
          first.edges.ledger.before("append CredentialEnrolled", crash, 99)
          yield* Effect.exit(logIn(first, scene))
          yield* first.close
          assert.deepStrictEqual(only(yield* scene.events, "CredentialEnrolled"), [])
          const pools = yield* Effect.all([openOwn(scene), openOwn(scene), openOwn(scene)], {
            concurrency: "unbounded"
          })
          assert.lengthOf(only(yield* scene.events, "CredentialEnrolled"), 1)
          assert.match(yield* pools[0].token(), /^eyJ/)
          assert.lengthOf(grantFiles(scene), 1)
          assert.deepStrictEqual(filesIn(scene, "stash"), [])
          yield* sound(scene)
        })
      ),
    slow
  )

  it.live(
    "between the stash and its file is found in the stash, and enrolled once",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* openOwn(scene)
          first.edges.stores.after("stash", crash)
          yield* Effect.exit(logIn(first, scene))
          yield* first.close
          assert.deepStrictEqual(filesIn(scene, "grants"), [])
          assert.lengthOf(filesIn(scene, "stash"), 1)
          const pools = yield* Effect.all([openOwn(scene), openOwn(scene)], { concurrency: "unbounded" })
          assert.lengthOf(only(yield* scene.events, "CredentialEnrolled"), 1)
          assert.match(yield* pools[0].token(), /^eyJ/)
          assert.deepStrictEqual(filesIn(scene, "stash"), [])
        })
      ),
    slow
  )

  it.live(
    "in the place of a former one, before the ledger says so, is not enrolled beside it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { grant: { account: "account-1" } })
          const first = yield* openOwn(scene)
          const kept = yield* logIn(first, scene)
          first.edges.stores.after("store", crash)
          yield* Effect.exit(logIn(first, scene))
          yield* first.close
          const second = yield* openOwn(scene)
          assert.lengthOf(only(yield* scene.events, "CredentialEnrolled"), 1)
          assert.lengthOf(grantFiles(scene), 1)
          const file = JSON.parse(readFileSync(kept.store.path ?? "", "utf8")) as { tokens: { access_token: string } }
          assert.strictEqual(yield* second.token(), file.tokens.access_token)
          assert.deepStrictEqual(filesIn(scene, "stash"), [])
        })
      ),
    slow
  )

  it.live(
    "while the ledger's disk refuses is in its file, and says so",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* openOwn(scene)
          first.edges.ledger.before("append CredentialEnrolled", unavailable)
          const reason = yield* reasonOf(logIn(first, scene))
          if (reason._tag !== "NotEnrolled") return assert.fail(reason._tag)
          assert.isTrue(existsSync(reason.path))
          assert.isTrue(reason.byItself)
          yield* first.close
          const second = yield* openOwn(scene)
          assert.match(yield* second.token(), /^eyJ/)
        })
      ),
    slow
  )

  it.live(
    "while the stash refuses is in its file all the same",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* openOwn(scene)
          instance.edges.stores.before("stash", noSpace)
          yield* logIn(instance, scene)
          assert.lengthOf(grantFiles(scene), 1)
        })
      ),
    slow
  )

  it.live(
    "cannot begin on a disk that is full",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* openOwn(scene)
          instance.edges.stores.before("reserve", noSpace)
          const error = yield* Effect.flip(logIn(instance, scene))
          assert.strictEqual(error._tag, "StoreError")
          assert.deepStrictEqual(yield* Effect.orDie(scene.sandbox.journal), [])
        })
      ),
    slow
  )
})

describe("a login of an account that the pool has", () => {
  const twice = (scene: Scene, second: Wish = {}) =>
    Effect.gen(function* () {
      yield* policy(scene, { grant: { account: "account-1" } })
      const instance = yield* openOwn(scene)
      const first = yield* logIn(instance, scene)
      const before = JSON.parse(readFileSync(first.store.path ?? "", "utf8")) as { tokens: { refresh_token: string } }
      const next = yield* logIn(instance, scene, second)
      return { instance, first, next, before }
    })

  it.live(
    "renews it in place, and keeps the pair that it displaced",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { before, first, instance, next } = yield* twice(scene)
          assert.deepStrictEqual([next.renewed, next.credential], [true, first.credential])
          assert.lengthOf(only(yield* scene.events, "CredentialEnrolled"), 1)
          assert.lengthOf(only(yield* scene.events, "LoginCompleted"), 2)
          assert.lengthOf(grantFiles(scene), 1)
          const [aside = ""] = filesIn(scene, "quarantine")
          assert.include(readFileSync(join(scene.home, "quarantine", aside), "utf8"), before.tokens.refresh_token)
          assert.notInclude(readFileSync(first.store.path ?? "", "utf8"), before.tokens.refresh_token)
          assert.match(yield* instance.token(), /^eyJ/)
          yield* sound(scene)
        })
      ),
    slow
  )

  it.live(
    "is a second credential if that is wished",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { first, next } = yield* twice(scene, { isNew: true })
          assert.isFalse(next.renewed)
          assert.notStrictEqual(next.credential, first.credential)
          assert.lengthOf(grantFiles(scene), 2)
        })
      ),
    slow
  )

  it.live(
    "brings a dead one back, and lifts its quarantine in the same append",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { grant: { account: "account-1" } })
          const instance = yield* openOwn(scene)
          const { credential, store } = yield* logIn(instance, scene)
          const { tokens } = JSON.parse(readFileSync(store.path ?? "", "utf8")) as {
            tokens: { refresh_token: string; access_token: string }
          }
          yield* revoke(scene, tokens.refresh_token)
          yield* Effect.exit(instance.token({ failedToken: tokens.access_token }))
          assert.strictEqual((yield* instance.grant).health._tag, "Dead")
          const next = yield* logIn(instance, scene)
          assert.deepStrictEqual([next.renewed, next.credential], [true, credential])
          assert.deepStrictEqual((yield* types(scene)).slice(-3), [
            "QuarantineLifted",
            "GenerationObserved",
            "LoginCompleted"
          ])
          assert.match(yield* instance.token(), /^eyJ/)
          yield* sound(scene)
        })
      ),
    slow
  )

  it.live(
    "of which there are two renews the dead one",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { instance, next } = yield* twice(scene, { isNew: true })
          const { tokens } = JSON.parse(readFileSync(next.store.path ?? "", "utf8")) as {
            tokens: { refresh_token: string; access_token: string }
          }
          yield* revoke(scene, tokens.refresh_token)
          yield* Effect.exit(instance.token({ failedToken: tokens.access_token, credential: next.credential }))
          assert.strictEqual((yield* logIn(instance, scene)).credential, next.credential)
        })
      ),
    slow
  )

  it.live(
    "keeps nothing of the former login's end",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { grant: { account: "account-1", grantLifetime: 1_000 } })
          const instance = yield* openOwn(scene)
          const { store } = yield* logIn(instance, scene)
          const tokensIn = () =>
            (JSON.parse(readFileSync(store.path ?? "", "utf8")) as { tokens: Record<string, string> }).tokens
          assert.property(tokensIn(), "deadline")
          yield* policy(scene, { grant: { account: "account-1" } })
          yield* logIn(instance, scene)
          assert.notProperty(tokensIn(), "deadline")
        })
      ),
    slow
  )
})

describe("a login whose former one's store stays locked", () => {
  it.live(
    "keeps those who wait to enrol no longer than a refresh, and becomes a credential of its own",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { grant: { account: "account-1" } })
          const first = yield* openOwn(scene)
          const { store } = yield* logIn(first, scene)
          const authority = yield* first.vault.authority(store)
          yield* authority.lock("1 second")
          const brief = { timeLimit: 2_000, classifyAfter: 500, lockWait: 60_000 }
          const next = yield* logIn(yield* openOwn(scene, { policy: brief }), scene)
          assert.deepStrictEqual([next.renewed, grantFiles(scene).length], [false, 2])
        })
      ),
    slow
  )
})

describe("a login that another pool finds in the stash, as it opens just then,", () => {
  /** The second of two logins of one account, with a pool that opens between its stash and its lock. */
  const overtaken = Effect.fnUntraced(function* (scene: Scene, wish: (first: CredentialId) => Wish = () => ({})) {
    yield* policy(scene, { grant: { account: "account-1", reuse: "revokeFamily" } })
    const instance = yield* openOwn(scene)
    const first = yield* logIn(instance, scene)
    const services = yield* Effect.context<Scope.Scope>()
    const opened = yield* Deferred.make<Instance>()
    const opening = Effect.provide(openOwn(scene), services)
    instance.edges.stores.after(
      "stash",
      Effect.asVoid(Effect.flatMap(opening, (pool) => Deferred.succeed(opened, pool)))
    )
    const second = yield* Effect.result(logIn(instance, scene, wish(first.credential)))
    return { first, second, pool: yield* Deferred.await(opened) }
  })

  /** Each member's refresh token, by fingerprint. */
  const refreshTokens = ({ ledger }: Instance) =>
    Effect.orDie(
      Effect.map(ledger.state, (state) => members(state).map(({ grant }) => grantById(state, grant).current?.refresh))
    )

  it.live(
    "is in one place, so that none of two members spends what the other has",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { first, pool, second } = yield* overtaken(scene)
          if (Result.isFailure(second)) return assert.fail(second.failure.message)
          assert.isFalse(second.success.renewed)
          const tokens = yield* refreshTokens(pool)
          assert.lengthOf(tokens, 2)
          assert.strictEqual(new Set(tokens).size, 2)
          for (const credential of [first.credential, second.success.credential]) {
            yield* pool.token({ credential, forceRefresh: true })
            yield* pool.token({ credential, forceRefresh: true })
          }
          yield* sound(scene)
        })
      ),
    slow
  )

  it.live(
    "is not in the place that was wished for it, and says what it became",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { first, pool, second } = yield* overtaken(scene, (credential) => ({ credential }))
          if (Result.isSuccess(second) || second.failure._tag !== "LogInError") return assert.fail("it was done")
          const { reason } = second.failure
          if (reason._tag !== "NotInPlace") return assert.fail(reason._tag)
          assert.strictEqual(reason.credential, first.credential)
          assert.match(yield* pool.token({ credential: reason.became }), /^eyJ/)
          assert.strictEqual(new Set(yield* refreshTokens(pool)).size, 2)
          assert.deepStrictEqual(filesIn(scene, "stash"), [])
        })
      ),
    slow
  )
})

describe("a login to one credential", () => {
  /** hermes' file, with its login of `account_id`, beside Daybook's own store. */
  const withHermes = (scene: Scene) =>
    scene.open({
      stores: [{ kind: "own" }, { kind: "hermes", path: scene.authFile }],
      providers: [onAnyPort(scene.codexHere())],
      policy: patient
    })

  it.live(
    "in hermes' file puts the new pair there, and keeps the old one",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { grant: { account: scene.login.account_id } })
          const instance = yield* withHermes(scene)
          const kept = yield* logIn(instance, scene, { credential: "seeded" })
          assert.deepStrictEqual([kept.credential, kept.store.kind, kept.renewed], ["seeded", "hermes", true])
          const { access_token, refresh_token } = scene.read().providers["openai-codex"].tokens
          assert.notStrictEqual(refresh_token, scene.login.refresh_token)
          assert.strictEqual(yield* instance.token({ credential: "seeded" }), access_token)
          const [aside = ""] = filesIn(scene, "quarantine")
          assert.include(readFileSync(join(scene.home, "quarantine", aside), "utf8"), scene.login.refresh_token)
          assert.deepStrictEqual(filesIn(scene, "grants"), [])
          yield* sound(scene)
        })
      ),
    slow
  )

  it.live(
    "ends its bench: whoever logs in anew wants the login to be tried",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { grant: { account: scene.login.account_id } })
          const instance = yield* withHermes(scene)
          yield* instance.token({ credential: "seeded" })
          yield* instance.pool.report(codex, Redacted.make(scene.login.access_token), {
            status: 402,
            headers: {},
            body: ""
          })
          assert.include((yield* Effect.flip(instance.token())).message, "cooling (BillingRequired)")
          yield* logIn(instance, scene, { credential: "seeded" })
          const { access_token } = scene.read().providers["openai-codex"].tokens
          assert.strictEqual(yield* instance.token(), access_token)
          assert.deepStrictEqual(
            only(yield* scene.events, "CooldownCleared").map(({ data }) => data),
            [{ by: "generation" }]
          )
        })
      ),
    slow
  )

  it.live(
    "of another account leaves it as it was, and becomes a credential of its own",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { grant: { account: "somebody-else" } })
          const instance = yield* withHermes(scene)
          const reason = yield* reasonOf(logIn(instance, scene, { credential: "seeded" }))
          if (reason._tag !== "AnotherAccount") return assert.fail(reason._tag)
          assert.strictEqual(scene.read().providers["openai-codex"].tokens.refresh_token, scene.login.refresh_token)
          const state = yield* Effect.orDie(instance.ledger.state)
          assert.sameMembers(
            members(state).map(({ id }) => id),
            [CredentialId.make("seeded"), reason.became]
          )
          assert.match(yield* instance.token({ credential: reason.became }), /^eyJ/)
          yield* sound(scene)
        })
      ),
    slow
  )

  it.live(
    "whose store refuses becomes a credential of its own, and says so",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { grant: { account: scene.login.account_id } })
          const instance = yield* withHermes(scene)
          instance.edges.stores.before("store", noSpace, 9)
          const reason = yield* reasonOf(logIn(instance, scene, { credential: "seeded" }))
          if (reason._tag !== "NotInPlace") return assert.fail(reason._tag)
          assert.lengthOf(grantFiles(scene), 1)
          assert.match(yield* instance.token({ credential: reason.became }), /^eyJ/)
        })
      ),
    slow
  )

  it.live(
    "that is not there, or that another program owns, asks nobody to log in",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* withHermes(scene)
          const person = People.obliging(scene.sandbox)
          const error = yield* Effect.flip(instance.logIn(codex, person, { method: "browser", credential: "nobody" }))
          assert.strictEqual(error._tag, "UnknownCredential")
          assert.deepStrictEqual(person.shown, [])
        })
      ),
    slow
  )

  it.live(
    "waits for a refresh of it that is under way, and comes after it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { grant: { account: scene.login.account_id } })
          const instance = yield* withHermes(scene)
          const hold = yield* Effect.orDie(scene.sandbox.hold("afterCommit", { grant: scene.login.grant }))
          const refreshing = yield* Effect.forkChild(instance.token({ forceRefresh: true }))
          yield* Effect.orDie(hold.parked())
          const comes = yield* Deferred.make<void>()
          instance.edges.stores.before("lock", Effect.asVoid(Deferred.succeed(comes, undefined)))
          const loggingIn = yield* Effect.forkChild(logIn(instance, scene, { credential: "seeded" }))
          yield* Deferred.await(comes)
          yield* Effect.orDie(hold.release)
          yield* Fiber.join(refreshing)
          yield* Fiber.join(loggingIn)
          const { refresh_token } = scene.read().providers["openai-codex"].tokens
          const rotated = (yield* scene.posts).find(({ committed }) => committed)?.successor
          assert.notInclude([scene.login.refresh_token, rotated], refresh_token)
          assert.deepStrictEqual(yield* ends(scene), ["RefreshSucceeded", "LoginCompleted"])
          yield* sound(scene)
        })
      ),
    slow
  )

  it.live(
    "first finishes what a dead process began with it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* policy(scene, { grant: { account: scene.login.account_id } })
          const first = yield* withHermes(scene)
          first.edges.stores.after("stash", crash)
          yield* Effect.exit(first.token({ forceRefresh: true }))
          yield* first.close
          const second = yield* withHermes(scene)
          yield* logIn(second, scene, { credential: "seeded" })
          assert.deepStrictEqual(yield* ends(scene), ["RefreshSucceeded", "LoginCompleted"])
          const { access_token } = scene.read().providers["openai-codex"].tokens
          assert.strictEqual(yield* second.token({ credential: "seeded" }), access_token)
          yield* sound(scene)
        })
      ),
    slow
  )
})

describe("a login to a credential in hermes' file that dies on its way", () => {
  const withHermes = (scene: Scene) =>
    scene.open({
      stores: [{ kind: "own" }, { kind: "hermes", path: scene.authFile }],
      providers: [onAnyPort(scene.codexHere())],
      policy: patient
    })

  /** Its process dies right after a step. */
  const dying = Effect.fnUntraced(function* (scene: Scene, step: "stash" | "store") {
    yield* policy(scene, { grant: { account: scene.login.account_id, reuse: "revokeFamily" } })
    const instance = yield* withHermes(scene)
    instance.edges.stores.after(step, crash)
    assert.isTrue(Exit.isFailure(yield* Effect.exit(logIn(instance, scene, { credential: "seeded" }))))
    yield* instance.close
    assert.lengthOf(filesIn(scene, "stash"), 1)
  })

  /** As hermes does it, without a word to anybody. */
  const refreshByHermes = Effect.fnUntraced(function* (scene: Scene) {
    const { access_token = "", refresh_token = "" } = scene.read().providers["openai-codex"].tokens
    const { clientId } = scene.codexHere()
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token, client_id: clientId ?? "" })
    const answer = yield* Effect.promise(() => fetch(`${scene.sandbox.origin}/oauth/token`, { method: "POST", body }))
    yield* scene.write({ access_token, refresh_token, ...((yield* Effect.promise(() => answer.json())) as object) })
    return refresh_token
  })

  const ids = ({ ledger }: Instance) =>
    Effect.orDie(Effect.map(ledger.state, (state) => members(state).map(({ id }): string => id)))

  it.live(
    "and whose tokens hermes has refreshed since is set aside, and not sent",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* dying(scene, "store")
          const spent = yield* refreshByHermes(scene)
          const second = yield* withHermes(scene)
          assert.deepStrictEqual(yield* ids(second), ["seeded"])
          assert.deepStrictEqual([filesIn(scene, "grants"), filesIn(scene, "stash")], [[], []])
          const aside = filesIn(scene, "quarantine").map((name) =>
            readFileSync(join(scene.home, "quarantine", name), "utf8")
          )
          assert.lengthOf(
            aside.filter((text) => text.includes(spent)),
            1
          )
          assert.match(yield* second.token({ forceRefresh: true }), /^eyJ/)
          assert.lengthOf(
            (yield* scene.posts).filter(({ presented }) => presented === spent),
            1
          )
        })
      ),
    slow
  )

  it.live(
    "before the file took it becomes a credential of its own",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* dying(scene, "stash")
          const second = yield* withHermes(scene)
          assert.lengthOf(yield* ids(second), 2)
          assert.lengthOf(grantFiles(scene), 1)
          assert.deepStrictEqual(filesIn(scene, "stash"), [])
        })
      ),
    slow
  )

  it.live(
    "waits while that file cannot be read: the login may be in it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* dying(scene, "store")
          const file = readFileSync(scene.authFile, "utf8")
          writeFileSync(scene.authFile, "{")
          yield* (yield* withHermes(scene)).close
          assert.deepStrictEqual([filesIn(scene, "grants").length, filesIn(scene, "stash").length], [0, 1])
          writeFileSync(scene.authFile, file)
          const third = yield* withHermes(scene)
          assert.deepStrictEqual(yield* ids(third), ["seeded"])
          assert.deepStrictEqual([filesIn(scene, "grants").length, filesIn(scene, "stash").length], [0, 0])
          assert.match(yield* third.token({ forceRefresh: true }), /^eyJ/)
        })
      ),
    slow
  )

  it.live(
    "waits for a pool that has its store",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* dying(scene, "store")
          yield* (yield* openOwn(scene)).close
          assert.deepStrictEqual([filesIn(scene, "grants").length, filesIn(scene, "stash").length], [0, 1])
        })
      ),
    slow
  )
})
