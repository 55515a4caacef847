/**
 * How logins become members of the pool, once each, and how it learns what other programs do to them.
 */
import { assert, describe, it } from "@effect/vitest"
import * as RangeLock from "@daybook/files/RangeLock"
import { CredentialId, GrantId } from "@daybook/pool/Ids"
import { members } from "@daybook/pool/PoolState"
import * as OwnStore from "@daybook/vault/OwnStore"
import { Effect, Redacted } from "effect"
import { readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { failing, reasonOf } from "./support/Failures.ts"
import { addRow, manualRow } from "./support/HermesRows.ts"
import { next } from "./support/Next.ts"
import { inOwnStore } from "./support/OwnLogins.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow, type Tokens } from "./support/Scene.ts"

describe("a login in a store", () => {
  it.live(
    "is enrolled once, though two processes see it at the same time",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          yield* first.close
          yield* addRow(scene, manualRow("mine", yield* scene.logIn()))
          yield* Effect.all([scene.open(), scene.open(), scene.open()], { concurrency: "unbounded" })
          assert.deepStrictEqual(
            only(yield* scene.events, "CredentialEnrolled").map(({ credential }) => credential as string),
            ["seeded", "mine"]
          )
        })
      ),
    slow
  )

  it.live(
    "that appears while a pool is open is enrolled, and served",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const login = yield* scene.logIn()
          yield* addRow(scene, manualRow("mine", login))
          yield* next(instance, "CredentialEnrolled", ({ credential }) => credential === "mine")
          assert.strictEqual(yield* instance.token({ credential: "mine" }), login.access_token)
        })
      ),
    slow
  )

  it.live(
    "does not come back once it was removed, not even with new tokens",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          yield* first.ledger.append([
            { type: "CredentialRemoved", v: 1, credential: CredentialId.make("seeded"), data: { by: "operator" } }
          ])
          yield* first.close
          yield* scene.advance("10 seconds")
          yield* scene.write(yield* scene.logIn(scene.login))
          const second = yield* scene.open()
          assert.deepStrictEqual((yield* second.pool.status).credentials, [])
          assert.strictEqual(only(yield* scene.events, "CredentialEnrolled").length, 1)
        })
      ),
    slow
  )

  it.live(
    "whose label is an address is recorded under a fingerprint of it, and never in clear",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* addRow(scene, manualRow("mine", yield* scene.logIn(), "person@sandbox.test"))
          const { fingerprints } = yield* scene.open()
          const enrolled = only(yield* scene.events, "CredentialEnrolled").find(
            ({ credential }) => credential === "mine"
          )
          assert.strictEqual(enrolled?.data.labelFingerprint, fingerprints.ofText("person@sandbox.test"))
          assert.notInclude(readFileSync(join(scene.home, "ledger.jsonl"), "utf8"), "person@sandbox.test")
        })
      ),
    slow
  )

  it.live(
    "that another program renews is observed; what the pool writes itself is not",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* instance.token({ forceRefresh: true })
          yield* scene.advance("10 seconds")
          const theirs = yield* scene.logIn(scene.login)
          yield* scene.write(theirs)
          yield* next(instance, "GenerationObserved", ({ data }) => data.how === "watch")
          const watched = only(yield* scene.events, "GenerationObserved").filter(({ data }) => data.how === "watch")
          assert.deepStrictEqual(
            watched.map(({ data }) => data.generation.access),
            [instance.fingerprints.of(Redacted.make(theirs.access_token))]
          )
          assert.strictEqual(yield* instance.token(), theirs.access_token)
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )

  it.live(
    "that died comes back when another program logs in again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "Revoked")
          yield* scene.advance("10 seconds")
          const theirs = yield* scene.logIn(scene.login)
          yield* scene.write(theirs)
          yield* next(instance, "QuarantineLifted")
          assert.strictEqual(yield* instance.token(), theirs.access_token)
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )
})

describe("a pool that opens while another process enrols and is not done", () => {
  it.live(
    "serves the members that there are, and says so to who asks for more",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* (yield* scene.open()).close
          yield* addRow(scene, manualRow("mine", yield* scene.logIn()))
          yield* RangeLock.acquire(join(scene.home, "enrolment.lock"), { timeout: 0 })
          const instance = yield* scene.open({ policy: { lockWait: 300 } })
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          assert.lengthOf(members(yield* instance.ledger.state), 1)
          const error = yield* Effect.flip(instance.operator.enrol(scene.authFile))
          assert.strictEqual(error._tag, "LockError")
        })
      ),
    slow
  )

  it.live(
    "sees newer tokens of theirs",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* (yield* scene.open()).close
          yield* scene.advance("10 seconds")
          const newer = yield* scene.logIn(scene.login)
          yield* scene.write(newer)
          yield* addRow(scene, manualRow("mine", yield* scene.logIn()))
          yield* RangeLock.acquire(join(scene.home, "enrolment.lock"), { timeout: 0 })
          const instance = yield* scene.open({ policy: { lockWait: 300 } })
          assert.lengthOf(only(yield* scene.events, "GenerationObserved"), 2)
          assert.strictEqual(yield* instance.token(), newer.access_token)
        })
      ),
    slow
  )
})

describe("a login whose refresh token a member has spent, or has", () => {
  const both = (scene: Scene) =>
    scene.open({ stores: [{ kind: "own" }, { kind: "hermes", path: scene.authFile }], policy: { timeLimit: 10_000 } })

  /** Daybook's own login, renewed some times; hermes' file still has its first tokens. */
  const renewed = Effect.fnUntraced(function* (scene: Scene, times: number) {
    yield* inOwnStore(scene, "openai-codex", scene.login)
    const first = yield* scene.open({ stores: [{ kind: "own" }], policy: { timeLimit: 10_000 } })
    for (let n = 0; n < times; n++) yield* first.token({ forceRefresh: true })
    const [member] = members(yield* first.ledger.state)
    if (member === undefined) return yield* Effect.die(new Error("the pool has no member"))
    return { first, member }
  })

  for (const times of [0, 2]) {
    it.live(
      `is not enrolled beside it (renewals: ${times}), and is named`,
      () =>
        inScene(
          (scene) =>
            Effect.gen(function* () {
              const { first, member } = yield* renewed(scene, times)
              yield* first.close
              const second = yield* both(scene)
              assert.deepStrictEqual(
                members(yield* second.ledger.state).map(({ id }) => id),
                [member.id]
              )
              const { logins } = yield* second.operator.enrol(scene.authFile)
              assert.deepStrictEqual(
                logins.map(({ copyOf, credential }) => [copyOf?.id, credential]),
                [[member.id, undefined]]
              )
              assert.match(yield* second.token({ forceRefresh: true }), /^eyJ/)
              assert.deepStrictEqual(yield* breaches(scene), [])
            }),
          { reuse: "revokeFamily" }
        ),
      slow
    )
  }

  it.live(
    "is enrolled when another login is in its place",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* renewed(scene, 1)
          const second = yield* both(scene)
          yield* scene.write(yield* scene.logIn())
          yield* next(second, "CredentialEnrolled", ({ credential }) => credential === "seeded")
        })
      ),
    slow
  )

  it.live(
    "and whose member was removed is of that one's grant, and its token is not sent",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { first, member } = yield* renewed(scene, 1)
          yield* first.operator.remove(member.id)
          yield* first.close
          const second = yield* both(scene)
          const [seeded] = members(yield* second.ledger.state)
          assert.deepStrictEqual([seeded?.id as string, seeded?.grant], ["seeded", member.grant])
          yield* Effect.exit(second.token({ forceRefresh: true }))
          const sent = (yield* scene.posts).filter(({ presented }) => presented === scene.login.refresh_token)
          assert.lengthOf(sent, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "goes on under the same grant if its file was moved",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          const [before] = members(yield* first.ledger.state)
          yield* first.close
          const path = join(scene.folder, "moved.json")
          renameSync(scene.authFile, path)
          const second = yield* scene.open({ stores: [{ kind: "hermes", path }], policy: { timeLimit: 10_000 } })
          const moved = members(yield* second.ledger.state).find(({ store }) => store.path === path)
          assert.strictEqual(moved?.grant, before?.grant)
          assert.match(yield* second.token({ credential: moved?.id ?? "", forceRefresh: true }), /^eyJ/)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("Daybook's own store", () => {
  it.live(
    "is refreshed and rotated in place",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const setUp = yield* scene.open({ stores: [{ kind: "own" }] })
          yield* setUp.close
          const grant = GrantId.make("01890000-0000-7000-8000-000000000001")
          const { access_token, refresh_token } = scene.login
          const tokens = { access: Redacted.make(access_token), refresh: Redacted.make(refresh_token) }
          const login = { grant, provider: "openai-codex", source: "login", tokens }
          const { path } = yield* OwnStore.create(scene.home, login, "1 second")
          const instances = yield* Effect.all([
            scene.open({ stores: [{ kind: "own" }] }),
            scene.open({ stores: [{ kind: "own" }] })
          ])
          const served = yield* Effect.all(
            instances.map(({ token }) => token({ failedToken: access_token })),
            { concurrency: "unbounded" }
          )
          assert.strictEqual(new Set(served).size, 1)
          const [post] = yield* scene.posts
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.include(readFileSync(path ?? "", "utf8"), post?.successor ?? "none")
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("a login that is not ours to spend", () => {
  const codexFile = (scene: Scene) => join(scene.folder, "codex.json")

  const writeCodex = (scene: Scene, { access_token, refresh_token }: Tokens) =>
    Effect.sync(() => writeFileSync(codexFile(scene), JSON.stringify({ tokens: { access_token, refresh_token } })))

  it.live(
    "of the Codex CLI is served while it is good, never sent and never written, and its renewal is seen",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* writeCodex(scene, scene.login)
          const before = readFileSync(codexFile(scene))
          const { token } = yield* scene.open({ stores: [{ kind: "codex-cli", path: codexFile(scene) }] })
          assert.strictEqual(yield* token(), scene.login.access_token)
          assert.strictEqual(yield* failing(token({ forceRefresh: true })), "Borrowed")
          assert.strictEqual(yield* failing(token({ failedToken: scene.login.access_token })), "Borrowed")
          yield* scene.advance("61 minutes")
          assert.strictEqual(yield* failing(token()), "Borrowed")
          assert.deepStrictEqual(readFileSync(codexFile(scene)), before)
          const theirs = yield* scene.logIn(scene.login)
          yield* writeCodex(scene, theirs)
          assert.strictEqual(yield* token(), theirs.access_token)
          assert.strictEqual((yield* scene.posts).length, 0)
        })
      ),
    slow
  )

  it.live(
    "because its store is bound to another ledger is only read, and the message names that ledger",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const owner = yield* scene.open()
          const current = yield* owner.token({ forceRefresh: true })
          const before = readFileSync(scene.authFile)
          const { token } = yield* scene.open({ home: join(scene.folder, "elsewhere") })
          assert.strictEqual(yield* token(), current)
          const reason = yield* reasonOf(token({ failedToken: current }))
          assert.strictEqual(reason.reason, "Borrowed")
          assert.include(JSON.stringify(reason), scene.home)
          assert.deepStrictEqual(readFileSync(scene.authFile), before)
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )

  it.live(
    "because it is an API key is served, and dead once the API says so",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { pool, token } = yield* scene.open({
            stores: [
              {
                kind: "env",
                variables: [{ name: "SOME_KEY", provider: "someone" }],
                environment: { SOME_KEY: "sk-0123456789" }
              }
            ]
          })
          assert.strictEqual(yield* token({ provider: "someone" }), "sk-0123456789")
          assert.strictEqual(yield* failing(token({ provider: "someone", failedToken: "sk-0123456789" })), "Borrowed")
          const refused = yield* pool.report("someone", Redacted.make("sk-0123456789"), {
            status: 401,
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ error: { code: "invalid_api_key", message: "Incorrect API key provided." } })
          })
          assert.strictEqual(refused?.verdict, "GrantRevoked")
          const [status] = (yield* pool.status).credentials
          assert.strictEqual(status?.word, "dead")
          assert.strictEqual((yield* scene.posts).length, 0)
        })
      ),
    slow
  )
})
