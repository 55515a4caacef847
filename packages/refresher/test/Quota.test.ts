/**
 * What the pool makes of quota windows: seen in headers, used up, and asked for while a credential is benched.
 */
import { assert, describe, it } from "@effect/vitest"
import { providerAt } from "@daybook/oauth/Provider"
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { xaiOAuth } from "@daybook/oauth/providers/XaiOAuth"
import { CredentialId } from "@daybook/pool/Ids"
import { members } from "@daybook/pool/PoolState"
import type { ApiFault } from "@daybook/sandbox/Faults"
import type { Login } from "@daybook/sandbox/Operations"
import { NoneAvailable, type TokenError } from "@daybook/refresher/PoolError"
import { Clock, Deferred, Effect, Fiber, Redacted } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { reasonOf } from "./support/Failures.ts"
import { codex, type Instance } from "./support/Instance.ts"
import { call, questions } from "./support/ModelApi.ts"
import { inOwnStore } from "./support/OwnLogins.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, patient, type Scene, slow } from "./support/Scene.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** So many milliseconds from now, in the whole seconds that providers speak in. */
const later = (millis: number) => Effect.map(Clock.currentTimeMillis, (now) => Math.floor((now + millis) / 1000) * 1000)

/** The five-hour window of the login stands at so many percent. */
const primary = ({ login, sandbox }: Scene, usedPercent: number, resetsAt: number, { grant }: Login = login) =>
  Effect.orDie(sandbox.quota({ grant, primary: { usedPercent, resetsAt: resetsAt / 1000 } }))

/** The pool's first login has used up its five-hour window, and the pool has been told so by the model API. */
const useUp = Effect.fnUntraced(function* (scene: Scene, instance: Instance, forMillis: number) {
  const resetsAt = yield* later(forMillis)
  yield* primary(scene, 100, resetsAt)
  const verdict = yield* call(scene, instance, yield* Effect.orDie(instance.token()))
  assert.strictEqual(verdict?.verdict, "QuotaExhausted")
  return resetsAt
})

/** The refusal, if it is that nothing is available now. */
const unavailable = <A>(asked: Effect.Effect<A, TokenError>) =>
  Effect.map(Effect.orDie(Effect.flip(asked)), (error) => {
    assert.instanceOf(error, NoneAvailable)
    return error
  })

const cooldown = ({ ledger }: Instance) =>
  Effect.orDie(Effect.map(ledger.state, (state) => members(state)[0]?.cooldown))

describe("the windows in a model API's headers", () => {
  it.live(
    "are recorded once, however many accepted answers repeat them",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const token = yield* instance.token()
          const resetsAt = yield* later(hour)
          yield* primary(scene, 10, resetsAt)
          for (let calls = 0; calls < 3; calls++) assert.isUndefined(yield* call(scene, instance, token))
          assert.deepStrictEqual(
            only(yield* scene.events, "QuotaObserved").map(({ data }) => data.windows),
            [[{ name: "5h", usedPercent: 10, resetsAt }]]
          )
        })
      ),
    slow
  )

  it.live(
    "are recorded again a minute later, if they changed",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const token = yield* instance.token()
          const resetsAt = yield* later(hour)
          for (const usedPercent of [10, 11, 12]) {
            yield* primary(scene, usedPercent, resetsAt)
            yield* call(scene, instance, token)
          }
          yield* scene.advance("1 minute")
          yield* call(scene, instance, token)
          assert.deepStrictEqual(
            only(yield* scene.events, "QuotaObserved").map(({ data }) => data.windows[0]?.usedPercent),
            [10, 12]
          )
        })
      ),
    slow
  )
})

describe("a used-up quota", () => {
  it.live(
    "benches the login until the reset that the answer names",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const resetsAt = yield* useUp(scene, instance, 3 * hour)
          assert.deepStrictEqual(yield* cooldown(instance), { until: resetsAt, reason: "QuotaExhausted" })
          const error = yield* unavailable(instance.token())
          assert.strictEqual(error.until, resetsAt)
          assert.include(error.message, new Date(resetsAt).toISOString())
        })
      ),
    slow
  )

  it.live(
    "benches it for a day at most",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const before = yield* Clock.currentTimeMillis
          yield* useUp(scene, instance, 3 * day)
          const { until = 0 } = yield* unavailable(instance.token())
          assert.isAtLeast(until, before + day)
          assert.isAtMost(until, (yield* Clock.currentTimeMillis) + day)
        })
      ),
    slow
  )

  it.live(
    "is over for the pool when its bench is, and nobody was asked",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* useUp(scene, instance, 4 * minute)
          yield* scene.advance("4 minutes")
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          assert.deepStrictEqual(yield* questions(scene), [])
        })
      ),
    slow
  )
})

describe("a question about a used-up quota", () => {
  it.live(
    "is asked five minutes after the windows were seen, and no earlier",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* useUp(scene, instance, 3 * hour)
          yield* scene.advance(5 * minute - 10_000)
          yield* unavailable(instance.token())
          assert.deepStrictEqual(yield* questions(scene), [])
          yield* scene.advance(10_000)
          yield* unavailable(instance.token())
          assert.deepStrictEqual(
            (yield* questions(scene)).map(({ grant, status }) => [grant, status]),
            [[scene.login.grant, 200]]
          )
        })
      ),
    slow
  )

  it.live(
    "is asked once, however many callers want a token, and then not for five minutes",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const resetsAt = yield* useUp(scene, instance, 3 * hour)
          for (const asked of [1, 2]) {
            yield* scene.advance("5 minutes")
            const callers = Array.from({ length: 10 }, () => unavailable(instance.token()))
            const errors = yield* Effect.all(callers, { concurrency: "unbounded" })
            assert.deepStrictEqual([...new Set(errors.map(({ until }) => until))], [resetsAt])
            assert.strictEqual((yield* questions(scene)).length, asked)
          }
        })
      ),
    slow
  )

  it.live(
    "that is answered with free windows ends the bench, and the caller that asked gets a token",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const resetsAt = yield* useUp(scene, instance, 3 * hour)
          yield* primary(scene, 2, resetsAt)
          yield* scene.advance("5 minutes")
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          assert.deepStrictEqual(
            only(yield* scene.events, "CooldownCleared").map(({ data }) => data),
            [{ by: "probe" }]
          )
          const [first] = only(yield* scene.events, "QuotaObserved").slice(-1)
          assert.deepStrictEqual(
            first?.data.windows.map(({ name, usedPercent }) => [name, usedPercent]),
            [
              ["5h", 2],
              ["7d", 1]
            ]
          )
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is waited for by all who come meanwhile, and each of them gets a token if the quota is free",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const resetsAt = yield* useUp(scene, instance, 3 * hour)
          yield* primary(scene, 2, resetsAt)
          yield* scene.advance("5 minutes")
          const callers = Array.from({ length: 10 }, () => instance.token())
          const served = yield* Effect.all(callers, { concurrency: "unbounded" })
          assert.deepStrictEqual([...new Set(served)], [scene.login.access_token])
          assert.strictEqual((yield* questions(scene)).length, 1)
          assert.strictEqual(only(yield* scene.events, "CooldownCleared").length, 1)
        })
      ),
    slow
  )

  it.live(
    "that is answered with a used-up window is recorded, and the bench stays as it is",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const resetsAt = yield* useUp(scene, instance, 3 * hour)
          yield* scene.advance("5 minutes")
          assert.strictEqual((yield* unavailable(instance.token())).until, resetsAt)
          assert.deepStrictEqual((yield* scene.story).slice(-3), ["CooldownStarted", "QuotaAsked", "QuotaObserved"])
          assert.deepStrictEqual(yield* cooldown(instance), { until: resetsAt, reason: "QuotaExhausted" })
        })
      ),
    slow
  )

  it.live(
    "is not asked by a second process within five minutes after the first",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          yield* useUp(scene, first, 3 * hour)
          const second = yield* scene.open()
          yield* scene.advance("5 minutes")
          yield* unavailable(first.token())
          yield* unavailable(second.token())
          assert.strictEqual((yield* questions(scene)).length, 1)
          yield* scene.advance("5 minutes")
          yield* unavailable(second.token())
          yield* unavailable(first.token())
          assert.strictEqual((yield* questions(scene)).length, 2)
        })
      ),
    slow
  )

  it.live(
    "that another process had answered with free windows is not asked again: the token is served",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          const resetsAt = yield* useUp(scene, first, 3 * hour)
          const second = yield* scene.open()
          yield* primary(scene, 2, resetsAt)
          yield* scene.advance("5 minutes")
          yield* first.token()
          assert.strictEqual(yield* second.token(), scene.login.access_token)
          assert.strictEqual((yield* questions(scene)).length, 1)
        })
      ),
    slow
  )

  it.live(
    "is asked with a new access token if the old one is over and its upkeep is due, and the bench outlives the refresh",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const resetsAt = yield* useUp(scene, instance, 20 * hour)
          yield* scene.advance("2 hours")
          assert.strictEqual((yield* unavailable(instance.token())).until, resetsAt)
          const [post] = yield* scene.posts
          const [question] = yield* questions(scene)
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.isTrue(post?.committed)
          assert.strictEqual(question?.token, scene.read().providers[codex].tokens.access_token)
          assert.strictEqual(question?.status, 200)
          assert.deepStrictEqual((yield* scene.story).slice(-4), [
            "RefreshStarted",
            "RefreshSucceeded",
            "QuotaAsked",
            "QuotaObserved"
          ])
          assert.deepStrictEqual(yield* cooldown(instance), { until: resetsAt, reason: "QuotaExhausted" })
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is not asked while the access token is over and no upkeep is due: nothing is refreshed for a question",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const instance = yield* scene.open()
            const resetsAt = yield* useUp(scene, instance, 3 * hour)
            yield* scene.advance("11 minutes")
            assert.strictEqual((yield* unavailable(instance.token())).until, resetsAt)
            assert.deepStrictEqual(yield* scene.posts, [])
            assert.deepStrictEqual(yield* questions(scene), [])
            assert.deepStrictEqual((yield* scene.story).slice(-1), ["CooldownStarted"])
          }),
        { accessLifetime: 600 }
      ),
    slow
  )

  it.live(
    "goes on when the caller that asked has gone, and whoever comes next waits for its answer",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const resetsAt = yield* useUp(scene, instance, 3 * hour)
          yield* scene.advance("5 minutes")
          yield* primary(scene, 2, resetsAt)
          const [reached, goOn] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const hold = Effect.andThen(Deferred.succeed(reached, undefined), Deferred.await(goOn))
          instance.edges.network.before("usage", hold)
          const gone = yield* Effect.forkChild(instance.token())
          yield* Deferred.await(reached)
          yield* Fiber.interrupt(gone)
          yield* Deferred.succeed(goOn, undefined)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          assert.strictEqual((yield* questions(scene)).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "whose answer comes after another process benched the login anew ends no bench",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const [asking, other] = [yield* scene.open(), yield* scene.open()]
          const resetsAt = yield* useUp(scene, asking, 3 * hour)
          yield* primary(scene, 2, resetsAt)
          yield* scene.advance("5 minutes")
          asking.edges.network.after(
            "usage",
            Effect.gen(function* () {
              yield* Effect.orDie(other.operator.resume(CredentialId.make("seeded")))
              const token = yield* Effect.orDie(other.token())
              yield* primary(scene, 100, resetsAt)
              assert.strictEqual((yield* call(scene, other, token))?.verdict, "QuotaExhausted")
            })
          )
          assert.strictEqual((yield* unavailable(asking.token())).until, resetsAt)
          assert.deepStrictEqual(yield* cooldown(asking), { until: resetsAt, reason: "QuotaExhausted" })
          assert.deepStrictEqual((yield* scene.story).slice(-2), ["CooldownStarted", "QuotaObserved"])
          assert.isTrue(only(yield* scene.events, "QuotaObserved").at(-1)?.data.unanswered)
        })
      ),
    slow
  )

  /** All of them know of the bench. */
  const eightBenched = Effect.fnUntraced(function* (scene: Scene) {
    const all = yield* Effect.forEach(Array.from({ length: 8 }), () => scene.open(patient))
    const resetsAt = yield* useUp(scene, all[0]!, 3 * hour)
    yield* Effect.forEach(all, ({ ledger }) => ledger.state)
    return { all, resetsAt }
  })

  it.live(
    "is asked by one of eight processes that ask at once, also if it is refused, and the others wait for its answer",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { all } = yield* eightBenched(scene)
          yield* scene.sandbox.apiFault({ fault: { _tag: "Status", status: 500 } })
          const ask = Effect.forEach(all, (instance) => unavailable(instance.token()), { concurrency: "unbounded" })
          yield* scene.advance("5 minutes")
          yield* ask
          yield* ask
          assert.strictEqual((yield* questions(scene)).length, 1)
          yield* scene.advance("5 minutes")
          yield* ask
          assert.strictEqual((yield* questions(scene)).length, 2)
        })
      ),
    slow
  )

  it.live(
    "is answered to all of eight processes that ask at once",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { all, resetsAt } = yield* eightBenched(scene)
          yield* primary(scene, 2, resetsAt)
          yield* scene.advance("5 minutes")
          const served = yield* Effect.forEach(all, (instance) => instance.token(), { concurrency: "unbounded" })
          assert.deepStrictEqual([...new Set(served)], [scene.login.access_token])
          assert.strictEqual((yield* questions(scene)).length, 1)
        })
      ),
    slow
  )

  it.live(
    "is not asked while another login has something to give",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const other = yield* scene.logIn()
          yield* inOwnStore(scene, codex, other)
          const instance = yield* scene.open({ stores: [{ kind: "hermes", path: scene.authFile }, { kind: "own" }] })
          yield* useUp(scene, instance, 3 * hour)
          yield* scene.advance("5 minutes")
          assert.strictEqual(yield* instance.token(), other.access_token)
          assert.deepStrictEqual(yield* questions(scene), [])
        })
      ),
    slow
  )

  /** Both logins are benched: the one in hermes' file, called `seeded`, and one in Daybook's own store. */
  const withTwoBenched = Effect.fnUntraced(function* (scene: Scene) {
    const other = yield* scene.logIn()
    yield* inOwnStore(scene, codex, other)
    const instance = yield* scene.open({ stores: [{ kind: "hermes", path: scene.authFile }, { kind: "own" }] })
    yield* useUp(scene, instance, 3 * hour)
    yield* primary(scene, 100, yield* later(2 * hour), other)
    yield* call(scene, instance, other.access_token)
    return { instance, other }
  })

  it.live(
    "is asked once about each of two logins, however many callers want a token",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { instance, other } = yield* withTwoBenched(scene)
          yield* scene.advance("5 minutes")
          const callers = Array.from({ length: 5 }, () => unavailable(instance.token()))
          yield* Effect.all(callers, { concurrency: "unbounded" })
          assert.sameMembers(
            (yield* questions(scene)).map(({ grant }) => grant),
            [scene.login.grant, other.grant]
          )
        })
      ),
    slow
  )

  it.live(
    "is asked about the login alone that the caller wants",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { instance } = yield* withTwoBenched(scene)
          yield* scene.advance("5 minutes")
          yield* unavailable(instance.token({ credential: "seeded" }))
          assert.deepStrictEqual(
            (yield* questions(scene)).map(({ grant }) => grant),
            [scene.login.grant]
          )
        })
      ),
    slow
  )

  it.live(
    "is not asked about a login that an operator paused",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* useUp(scene, instance, 20 * hour)
          yield* instance.ledger.append([
            { type: "CredentialPaused", v: 1, credential: CredentialId.make("seeded"), data: {} }
          ])
          yield* scene.advance("2 hours")
          yield* unavailable(instance.token())
          assert.deepStrictEqual(yield* questions(scene), [])
          assert.deepStrictEqual(yield* scene.posts, [])
        })
      ),
    slow
  )
})

describe("a refused question about a quota", () => {
  it.live(
    "quarantines a login whose access token was invalidated, once, and nothing is sent for it afterwards",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* useUp(scene, instance, 3 * hour)
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          yield* scene.advance("5 minutes")
          assert.include((yield* unavailable(instance.token())).message, "dead (Revoked)")
          assert.deepStrictEqual(
            (yield* questions(scene)).map(({ code, status }) => [status, code]),
            [[401, "token_invalidated"]]
          )
          assert.deepStrictEqual((yield* scene.story).slice(-4), [
            "ApiOutcomeObserved",
            "ErrorClassified",
            "CredentialQuarantined",
            "QuotaObserved"
          ])
          yield* scene.advance("10 minutes")
          yield* unavailable(instance.token())
          assert.strictEqual((yield* questions(scene)).length, 1)
          assert.deepStrictEqual(yield* scene.posts, [])
          assert.strictEqual((yield* reasonOf(instance.token({ credential: "seeded" }))).reason, "Revoked")
        })
      ),
    slow
  )

  it.live(
    "because the access token is over is followed by no other one, and by no refresh before the bench is over",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const resetsAt = yield* useUp(scene, instance, 30 * minute)
          yield* scene.sandbox.expireAccess({ grant: scene.login.grant })
          for (let asked = 0; asked < 3; asked++) {
            yield* scene.advance("5 minutes")
            assert.strictEqual((yield* unavailable(instance.token())).until, resetsAt)
          }
          assert.deepStrictEqual(
            (yield* questions(scene)).map(({ status }) => status),
            [401]
          )
          assert.deepStrictEqual(yield* scene.posts, [])
          yield* scene.advance("20 minutes")
          assert.strictEqual(yield* instance.token(), scene.read().providers[codex].tokens.access_token)
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  const harmless: ReadonlyArray<readonly [string, ApiFault]> = [
    ["403", { _tag: "Status", status: 403, body: JSON.stringify({ error: { code: "permission_denied" } }) }],
    ["404", { _tag: "Status", status: 404 }],
    ["429", { _tag: "Status", status: 429, headers: { "retry-after": "36000" } }],
    ["500", { _tag: "Status", status: 500 }],
    ["a challenge page", { _tag: "HtmlChallenge" }],
    ["a redirect", { _tag: "Redirect" }],
    ["a 200 of another form", { _tag: "Status", status: 200, body: JSON.stringify({ allowance: "plenty" }) }],
    ["a 200 that is no JSON", { _tag: "Status", status: 200, body: "<html></html>" }]
  ]
  for (const [name, fault] of harmless) {
    it.live(
      `by ${name} changes nothing, is recorded as no answer, and is not repeated at once`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const instance = yield* scene.open()
            const resetsAt = yield* useUp(scene, instance, 3 * hour)
            const before = (yield* scene.story).length
            yield* scene.sandbox.apiFault({ fault })
            yield* scene.advance("5 minutes")
            assert.strictEqual((yield* unavailable(instance.token())).until, resetsAt)
            assert.strictEqual((yield* unavailable(instance.token())).until, resetsAt)
            assert.strictEqual((yield* questions(scene)).length, 1)
            assert.deepStrictEqual((yield* scene.story).slice(before), ["QuotaAsked", "QuotaObserved"])
            assert.deepStrictEqual(yield* scene.sandbox.trapped, [])
            assert.deepStrictEqual(yield* scene.posts, [])
          })
        ),
      slow
    )
  }
})

describe("no question about a quota is asked", () => {
  const key = "sk-0123456789"
  const usageLimit = {
    status: 429,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ error: { type: "usage_limit_reached" } })
  }

  it.live(
    "while a rate limit benches the login",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* scene.sandbox.apiFault({
            fault: {
              _tag: "Status",
              status: 429,
              headers: { "retry-after": "3600" },
              body: JSON.stringify({ error: { code: "rate_limit_exceeded" } })
            }
          })
          const verdict = yield* call(scene, instance, yield* instance.token())
          assert.strictEqual(verdict?.verdict, "RateLimited")
          yield* scene.advance("10 minutes")
          yield* unavailable(instance.token())
          assert.deepStrictEqual(yield* questions(scene), [])
        })
      ),
    slow
  )

  it.live(
    "with an API key, which the endpoint for logins would refuse",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({
            stores: [{ kind: "env", variables: [{ name: "A_KEY", provider: codex }], environment: { A_KEY: key } }]
          })
          const verdict = yield* instance.pool.report(codex, Redacted.make(key), usageLimit)
          assert.strictEqual(verdict?.verdict, "QuotaExhausted")
          yield* scene.advance("10 minutes")
          yield* unavailable(instance.token())
          assert.deepStrictEqual(yield* questions(scene), [])
          assert.strictEqual((yield* instance.pool.status).credentials[0]?.word, "cooling")
        })
      ),
    slow
  )

  it.live(
    "of a provider that has no endpoint for it",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            yield* inOwnStore(scene, xaiOAuth.id, scene.login)
            const instance = yield* scene.open({
              stores: [{ kind: "own" }],
              providers: [providerAt(xaiOAuth, scene.sandbox.origin)]
            })
            const token = yield* instance.token({ provider: xaiOAuth.id })
            const resetsAt = yield* later(3 * hour)
            yield* scene.sandbox.apiFault({ fault: { _tag: "UsageLimit", resetsAt: resetsAt / 1000 } })
            const verdict = yield* call(scene, instance, token, xaiOAuth.id)
            assert.strictEqual(verdict?.verdict, "QuotaExhausted")
            yield* scene.advance("2 hours")
            assert.strictEqual((yield* unavailable(instance.token({ provider: xaiOAuth.id }))).until, resetsAt)
            assert.strictEqual((yield* scene.sandbox.apiCalls).length, 1)
            assert.deepStrictEqual(yield* scene.posts, [])
          }),
        { dialect: "xai" }
      ),
    slow
  )
})

describe("Anthropic's quota", () => {
  const provider = anthropic.id

  const openAnthropic = Effect.fnUntraced(function* (scene: Scene) {
    yield* inOwnStore(scene, provider, scene.login, { account: scene.login.account_id })
    const instance = yield* scene.open({
      stores: [{ kind: "own" }],
      providers: [providerAt(anthropic, scene.sandbox.origin)]
    })
    const resetsAt = yield* later(3 * hour)
    yield* primary(scene, 100, resetsAt)
    const verdict = yield* call(scene, instance, yield* Effect.orDie(instance.token({ provider })), provider)
    assert.strictEqual(verdict?.verdict, "QuotaExhausted")
    return { instance, resetsAt }
  })

  it.live(
    "benches until the window's reset, is asked for five minutes later, and is free when the answer says so",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const { instance, resetsAt } = yield* openAnthropic(scene)
            assert.strictEqual((yield* unavailable(instance.token({ provider }))).until, resetsAt)
            assert.deepStrictEqual(yield* questions(scene), [])
            yield* scene.advance("5 minutes")
            assert.strictEqual((yield* unavailable(instance.token({ provider }))).until, resetsAt)
            yield* primary(scene, 3, resetsAt)
            yield* scene.advance("5 minutes")
            assert.strictEqual(yield* instance.token({ provider }), scene.login.access_token)
            assert.deepStrictEqual(
              only(yield* scene.events, "QuotaObserved").map(({ data }) => data.windows.map((one) => one.usedPercent)),
              [[100], [100, 1], [3, 1]]
            )
            assert.deepStrictEqual(
              (yield* questions(scene)).map(({ path }) => path),
              ["/api/oauth/usage", "/api/oauth/usage"]
            )
            assert.deepStrictEqual(yield* scene.posts, [])
          }),
        { dialect: "anthropic" }
      ),
    slow
  )

  it.live(
    "is asked for in vain with a revoked login, which stays benched",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const { instance } = yield* openAnthropic(scene)
            yield* scene.sandbox.revoke({ grant: scene.login.grant })
            for (let asked = 0; asked < 2; asked++) {
              yield* scene.advance("5 minutes")
              yield* unavailable(instance.token({ provider }))
            }
            assert.deepStrictEqual(yield* scene.posts, [])
            assert.strictEqual((yield* questions(scene)).length, 1)
          }),
        { dialect: "anthropic" }
      ),
    slow
  )

  it.live(
    "is asked for with another program's access token while it lasts; that program's file is only read",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const path = join(scene.folder, ".credentials.json")
            const { access_token: accessToken, refresh_token: refreshToken } = scene.login
            const expiresAt = yield* later(hour)
            writeFileSync(path, JSON.stringify({ claudeAiOauth: { accessToken, refreshToken, expiresAt } }))
            const before = readFileSync(path, "utf8")
            const instance = yield* scene.open({
              stores: anthropic.files.map((file) => ({ kind: "file", file: { ...file, provider, path } })),
              providers: [providerAt(anthropic, scene.sandbox.origin)]
            })
            yield* primary(scene, 100, yield* later(20 * hour))
            yield* call(scene, instance, yield* instance.token({ provider }), provider)
            for (const wait of ["5 minutes", "2 hours", "5 minutes"] as const) {
              yield* scene.advance(wait)
              yield* unavailable(instance.token({ provider }))
            }
            assert.deepStrictEqual(
              (yield* questions(scene)).map(({ status, token }) => [status, token]),
              [[200, accessToken]]
            )
            assert.strictEqual(readFileSync(path, "utf8"), before)
            assert.deepStrictEqual(yield* scene.posts, [])
          }),
        { dialect: "anthropic" }
      ),
    slow
  )
})
