/**
 * What others do reaches a pool that is open: another process through the ledger, another program through its file.
 * The time is measured, not asserted; each of these waits as long as a test may take.
 */
import { assert, describe, it } from "@effect/vitest"
import { CredentialId } from "@daybook/pool/Ids"
import type { Draft } from "@daybook/pool/Recorded"
import { Deferred, Effect, Fiber, Redacted, Schedule } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { addRow, manualRow } from "./support/HermesRows.ts"
import type { Instance } from "./support/Instance.ts"
import { codex } from "./support/Instance.ts"
import { next } from "./support/Next.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, patient, type Scene, slow } from "./support/Scene.ts"

const seeded = CredentialId.make("seeded")

/** Asks until the answer is this one. */
const untilServed = (instance: Instance, expected: string) =>
  instance.token().pipe(
    Effect.filterOrFail(
      (token) => token === expected,
      () => "another token" as const
    ),
    Effect.retry(Schedule.spaced("20 millis")),
    Effect.orDie
  )

/** Two programs; what the first does to the first login must lead the second to serve the other. */
const together = Effect.fnUntraced(function* (scene: Scene) {
  const other = yield* scene.logIn()
  yield* addRow(scene, manualRow("other", other))
  const [first, second] = yield* Effect.all([scene.open(), scene.open()])
  assert.strictEqual(yield* second.token(), scene.login.access_token)
  return { first, second, other }
})

const acts: ReadonlyArray<readonly [what: string, act: Draft]> = [
  ["paused it", { type: "CredentialPaused", v: 1, credential: seeded, data: {} }],
  ["removed it", { type: "CredentialRemoved", v: 1, credential: seeded, data: { by: "operator" } }],
  ["preferred another", { type: "CredentialPrioritised", v: 1, credential: seeded, data: { priority: 9 } }]
]

describe("a login that another process shares", () => {
  for (const [what, act] of acts) {
    it.live(
      `is served no more once that process ${what}`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const { first, other, second } = yield* together(scene)
            yield* first.ledger.append([act])
            yield* untilServed(second, other.access_token)
          })
        ),
      slow
    )
  }

  it.live(
    "is served no more once that process found it dead, although its access token is good",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { first, other, second } = yield* together(scene)
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          yield* Effect.ignore(first.token({ credential: "seeded", forceRefresh: true }))
          assert.strictEqual(only(yield* scene.events, "CredentialQuarantined").length, 1)
          yield* untilServed(second, other.access_token)
        })
      ),
    slow
  )

  it.live(
    "is served anew once that process refreshed it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { first, second } = yield* together(scene)
          const token = yield* first.token({ forceRefresh: true })
          yield* untilServed(second, token)
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )
})

describe("what another program writes into a login's file", () => {
  it.live(
    "is named if it is an older pair, not adopted, and written over with what counts",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const token = yield* instance.token({ forceRefresh: true })
          yield* scene.write(scene.login)
          yield* next(instance, "VaultRead", ({ data }) => data.standing === "stale")
          yield* Effect.suspend(() =>
            scene.read().providers[codex].tokens.access_token === token ? Effect.void : Effect.fail("not yet" as const)
          ).pipe(Effect.retry(Schedule.spaced("20 millis")))
          assert.strictEqual(yield* instance.token(), token)
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is named once if it is a blank stub, and what is held is served on",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* addRow(scene, manualRow("other", yield* scene.logIn()))
          const instance = yield* scene.open()
          const token = yield* instance.token()
          yield* scene.write({ access_token: "", refresh_token: "" })
          yield* next(instance, "VaultRead", ({ credential, data }) => credential === "seeded" && data.found === "none")
          yield* scene.write({ access_token: " ", refresh_token: "" })
          yield* addRow(scene, manualRow("third", yield* scene.logIn()))
          yield* next(instance, "CredentialEnrolled", ({ credential }) => credential === "third")
          assert.strictEqual(yield* instance.token(), token)
          assert.strictEqual(
            only(yield* scene.events, "VaultRead").filter(({ credential }) => credential === "seeded").length,
            1
          )
        })
      ),
    slow
  )

  it.live(
    "is named, and left as it is, where the file is not ours to write",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const path = join(scene.folder, "codex.json")
          const write = (tokens: object) => Effect.sync(() => writeFileSync(path, JSON.stringify({ tokens })))
          const renewed = yield* scene.logIn(scene.login)
          yield* write({ access_token: scene.login.access_token, refresh_token: scene.login.refresh_token })
          const instance = yield* scene.open({ stores: [{ kind: "codex-cli", path }] })
          yield* write({ access_token: renewed.access_token, refresh_token: renewed.refresh_token })
          yield* untilServed(instance, renewed.access_token)
          yield* write({ access_token: "", refresh_token: "" })
          yield* next(instance, "VaultRead", ({ data }) => data.found === "none")
          assert.strictEqual(yield* instance.token(), renewed.access_token)
          yield* write({ access_token: scene.login.access_token, refresh_token: scene.login.refresh_token })
          const stale = yield* next(instance, "VaultRead", ({ data }) => data.standing === "stale")
          assert.strictEqual(yield* instance.token(), renewed.access_token)
          assert.include(
            JSON.stringify(stale),
            instance.fingerprints.of(Redacted.make(scene.login.refresh_token)) as string
          )
        })
      ),
    slow
  )
})

it.live(
  "a look at the file that began before a refresh does not bring back what the refresh replaced",
  () =>
    inScene((scene) =>
      Effect.gen(function* () {
        const instance = yield* scene.open(patient)
        const forced = instance.token({ forceRefresh: true })
        const [stored, looked] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const refreshing = yield* Deferred.make<Fiber.Fiber<string, unknown>>()
        instance.edges.ledger.before(
          "append RefreshSucceeded",
          Effect.andThen(Deferred.succeed(stored, undefined), Deferred.await(looked))
        )
        instance.edges.stores.after(
          "read",
          Effect.gen(function* () {
            yield* Deferred.succeed(refreshing, yield* Effect.forkDetach(forced))
            yield* Deferred.await(stored)
            yield* Effect.forkDetach(Effect.delay(Deferred.succeed(looked, undefined), "200 millis"))
          })
        )
        yield* scene.write(scene.login)
        const first = yield* Fiber.join(yield* Deferred.await(refreshing))
        const second = yield* forced
        assert.notStrictEqual(second, first)
        assert.strictEqual((yield* scene.posts).length, 2)
      })
    ),
  slow
)
