/**
 * What an operator's pause, removal and names do to a pool, in this program and in others.
 */
import { assert, describe, it } from "@effect/vitest"
import { CredentialId } from "@daybook/pool/Ids"
import { NoneAvailable } from "@daybook/refresher/PoolError"
import { Effect, Fiber, Schedule } from "effect"
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { failing, reasonOf } from "./support/Failures.ts"
import { addRow, manualRow, setRows } from "./support/HermesRows.ts"
import { crash } from "./support/Hooks.ts"
import type { Instance } from "./support/Instance.ts"
import { call, questions } from "./support/ModelApi.ts"
import { next } from "./support/Next.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, patient, type Scene, slow } from "./support/Scene.ts"

const seeded = CredentialId.make("seeded")

const count = (scene: Scene) => Effect.map(scene.posts, (posts) => posts.length)

const tokensIn = (scene: Scene) => scene.read().providers["openai-codex"].tokens

/** Why nothing is available, once that is so; a failure of the test if it is not so within a second. */
const soonRefused = ({ token }: Instance) =>
  Effect.flip(token()).pipe(
    Effect.retry({ schedule: Schedule.spaced("10 millis"), times: 100 }),
    Effect.tap((error) => Effect.sync(() => assert.instanceOf(error, NoneAvailable))),
    Effect.map(({ message }) => message)
  )

/** The tag of an operator's failure, or of its reason if it has one. */
const refusal = <A, E extends { readonly _tag: string; readonly reason?: unknown }>(wish: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(wish), (error) => {
    const reason = error.reason as { readonly _tag: string } | undefined
    return reason === undefined ? error._tag : reason._tag
  })

describe("a paused credential", () => {
  it.live(
    "is not served and not sent, at once here and within a second in another program",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const here = yield* scene.open(patient)
          const there = yield* scene.open(patient)
          assert.strictEqual(yield* there.token(), scene.login.access_token)
          assert.strictEqual(yield* here.token(), scene.login.access_token)
          const events = yield* here.operator.pause(seeded)
          assert.deepStrictEqual(
            events.map(({ type }) => type),
            ["CredentialPaused"]
          )
          const error = yield* Effect.flip(here.token({ forceRefresh: true }))
          assert.include(error.message, "paused by an operator")
          assert.include(yield* soonRefused(there), "daybook resume seeded")
          assert.strictEqual(yield* count(scene), 0)
        })
      ),
    slow
  )

  it.live(
    "is not refreshed either by an operator, who is told to resume it first",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, operator, pool } = yield* scene.open(patient)
          yield* operator.pause(seeded)
          const reason = yield* reasonOf(pool.refresh("seeded"))
          assert.strictEqual(reason.reason, "Paused")
          assert.include(JSON.stringify(reason), "resume it first")
          assert.notInclude(edges.trace, "lock")
          assert.strictEqual(yield* count(scene), 0)
          assert.notInclude(yield* scene.story, "RefreshStarted")
        })
      ),
    slow
  )

  it.live(
    "is not sent by a refresh that waited for its lock when the pause came",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const here = yield* scene.open(patient)
          const there = yield* scene.open(patient)
          there.edges.stores.before("lock", Effect.orDie(here.operator.pause(seeded)))
          assert.strictEqual(yield* failing(there.token({ failedToken: scene.login.access_token })), "Paused")
          assert.strictEqual(yield* count(scene), 0)
          assert.notInclude(yield* scene.story, "RefreshStarted")
        })
      ),
    slow
  )

  it.live(
    "is not sent by a refresh whose intent came into the ledger after the pause",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const here = yield* scene.open(patient)
          const there = yield* scene.open(patient)
          there.edges.ledger.before("append RefreshStarted", Effect.orDie(here.operator.pause(seeded)))
          assert.strictEqual(yield* failing(there.token({ failedToken: scene.login.access_token })), "Paused")
          assert.strictEqual(yield* count(scene), 0)
          const [unsent] = only(yield* scene.events, "RefreshFailed")
          assert.deepStrictEqual(unsent?.data.evidence, { left: false, fault: "out-of-use" })
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is not served by a refresh that was under way, whose answer is stored all the same",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { operator, token } = yield* scene.open(patient)
          const hold = yield* scene.sandbox.hold("afterCommit")
          const asked = yield* Effect.forkChild(failing(token({ failedToken: scene.login.access_token })))
          yield* hold.parked()
          yield* operator.pause(seeded)
          yield* hold.release
          assert.strictEqual(yield* Fiber.join(asked), "Paused")
          const [post] = yield* scene.posts
          assert.strictEqual(tokensIn(scene).refresh_token, post?.successor)
          assert.deepStrictEqual((yield* scene.story).slice(-1), ["RefreshSucceeded"])
        })
      ),
    slow
  )

  it.live(
    "is not asked about its quota",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy: { ...patient.policy, probeEvery: 0 } })
          const at = Math.floor(Date.now() / 1000)
          const primary = { usedPercent: 100, resetsAt: at + 3600 }
          yield* scene.sandbox.quota({ grant: scene.login.grant, primary })
          yield* call(scene, instance, yield* instance.token())
          yield* Effect.flip(instance.token())
          const asked = (yield* questions(scene)).length
          assert.isAbove(asked, 0)
          yield* instance.operator.pause(seeded)
          yield* Effect.flip(instance.token())
          yield* instance.operator.resume(seeded)
          assert.strictEqual((yield* questions(scene)).length, asked)
        })
      ),
    slow
  )

  it.live(
    "is only refreshed before it lapses if that was asked for, and not served even then",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy: { ...patient.policy, upkeepEvery: 40, keepaliveAfter: 0 } })
          yield* addRow(scene, manualRow("mine", yield* scene.logIn()))
          yield* next(instance, "CredentialEnrolled", ({ credential }) => credential === "mine")
          yield* instance.operator.pause(seeded)
          yield* instance.operator.pause(CredentialId.make("mine"), { keepalive: true })
          yield* scene.advance("61 minutes")
          yield* next(instance, "RefreshSucceeded")
          assert.deepStrictEqual(
            only(yield* scene.events, "RefreshStarted").map(({ credential, data }) => [credential, data.trigger]),
            [[CredentialId.make("mine"), "keepalive"]]
          )
          assert.instanceOf(yield* Effect.flip(instance.token()), NoneAvailable)
        })
      ),
    slow
  )

  it.live(
    "that is resumed is served again, with what a dead process had kept for it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open(patient)
          first.edges.stores.after("stash", crash)
          yield* Effect.exit(first.token({ forceRefresh: true }))
          yield* first.operator.pause(seeded)
          yield* first.close
          const second = yield* scene.open(patient)
          assert.instanceOf(yield* Effect.flip(second.token()), NoneAvailable)
          yield* second.operator.resume(seeded)
          const [post] = yield* scene.posts
          yield* second.token({ failedToken: scene.login.access_token })
          assert.strictEqual(tokensIn(scene).refresh_token, post?.successor)
          assert.strictEqual(yield* count(scene), 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is recorded as paused once, however often it is paused, and as resumed once",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { operator } = yield* scene.open(patient)
          yield* operator.pause(seeded)
          assert.deepStrictEqual(yield* operator.pause(seeded), [])
          yield* operator.resume(seeded)
          assert.deepStrictEqual(yield* operator.resume(seeded), [])
          assert.deepStrictEqual((yield* scene.story).slice(-2), ["CredentialPaused", "CredentialResumed"])
        })
      ),
    slow
  )
})

describe("a credential that was removed", () => {
  it.live(
    "from a file that hermes has too leaves that file byte for byte as it is, and its siblings in the pool",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const one = yield* scene.logIn()
          const other = yield* scene.logIn()
          yield* addRow(scene, manualRow("one", one))
          yield* addRow(scene, manualRow("other", other))
          const first = yield* scene.open(patient)
          const there = yield* scene.open(patient)
          const before = readFileSync(scene.authFile)
          yield* first.operator.remove(CredentialId.make("one"))
          yield* first.operator.remove(seeded)
          assert.deepStrictEqual(yield* first.operator.remove(seeded), [])
          assert.deepStrictEqual(readFileSync(scene.authFile), before)
          assert.strictEqual(yield* first.token(), other.access_token)
          assert.strictEqual(yield* there.token({ credential: "other" }), other.access_token)
          assert.strictEqual(yield* refusal(there.token({ credential: "one" })), "UnknownCredential")
        })
      ),
    slow
  )

  it.live(
    "because its API key is not wanted leaves another key of the same provider and source in the pool",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const key = (name: string) => ({
            id: name,
            auth_type: "api_key",
            source: "manual",
            access_token: `sk-${name}-01234567`
          })
          yield* addRow(scene, key("first"))
          yield* addRow(scene, key("second"))
          const { operator, pool } = yield* scene.open(patient)
          yield* operator.remove(CredentialId.make("first"))
          assert.sameMembers(
            (yield* pool.status).credentials.map(({ id }) => id as string),
            ["seeded", "second"]
          )
        })
      ),
    slow
  )

  it.live(
    "does not come back by itself: not after a restart, and not with a new login in the same place",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open(patient)
          yield* first.operator.remove(seeded)
          yield* scene.write(yield* scene.logIn())
          yield* addRow(scene, manualRow("mine", yield* scene.logIn()))
          yield* next(first, "CredentialEnrolled", ({ credential }) => credential === "mine")
          yield* first.close
          const second = yield* scene.open(patient)
          assert.deepStrictEqual(
            (yield* second.pool.status).credentials.map(({ id }) => id as string),
            ["mine"]
          )
        })
      ),
    slow
  )

  it.live(
    "is not served by another program a second later, nor sent by a refresh that was waiting",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const here = yield* scene.open(patient)
          const there = yield* scene.open(patient)
          yield* there.token()
          yield* here.operator.remove(seeded)
          yield* soonRefused(there)
          assert.strictEqual(yield* count(scene), 0)
        })
      ),
    slow
  )

  it.live(
    "while it was being refreshed has its answer stored first",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const here = yield* scene.open(patient)
          const there = yield* scene.open(patient)
          const hold = yield* scene.sandbox.hold("afterCommit")
          yield* Effect.forkChild(Effect.exit(there.token({ failedToken: scene.login.access_token })))
          yield* hold.parked()
          const removing = yield* Effect.forkChild(here.operator.remove(seeded))
          yield* hold.release
          yield* Fiber.join(removing)
          const [post] = yield* scene.posts
          assert.strictEqual(tokensIn(scene).refresh_token, post?.successor)
          assert.deepStrictEqual((yield* scene.story).slice(-2), ["RefreshSucceeded", "CredentialRemoved"])
        })
      ),
    slow
  )

  it.live(
    "can be so although its store is gone",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { operator, pool } = yield* scene.open(patient)
          rmSync(join(scene.folder, "hermes"), { recursive: true })
          assert.strictEqual((yield* operator.remove(seeded)).length, 1)
          assert.deepStrictEqual((yield* pool.status).credentials, [])
        })
      ),
    slow
  )

  it.live(
    "takes no other wish",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { operator } = yield* scene.open(patient)
          yield* operator.remove(seeded)
          const wishes = [
            operator.pause(seeded),
            operator.resume(seeded),
            operator.relabel(seeded, "new"),
            operator.prioritise(seeded, 9),
            Effect.as(operator.revive(seeded), [])
          ]
          for (const wish of wishes) assert.strictEqual(yield* refusal(wish), "Removed")
          assert.strictEqual(yield* refusal(operator.pause(CredentialId.make("nobody"))), "UnknownCredential")
        })
      ),
    slow
  )
})

describe("an operator's label", () => {
  it.live(
    "is how a token is asked for from then on",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { operator, token } = yield* scene.open(patient)
          yield* operator.relabel(seeded, "work")
          assert.strictEqual(yield* token({ credential: "work" }), scene.login.access_token)
          assert.deepStrictEqual(yield* operator.relabel(seeded, "work"), [])
        })
      ),
    slow
  )

  it.live(
    "may not be an address, which could not be shown",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { operator } = yield* scene.open(patient)
          assert.strictEqual(yield* refusal(operator.relabel(seeded, "ada@example.com")), "BadLabel")
          assert.notInclude(yield* scene.story, "CredentialRelabelled")
        })
      ),
    slow
  )

  it.live(
    "that two credentials have names neither: the error lists their ids",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* setRows(scene, "openai-codex", [
            { ...manualRow("seeded", scene.login, "work"), source: "device_code", priority: 0 },
            manualRow("mine", yield* scene.logIn(), "work")
          ])
          const { pool, token } = yield* scene.open(patient)
          const errors = [yield* Effect.flip(token({ credential: "work" })), yield* Effect.flip(pool.refresh("work"))]
          for (const error of errors) {
            assert.strictEqual(error._tag, "AmbiguousCredential")
            assert.include(error.message, "seeded, mine")
          }
        })
      ),
    slow
  )

  it.live(
    "does not hide the credential that has it as its id",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const mine = yield* scene.logIn()
          yield* setRows(scene, "openai-codex", [
            { ...manualRow("seeded", scene.login, "mine"), source: "device_code", priority: 0 },
            manualRow("mine", mine)
          ])
          const { operator, pool, token } = yield* scene.open(patient)
          assert.strictEqual(yield* token({ credential: "mine" }), mine.access_token)
          yield* operator.remove(CredentialId.make("mine"))
          const reason = yield* reasonOf(pool.refresh("mine"))
          assert.strictEqual(reason.reason, "Removed")
          assert.strictEqual((yield* Effect.flip(token({ credential: "mine" })))._tag, "UnknownCredential")
          assert.strictEqual(yield* count(scene), 0)
        })
      ),
    slow
  )

  it.live(
    "may not be the id of another credential, nor the label of another member",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* addRow(scene, manualRow("mine", yield* scene.logIn(), "work"))
          const { operator } = yield* scene.open(patient)
          assert.include((yield* Effect.flip(operator.relabel(seeded, "work"))).message, "mine has it already")
          assert.strictEqual(yield* refusal(operator.relabel(seeded, "mine")), "BadLabel")
          yield* operator.remove(CredentialId.make("mine"))
          assert.strictEqual(yield* refusal(operator.relabel(seeded, "mine")), "BadLabel")
          assert.strictEqual((yield* operator.relabel(seeded, "work")).length, 1)
        })
      ),
    slow
  )
})

describe("an operator's priority", () => {
  it.live(
    "decides who is asked first, in every program",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const mine = yield* scene.logIn()
          yield* addRow(scene, manualRow("mine", mine))
          const here = yield* scene.open(patient)
          const there = yield* scene.open(patient)
          assert.strictEqual(yield* there.token(), scene.login.access_token)
          yield* here.operator.prioritise(seeded, 7)
          assert.deepStrictEqual(yield* here.operator.prioritise(seeded, 7), [])
          assert.strictEqual(yield* here.token(), mine.access_token)
          yield* there.token().pipe(
            Effect.flatMap((token) => (token === mine.access_token ? Effect.void : Effect.fail("not yet"))),
            Effect.retry({ schedule: Schedule.spaced("10 millis"), times: 100 })
          )
        })
      ),
    slow
  )
})
