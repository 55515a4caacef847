/**
 * A newcomer that another program brought is refused for good: the pair that it displaced is tried before the login is
 * given up.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { failing } from "./support/Failures.ts"
import { crash } from "./support/Hooks.ts"
import { codex, type Instance } from "./support/Instance.ts"
import { next } from "./support/Next.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

/** The pool holds the first login; then another program writes a newer one, and the pool sees it. */
const displaced = Effect.fnUntraced(function* (scene: Scene, instance: Instance) {
  assert.strictEqual(yield* instance.token(), scene.login.access_token)
  yield* scene.advance("1 minute")
  const newcomer = yield* scene.logIn(scene.login)
  yield* scene.write(newcomer)
  const access = instance.fingerprints.of(Redacted.make(newcomer.access_token))
  yield* next(instance, "GenerationObserved", ({ data }) => data.generation.access === access)
  return newcomer
})

/** The same, and the newcomer's grant is revoked. */
const displacedInVain = Effect.fnUntraced(function* (scene: Scene, instance: Instance) {
  const newcomer = yield* displaced(scene, instance)
  yield* scene.sandbox.revoke({ grant: newcomer.grant })
  return newcomer
})

/** A server whose tokens do not say when they were issued: nobody knows which of two came first. */
const ageless = { dialect: "generic" } as const

const tokensIn = (scene: Scene) => scene.read().providers[codex].tokens

const aside = ({ home }: Scene) =>
  readdirSync(join(home, "quarantine")).map((name) => readFileSync(join(home, "quarantine", name), "utf8"))

describe("the pair that a refused newcomer displaced", () => {
  it.live(
    "is served again, and stands in its store again; the newcomer is kept aside",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const instance = yield* scene.open()
            const newcomer = yield* displacedInVain(scene, instance)
            assert.strictEqual(yield* instance.token({ failedToken: newcomer.access_token }), scene.login.access_token)
            assert.strictEqual(tokensIn(scene).refresh_token, scene.login.refresh_token)
            assert.isTrue(
              aside(scene).some((text) => text.includes(newcomer.refresh_token) && text.includes("Revoked"))
            )
            const last = only(yield* scene.events, "RaceAdopted").at(-1)
            assert.isTrue(last?.data.fallback)
            assert.deepStrictEqual(only(yield* scene.events, "CredentialQuarantined"), [])
            assert.strictEqual((yield* scene.posts).length, 1)
            assert.deepStrictEqual(yield* breaches(scene), [])
          }),
        ageless
      ),
    slow
  )

  it.live(
    "can be refreshed, and the newcomer is not adopted again",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const instance = yield* scene.open()
            const newcomer = yield* displacedInVain(scene, instance)
            yield* instance.token({ failedToken: newcomer.access_token })
            const renewed = yield* instance.token({ forceRefresh: true })
            assert.notInclude([scene.login.access_token, newcomer.access_token], renewed)
            yield* scene.write(newcomer)
            assert.strictEqual(yield* (yield* scene.open()).token(), renewed)
            assert.deepStrictEqual(
              (yield* scene.posts).map(({ presented }) => presented),
              [newcomer.refresh_token, scene.login.refresh_token]
            )
          }),
        ageless
      ),
    slow
  )

  it.live(
    "is found by the next process after a crash right after the decision",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const first = yield* scene.open()
            const newcomer = yield* displacedInVain(scene, first)
            first.edges.ledger.after("append ErrorClassified", crash)
            yield* Effect.exit(first.token({ failedToken: newcomer.access_token }))
            yield* first.close
            const second = yield* scene.open()
            assert.strictEqual(yield* second.token({ failedToken: newcomer.access_token }), scene.login.access_token)
            assert.strictEqual(tokensIn(scene).refresh_token, scene.login.refresh_token)
            assert.strictEqual((yield* scene.posts).length, 1)
          }),
        ageless
      ),
    slow
  )

  it.live(
    "is given up too when it is refused, and nothing is sent a third time",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const instance = yield* scene.open()
            const newcomer = yield* displacedInVain(scene, instance)
            yield* scene.sandbox.revoke({ grant: scene.login.grant })
            assert.strictEqual(yield* instance.token({ failedToken: newcomer.access_token }), scene.login.access_token)
            assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "Revoked")
            assert.strictEqual(yield* failing(instance.token({ credential: "seeded" })), "Revoked")
            assert.strictEqual((yield* scene.posts).length, 2)
            assert.strictEqual(tokensIn(scene).refresh_token, undefined)
            assert.deepStrictEqual(yield* breaches(scene), [])
          }),
        ageless
      ),
    slow
  )

  it.live(
    "is of the past once the newcomer was refreshed",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const newcomer = yield* displaced(scene, instance)
          yield* instance.token({ failedToken: newcomer.access_token })
          yield* scene.sandbox.revoke({ grant: newcomer.grant })
          assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "Revoked")
          assert.strictEqual((yield* scene.posts).length, 2)
        })
      ),
    slow
  )

  it.live(
    "is kept by a process that never had it, if the one that had it left it in the stash",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          yield* first.token({ forceRefresh: true })
          yield* first.close
          yield* scene.advance("1 minute")
          yield* scene.write(yield* scene.logIn(scene.login))
          yield* scene.open()
          const [post] = yield* scene.posts
          assert.isTrue(
            aside(scene).some((text) => text.includes(post?.successor ?? "none") && text.includes("Displaced"))
          )
        })
      ),
    slow
  )

  it.live(
    "is left alone if the newcomer was issued later: another program may have sent it for that",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const newcomer = yield* displacedInVain(scene, instance)
          assert.strictEqual(yield* failing(instance.token({ failedToken: newcomer.access_token })), "Revoked")
          assert.deepStrictEqual(
            (yield* scene.posts).map(({ presented }) => presented),
            [newcomer.refresh_token]
          )
        })
      ),
    slow
  )

  it.live(
    "is the only one left when a file was blanked, and the next process finds it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          const token = yield* first.token()
          yield* scene.write({ access_token: "", refresh_token: "" })
          yield* next(first, "VaultRead", ({ data }) => data.found === "none")
          yield* first.close
          assert.strictEqual(yield* (yield* scene.open()).token(), token)
          assert.strictEqual((yield* scene.posts).length, 0)
        })
      ),
    slow
  )

  it.live(
    "stays aside for longer than others do, while it is the only one left",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          yield* first.token()
          yield* scene.write({ access_token: "", refresh_token: "" })
          yield* next(first, "VaultRead", ({ data }) => data.found === "none")
          yield* first.close
          yield* scene.advance("31 days")
          yield* (yield* scene.open()).token()
          assert.deepStrictEqual(
            (yield* scene.posts).map(({ presented }) => presented),
            [scene.login.refresh_token]
          )
        })
      ),
    slow
  )

  it.live(
    "is none if its file cannot be read, and the newcomer's end is not held up by that",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const instance = yield* scene.open()
            const newcomer = yield* displacedInVain(scene, instance)
            for (const name of readdirSync(join(scene.home, "quarantine"))) {
              writeFileSync(join(scene.home, "quarantine", name), "{")
            }
            assert.strictEqual(yield* failing(instance.token({ failedToken: newcomer.access_token })), "Revoked")
            assert.strictEqual((yield* instance.grant).health._tag, "Dead")
          }),
        ageless
      ),
    slow
  )
})
