/**
 * Which credential a call gets, by the policy's strategy and by what all processes use at the moment.
 */
import { assert, describe, it } from "@effect/vitest"
import { CredentialId } from "@daybook/pool/Ids"
import type { Strategy } from "@daybook/pool/Policy"
import { NoneAvailable } from "@daybook/refresher/PoolError"
import { Effect } from "effect"
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { addRow, manualRow } from "./support/HermesRows.ts"
import { codex, type Instance, type Request } from "./support/Instance.ts"
import { holdingLeases } from "./support/LeaseHolder.ts"
import { inScene, patient, type Scene, slow } from "./support/Scene.ts"

const seeded = CredentialId.make("seeded")
const spare = CredentialId.make("spare")

/** The file has a second login, of somebody else. */
const withSpare = (scene: Scene) =>
  Effect.flatMap(scene.logIn(), (login) => Effect.as(addRow(scene, manualRow("spare", login)), login))

const picked = ({ pool }: Instance, request: Request = {}) => {
  const { failedToken: _, provider = codex, ...wanted } = request
  return Effect.map(pool.getToken(provider, wanted), ({ credential }) => credential)
}

const picks = (instance: Instance, times: number, request?: Request) =>
  Effect.forEach(Array.from({ length: times }), () => picked(instance, request))

const opened = Effect.fnUntraced(function* (scene: Scene, policy: { strategy?: Strategy; leaseMost?: number }) {
  yield* withSpare(scene)
  return yield* scene.open({ policy: { ...patient.policy, ...policy } })
})

describe("a pool that fills one credential first", () => {
  it.live(
    "gives all calls the same one",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* opened(scene, {})
          assert.deepStrictEqual(yield* picks(instance, 4), [seeded, seeded, seeded, seeded])
        })
      ),
    slow
  )

  it.live(
    "counts no leases, and makes no files for them",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { leases } = yield* opened(scene, {})
          leases.hold(seeded)
          assert.strictEqual(leases.count(seeded), 0)
          assert.isFalse(existsSync(join(scene.home, "leases")))
        })
      ),
    slow
  )
})

describe("a pool that takes turns", () => {
  it.live(
    "gives its calls each credential in turn",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* opened(scene, { strategy: "round_robin" })
          const [one, other, ...more] = yield* picks(instance, 6)
          assert.sameMembers([one, other], [seeded, spare])
          assert.deepStrictEqual(more, [one, other, one, other])
        })
      ),
    slow
  )

  it.live(
    "gives the one that is named, and takes no turn for it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* opened(scene, { strategy: "round_robin" })
          const [one] = yield* picks(instance, 1)
          assert.deepStrictEqual(yield* picks(instance, 3, { credential: "spare" }), [spare, spare, spare])
          assert.notStrictEqual((yield* picks(instance, 1))[0], one)
        })
      ),
    slow
  )

  for (const strategy of ["round_robin", "random", "least_used", "soonest_reset"] as const) {
    it.live(
      `never gives a paused one by ${strategy}, whatever the turn and however much the other one is used`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const instance = yield* opened(scene, { strategy, leaseMost: 1 })
            yield* picks(instance, 3)
            yield* instance.operator.pause(spare)
            instance.leases.hold(seeded)
            instance.leases.hold(seeded)
            assert.deepStrictEqual(new Set(yield* picks(instance, 12)), new Set([seeded]))
            yield* instance.operator.pause(seeded)
            assert.instanceOf(yield* Effect.flip(instance.token()), NoneAvailable)
          })
        ),
      slow
    )
  }
})

describe("a lease", () => {
  it.live(
    "at the cap makes another credential preferred, until it ends",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* opened(scene, { leaseMost: 1 })
          assert.strictEqual(yield* picked(instance), seeded)
          const end = instance.leases.hold(seeded)
          assert.strictEqual(yield* picked(instance), spare)
          end?.()
          assert.strictEqual(yield* picked(instance), seeded)
        })
      ),
    slow
  )

  it.live(
    "keeps nobody waiting: with all at the cap, the least leased one is given",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* opened(scene, { leaseMost: 1 })
          for (const credential of [seeded, seeded, spare]) instance.leases.hold(credential)
          assert.strictEqual(yield* picked(instance), spare)
        })
      ),
    slow
  )

  it.live(
    "of another process counts, and ends when that is killed",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* opened(scene, { leaseMost: 2 })
          const other = yield* holdingLeases(scene.home, "seeded", "seeded")
          assert.strictEqual(instance.leases.count(seeded), 2)
          assert.strictEqual(yield* picked(instance), spare)
          yield* other.kill
          assert.strictEqual(instance.leases.count(seeded), 0)
          assert.strictEqual(yield* picked(instance), seeded)
        })
      ),
    slow
  )

  it.live(
    "makes the least used credential another one",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* opened(scene, { strategy: "least_used" })
          yield* holdingLeases(scene.home, "seeded")
          assert.strictEqual(yield* picked(instance), spare)
          instance.leases.hold(spare)
          instance.leases.hold(spare)
          assert.strictEqual(yield* picked(instance), seeded)
        })
      ),
    slow
  )

  it.live(
    "counts within the process where its folder cannot be, and calls are served",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          mkdirSync(scene.home, { mode: 0o700 })
          writeFileSync(join(scene.home, "leases"), "")
          const instance = yield* opened(scene, { leaseMost: 1 })
          instance.leases.hold(seeded)
          assert.strictEqual(instance.leases.count(seeded), 1)
          assert.strictEqual(yield* picked(instance), spare)
        })
      ),
    slow
  )

  it.live(
    "stands in a file for its owner only, in a folder for its owner only",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { leases } = yield* opened(scene, { leaseMost: 1 })
          leases.hold(seeded)
          assert.strictEqual(statSync(join(scene.home, "leases")).mode & 0o777, 0o700)
          assert.strictEqual(statSync(join(scene.home, "leases", "seeded.lock")).mode & 0o777, 0o600)
        })
      ),
    slow
  )
})

describe("an explanation", () => {
  it.live(
    "says whom the next call gets, and takes no turn itself",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* opened(scene, { strategy: "round_robin" })
          for (let turn = 0; turn < 4; turn++) {
            const { served } = yield* instance.pool.explain(codex)
            assert.strictEqual((yield* instance.pool.explain(codex)).served, served)
            assert.strictEqual(yield* picked(instance), served)
          }
        })
      ),
    slow
  )

  it.live(
    "knows what an operator said in another program a moment ago",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const here = yield* opened(scene, {})
          const there = yield* scene.open(patient)
          yield* there.operator.pause(seeded)
          const { candidates, served } = yield* here.pool.explain(codex)
          assert.strictEqual(served, spare)
          assert.strictEqual(candidates.find(({ credential }) => credential === seeded)?.why?._tag, "Paused")
        })
      ),
    slow
  )
})
