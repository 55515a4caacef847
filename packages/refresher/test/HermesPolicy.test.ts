/**
 * A pool under hermes' rules: a bare 401 of the token endpoint ends a login at once, benches are as long as hermes', and
 * nothing is sent, lost or cleared that would not be under our own.
 */
import { hermes, olderHermes } from "@daybook/pool/HermesPolicy"
import { defaults, type Policy } from "@daybook/pool/Policy"
import { members } from "@daybook/pool/PoolState"
import { NoneAvailable } from "@daybook/refresher/PoolError"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { failing } from "./support/Failures.ts"
import { call } from "./support/ModelApi.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, quick, type Scene, slow } from "./support/Scene.ts"

/** As impatient as the scenes are, but for the request itself. */
const inAHurry = (policy: Policy): Policy => ({
  ...policy,
  confirmAfter: quick.confirmAfter,
  lockWait: quick.lockWait
})

const rules = inAHurry(hermes)
const older = inAHurry(olderHermes)

const refuseOnce = ({ sandbox }: Scene, status: number) =>
  Effect.orDie(sandbox.fault({ fault: { _tag: "Status", status, body: "" } }))

const tokensIn = (scene: Scene) => scene.read().providers["openai-codex"].tokens

describe("a bare 401 of the token endpoint", () => {
  it.live(
    "ends the login at once under hermes' rules: one request, no further look, cleared and noted",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { grant, token } = yield* scene.open({ policy: rules })
          yield* refuseOnce(scene, 401)
          assert.strictEqual(yield* failing(token({ forceRefresh: true })), "Revoked")
          assert.strictEqual((yield* grant).health._tag, "Dead")
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual((yield* scene.story).slice(-5), [
            "RefreshStarted",
            "RefreshFailed",
            "ErrorClassified",
            "CredentialQuarantined",
            "StoreCleared"
          ])
          assert.notProperty(tokensIn(scene), "refresh_token")
          const [classified] = only(yield* scene.events, "ErrorClassified")
          assert.strictEqual(classified?.data.rule, "policy/terminal")
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is tried again under ours, and the login lives",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { grant, token } = yield* scene.open()
          yield* refuseOnce(scene, 401)
          assert.strictEqual(yield* failing(token({ forceRefresh: true })), "Unrecognized")
          assert.strictEqual((yield* grant).health._tag, "Live")
          yield* scene.advance("1 hour")
          assert.notStrictEqual(yield* token(), scene.login.access_token)
        })
      ),
    slow
  )

  it.live(
    "costs nothing under hermes' rules if another program logs in meanwhile: its login is found and used",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open({ policy: rules })
          yield* scene.advance("10 seconds")
          const theirs = yield* scene.logIn(scene.login)
          yield* refuseOnce(scene, 401)
          edges.ledger.after("append RefreshFailed", scene.write(theirs))
          assert.strictEqual(yield* token({ forceRefresh: true }), theirs.access_token)
          assert.strictEqual(tokensIn(scene).refresh_token, theirs.refresh_token)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("a refused refresh token that our rules know", () => {
  it.live(
    "is looked at again under hermes' rules too, so that a race is lost and not a login",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open({ policy: rules })
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          yield* scene.advance("10 seconds")
          const theirs = yield* scene.logIn(scene.login)
          edges.ledger.after("append RefreshFailed", scene.write(theirs))
          assert.strictEqual(yield* token({ forceRefresh: true }), theirs.access_token)
          assert.notInclude(yield* scene.story, "CredentialQuarantined")
        })
      ),
    slow
  )
})

/** Revoked, refused by the API, and told to the pool. */
const refusedAsRevoked = (scene: Scene, policy: Policy) =>
  Effect.gen(function* () {
    const instance = yield* scene.open({ policy })
    const token = yield* Effect.orDie(instance.token())
    const body = JSON.stringify({ error: { code: "token_revoked", message: "revoked" } })
    yield* Effect.orDie(scene.sandbox.apiFault({ fault: { _tag: "Status", status: 401, body } }))
    assert.strictEqual((yield* call(scene, instance, token))?.verdict, "GrantRevoked")
    return instance
  })

describe("a login that the API says is revoked", () => {
  it.live(
    "came back every hour under hermes' older rules",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const { ledger, token } = yield* refusedAsRevoked(scene, older)
            assert.instanceOf(yield* Effect.flip(token()), NoneAvailable)
            const [benched] = members(yield* ledger.state)
            assert.strictEqual(benched?.cooldown?.reason, "GrantRevoked")
            yield* scene.advance("61 minutes")
            assert.strictEqual(yield* token(), scene.login.access_token)
          }),
        { accessLifetime: 86_400 }
      ),
    slow
  )

  for (const [name, policy] of [
    ["hermes'", rules],
    ["our", inAHurry(defaults)]
  ] as const) {
    it.live(
      `never comes back by itself under ${name} rules`,
      () =>
        inScene(
          (scene) =>
            Effect.gen(function* () {
              const { grant, token } = yield* refusedAsRevoked(scene, policy)
              yield* scene.advance("3 hours")
              assert.instanceOf(yield* Effect.flip(token()), NoneAvailable)
              assert.strictEqual((yield* grant).health._tag, "Dead")
            }),
          { accessLifetime: 86_400 }
        ),
      slow
    )
  }
})
