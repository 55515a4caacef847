/**
 * A dead login that an operator knows to be alive: its pair goes back into its store, and one sending is allowed.
 */
import { assert, describe, it } from "@effect/vitest"
import { grantById, members } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import { Effect, Redacted } from "effect"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { condemn, refuseNext } from "./support/Dead.ts"
import { failing } from "./support/Failures.ts"
import { manualRow } from "./support/HermesRows.ts"
import { crash } from "./support/Hooks.ts"
import { codex, type Instance } from "./support/Instance.ts"
import { inOwnStore, tokensOf } from "./support/OwnLogins.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, patient, type OpenOptions, type Scene, slow } from "./support/Scene.ts"

const count = (scene: Scene) => Effect.map(scene.posts, (posts) => posts.length)

const only1 = ({ ledger }: Instance) =>
  Effect.map(Effect.orDie(ledger.state), (state) => {
    const [member, ...others] = members(state)
    if (member === undefined || others.length > 0) throw new Error("the pool has not one member")
    return { member, grant: grantById(state, member.grant) }
  })

const revive = (instance: Instance) =>
  Effect.flatMap(only1(instance), ({ member }) => instance.operator.revive(member.id))

/** The tokens in the credential's store, whichever it is. */
const inStore = (instance: Instance) =>
  Effect.orDie(
    Effect.gen(function* () {
      const { member } = yield* only1(instance)
      return yield* (yield* instance.vault.authority(member.store)).read
    })
  )

const refusal = (instance: Instance) =>
  Effect.map(Effect.flip(revive(instance)), (error) => {
    assert.strictEqual(error._tag, "OperatorError")
    return error._tag === "OperatorError" ? error : undefined
  })

/** A store that holds the scene's login and may be written. */
const stores: ReadonlyArray<readonly [name: string, prepare: (scene: Scene) => Effect.Effect<OpenOptions>]> = [
  ["hermes' login block", () => Effect.succeed({})],
  [
    "a manual row of hermes' pool",
    (scene) =>
      Effect.sync(() => {
        const rows = [manualRow("mine", scene.login)]
        writeFileSync(scene.authFile, JSON.stringify({ version: 1, providers: {}, credential_pool: { [codex]: rows } }))
        return {}
      })
  ],
  [
    "Daybook's own store",
    (scene) => Effect.as(inOwnStore(scene, codex, scene.login), { stores: [{ kind: "own" }] } satisfies OpenOptions)
  ],
  [
    "the memory of its program",
    (scene) =>
      Effect.sync(() => {
        const store = { kind: "memory", slot: "mine" } as const
        const about = {
          store,
          provider: codex,
          kind: "oauth",
          ownership: "owned",
          source: "test",
          priority: 0
        } as const
        return { stores: [{ kind: "memory", logins: [{ ...about, tokens: tokensOf(scene.login, Date.now()) }] }] }
      })
  ]
]

describe.each(stores)("a dead login in %s", (_name, prepare) => {
  it.live(
    "is moved aside and out of its store, and comes back as it was when it is revived",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ ...patient, ...(yield* prepare(scene)) })
          assert.strictEqual(yield* condemn(scene, instance), "Revoked")
          assert.isTrue(isBlank(yield* inStore(instance)))
          assert.strictEqual((yield* revive(instance))._tag, "Revived")
          const { access, refresh } = yield* inStore(instance)
          assert.strictEqual(access && Redacted.value(access), scene.login.access_token)
          assert.strictEqual(refresh && Redacted.value(refresh), scene.login.refresh_token)
          assert.strictEqual(yield* count(scene), 1)
        })
      ),
    slow
  )

  it.live(
    "is sent once more when a token is wanted, and lives if the provider takes it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ ...patient, ...(yield* prepare(scene)) })
          yield* condemn(scene, instance)
          yield* revive(instance)
          const renewed = yield* instance.token({ forceRefresh: true })
          const [, second] = yield* scene.posts
          assert.strictEqual(second?.presented, scene.login.refresh_token)
          assert.strictEqual(yield* instance.token(), renewed)
          const { refresh } = yield* inStore(instance)
          assert.strictEqual(refresh && Redacted.value(refresh), second?.successor)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is quarantined again by a second refusal, and cleared again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ ...patient, ...(yield* prepare(scene)) })
          yield* condemn(scene, instance)
          yield* revive(instance)
          assert.strictEqual(yield* condemn(scene, instance), "Revoked")
          assert.isTrue(isBlank(yield* inStore(instance)))
          assert.strictEqual(
            yield* failing(instance.token({ credential: (yield* only1(instance)).member.id })),
            "Revoked"
          )
          assert.strictEqual(yield* count(scene), 2)
          assert.strictEqual(only(yield* scene.events, "CredentialQuarantined").length, 2)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("a login of which only the access token was judged", () => {
  const codexFile = (scene: Scene) => join(scene.folder, "codex.json")

  const refused = { status: 401, headers: { "content-type": "application/json" } }

  it.live(
    "is lifted where another program owns it: its file stays as it is, and nothing is sent",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { access_token, refresh_token } = scene.login
          writeFileSync(codexFile(scene), JSON.stringify({ tokens: { access_token, refresh_token } }))
          const before = readFileSync(codexFile(scene))
          const instance = yield* scene.open({ stores: [{ kind: "codex-cli", path: codexFile(scene) }] })
          const body = JSON.stringify({ error: { code: "token_revoked" } })
          yield* instance.pool.report(codex, Redacted.make(yield* instance.token()), { ...refused, body })
          assert.strictEqual((yield* only1(instance)).grant.health._tag, "Dead")
          assert.strictEqual((yield* revive(instance))._tag, "Revived")
          assert.strictEqual(yield* instance.token(), access_token)
          assert.deepStrictEqual(readFileSync(codexFile(scene)), before)
          assert.strictEqual(yield* count(scene), 0)
        })
      ),
    slow
  )

  it.live(
    "is lifted if it is an API key, and dead again if the API refuses it again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const provider = "someone"
          const instance = yield* scene.open({
            stores: [{ kind: "env", variables: [{ name: "A_KEY", provider }], environment: { A_KEY: "sk-0123456789" } }]
          })
          const key = Redacted.make(yield* instance.token({ provider }))
          const body = JSON.stringify({ error: { code: "invalid_api_key", message: "Incorrect API key provided." } })
          yield* instance.pool.report(provider, key, { ...refused, body })
          yield* revive(instance)
          assert.strictEqual(yield* instance.token({ provider }), "sk-0123456789")
          yield* instance.pool.report(provider, key, { ...refused, body })
          assert.strictEqual((yield* only1(instance)).grant.health._tag, "Dead")
        })
      ),
    slow
  )

  it.live(
    "is lifted if it is ours, and its refresh token is not sent for that",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          const body = JSON.stringify({ error: { code: "token_revoked" } })
          yield* instance.pool.report(codex, Redacted.make(yield* instance.token()), { ...refused, body })
          yield* revive(instance)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          assert.strictEqual(yield* count(scene), 0)
        })
      ),
    slow
  )
})

describe("a revival", () => {
  it.live(
    "that dies between store and ledger allows nothing; the next one goes on from there",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open(patient)
          yield* condemn(scene, first)
          first.edges.ledger.before("append QuarantineLifted", crash)
          yield* Effect.exit(revive(first))
          yield* first.close
          const second = yield* scene.open(patient)
          assert.isFalse(isBlank(yield* inStore(second)))
          assert.strictEqual(yield* failing(second.token({ credential: "seeded" })), "Revoked")
          assert.strictEqual(yield* failing(second.pool.refresh("seeded")), "Revoked")
          assert.strictEqual(yield* count(scene), 1)
          assert.strictEqual((yield* revive(second))._tag, "Revived")
          yield* second.token({ forceRefresh: true })
          assert.strictEqual(yield* count(scene), 2)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that dies before it put the pair back has changed nothing",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open(patient)
          yield* condemn(scene, first)
          first.edges.stores.before("store", crash)
          yield* Effect.exit(revive(first))
          yield* first.close
          const second = yield* scene.open(patient)
          assert.isTrue(isBlank(yield* inStore(second)))
          assert.notInclude(yield* scene.story, "QuarantineLifted")
          assert.strictEqual((yield* revive(second))._tag, "Revived")
        })
      ),
    slow
  )

  it.live(
    "finds that a new login has come meanwhile, and uses that",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* condemn(scene, instance)
          yield* scene.advance("10 seconds")
          const theirs = yield* scene.logIn(scene.login)
          instance.edges.stores.before("lock", scene.write(theirs))
          assert.deepStrictEqual(yield* revive(instance), { _tag: "Alive", replaced: true })
          assert.strictEqual(yield* instance.token(), theirs.access_token)
          assert.deepStrictEqual(
            only(yield* scene.events, "QuarantineLifted").map(({ data }) => data.by),
            ["generation"]
          )
        })
      ),
    slow
  )

  it.live(
    "of what is not dead records nothing",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* instance.token()
          const before = (yield* scene.events).length
          assert.deepStrictEqual(yield* revive(instance), { _tag: "Alive", replaced: false })
          assert.strictEqual((yield* scene.events).length, before)
        })
      ),
    slow
  )

  it.live(
    "is not possible once the tokens are not kept any more, and says how to log in again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open(patient)
          yield* condemn(scene, first)
          yield* first.close
          yield* scene.advance("31 days")
          const second = yield* scene.open(patient)
          const error = yield* refusal(second)
          assert.strictEqual(error?.reason._tag, "NotKept")
          assert.include(error?.message ?? "", scene.codexHere().relogin)
          assert.isTrue(isBlank(yield* inStore(second)))
          assert.notInclude(yield* scene.story, "QuarantineLifted")
        })
      ),
    slow
  )

  it.live(
    "does not put its pair over tokens that are neither blank nor the dead ones",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* instance.token({ forceRefresh: true })
          yield* condemn(scene, instance)
          yield* scene.write(scene.login)
          const before = readFileSync(scene.authFile)
          assert.strictEqual((yield* refusal(instance))?.reason._tag, "OtherTokens")
          assert.deepStrictEqual(readFileSync(scene.authFile), before)
          assert.notInclude(yield* scene.story, "QuarantineLifted")
        })
      ),
    slow
  )

  it.live(
    "brings back exactly the pair that is dead, and not the newer one that was refused before it",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const instance = yield* scene.open(patient)
            yield* instance.token()
            yield* scene.advance("10 seconds")
            yield* scene.write(yield* scene.logIn(scene.login))
            yield* instance.token({ failedToken: scene.login.access_token })
            yield* refuseNext(scene)
            yield* instance.token({ forceRefresh: true })
            assert.strictEqual(yield* condemn(scene, instance), "Revoked")
            yield* revive(instance)
            const { refresh } = yield* inStore(instance)
            const [, last] = yield* scene.posts
            assert.strictEqual(refresh && Redacted.value(refresh), last?.presented)
            assert.isAbove(readdirSync(join(scene.home, "quarantine")).length, 1)
          }),
        { dialect: "generic" }
      ),
    slow
  )

  it.live(
    "of two programs at once is one",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open(patient)
          const second = yield* scene.open(patient)
          yield* condemn(scene, first)
          const tags = yield* Effect.all([revive(first), revive(second)], { concurrency: 2 })
          assert.sameMembers(
            tags.map(({ _tag }) => _tag),
            ["Revived", "Alive"]
          )
          assert.strictEqual(only(yield* scene.events, "QuarantineLifted").length, 1)
        })
      ),
    slow
  )

  it.live(
    "is decided again if the ledger moved on while the pair was put back",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* condemn(scene, instance)
          const { member } = yield* only1(instance)
          const generation = { access: instance.fingerprints.ofText("a"), refresh: instance.fingerprints.ofText("r") }
          const data = { grant: member.grant, generation, where: "hermes", how: "login" } as const
          const moved = instance.ledger.append([{ type: "GenerationObserved", v: 1, credential: member.id, data }])
          instance.edges.stores.after("store", Effect.orDie(moved))
          assert.deepStrictEqual(yield* revive(instance), { _tag: "Alive", replaced: true })
          assert.notInclude(yield* scene.story, "QuarantineLifted")
        })
      ),
    slow
  )

  it.live(
    "ends the strikes of a login that too many unknown answers stopped",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy: { ...patient.policy, strikes: 1 } })
          const fault = { _tag: "Status", status: 418, body: JSON.stringify({ error: "teapot" }) } as const
          yield* scene.sandbox.fault({ fault })
          yield* failing(instance.token({ failedToken: scene.login.access_token }))
          assert.strictEqual(yield* failing(instance.token({ failedToken: scene.login.access_token })), "StruckOut")
          assert.strictEqual((yield* revive(instance))._tag, "Revived")
          const renewed = yield* instance.token({ failedToken: scene.login.access_token })
          assert.notStrictEqual(renewed, scene.login.access_token)
          assert.strictEqual(yield* count(scene), 2)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "of a login whose store another ledger owns is refused, and names that ledger",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const here = yield* scene.open(patient)
          yield* condemn(scene, here)
          const there = yield* scene.open({ home: join(scene.folder, "elsewhere"), ...patient })
          yield* there.operator.takeOver(scene.authFile)
          const error = yield* Effect.flip(revive(here))
          assert.include(error.message, join(scene.folder, "elsewhere"))
          assert.notInclude(yield* scene.story, "QuarantineLifted")
        })
      ),
    slow
  )

  it.live(
    "of a login whose tokens were taken out of quarantine by hand is refused",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* condemn(scene, instance)
          rmSync(join(scene.home, "quarantine"), { recursive: true })
          yield* instance.close
          const later = yield* scene.open(patient)
          assert.strictEqual((yield* refusal(later))?.reason._tag, "NotKept")
        })
      ),
    slow
  )
})
