/**
 * What follows from a refresh that failed: who concludes it, who waits for it, and for how long.
 */
import { assert, describe, it } from "@effect/vitest"
import { CredentialId } from "@daybook/pool/Ids"
import { refOf } from "@daybook/pool/Generation"
import { Effect, Redacted } from "effect"
import { failing, reasonOf } from "./support/Failures.ts"
import { crash, unavailable } from "./support/Hooks.ts"
import { codex, type Instance } from "./support/Instance.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

const count = (scene: Scene) => Effect.map(scene.posts, (posts) => posts.length)

const tokensIn = (scene: Scene) => scene.read().providers["openai-codex"].tokens

const operator = ({ pool }: Instance) => Effect.map(pool.refresh("seeded"), ({ token }) => Redacted.value(token))

const unknownAnswer = {
  _tag: "Status",
  status: 418,
  body: JSON.stringify({ error: { code: "short_and_stout" } })
} as const

describe("a failure that its actor recorded and did not conclude", () => {
  it.live(
    "holds everybody back until it is old enough, and is concluded by whoever comes then",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          const second = yield* scene.open({ policy: { lockWait: 300 } })
          yield* scene.sandbox.fault({ fault: { _tag: "HtmlChallenge" } })
          first.edges.ledger.before("append ErrorClassified", crash)
          yield* Effect.exit(first.token({ forceRefresh: true }))
          assert.deepStrictEqual((yield* scene.story).slice(-1), ["RefreshFailed"])
          assert.strictEqual(yield* failing(second.token({ failedToken: scene.login.access_token })), "Busy")
          assert.strictEqual(yield* second.token(), scene.login.access_token)
          assert.strictEqual(yield* count(scene), 1)
          yield* scene.advance("11 seconds")
          assert.strictEqual(yield* failing(second.token({ failedToken: scene.login.access_token })), "EdgeBlocked")
          yield* scene.advance("2 seconds")
          const next = yield* second.token({ failedToken: scene.login.access_token })
          assert.notStrictEqual(next, scene.login.access_token)
          const [classified] = only(yield* scene.events, "ErrorClassified")
          assert.strictEqual(classified?.data.reason, "EdgeBlocked")
          assert.strictEqual(classified?.actor, second.ledger.actor)
          assert.strictEqual(yield* count(scene), 2)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is quarantined by the next holder if it was terminal",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          const first = yield* scene.open()
          first.edges.ledger.before("append ErrorClassified", crash)
          yield* Effect.exit(first.token({ forceRefresh: true }))
          yield* first.close
          yield* scene.advance("11 seconds")
          const second = yield* scene.open()
          assert.strictEqual(yield* failing(second.token({ failedToken: scene.login.access_token })), "Revoked")
          assert.deepStrictEqual((yield* scene.story).slice(-3), [
            "ErrorClassified",
            "CredentialQuarantined",
            "StoreCleared"
          ])
          assert.notProperty(tokensIn(scene), "refresh_token")
          assert.strictEqual(yield* count(scene), 1)
        })
      ),
    slow
  )
})

describe("a terminal verdict", () => {
  it.live(
    "without its quarantine is completed by the next holder",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { grant, ledger, token } = yield* scene.open()
          const { current, id } = yield* grant
          const [seen] = only(yield* scene.events, "GenerationObserved")
          if (current === undefined || seen === undefined) return assert.fail("nothing was enrolled")
          yield* ledger.append([
            {
              type: "ErrorClassified",
              v: 1,
              credential: CredentialId.make("seeded"),
              data: {
                grant: id,
                of: seen.id,
                generation: refOf(current),
                surface: "token",
                verdict: "Terminal",
                reason: "Expired",
                rule: "a test",
                classifier: 1
              }
            }
          ])
          assert.strictEqual(yield* failing(token({ forceRefresh: true })), "Expired")
          assert.deepStrictEqual((yield* scene.story).slice(-2), ["CredentialQuarantined", "StoreCleared"])
          assert.strictEqual(yield* count(scene), 0)
        })
      ),
    slow
  )
})

describe("a dead login", () => {
  it.live(
    "that its judge left in the store is moved aside and cleared by the next holder",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          const first = yield* scene.open()
          first.edges.ledger.after("append CredentialQuarantined", crash)
          yield* Effect.exit(first.token({ forceRefresh: true }))
          yield* first.close
          assert.strictEqual(tokensIn(scene).refresh_token, scene.login.refresh_token)
          const second = yield* scene.open()
          assert.strictEqual(yield* failing(second.token({ credential: "seeded" })), "Revoked")
          assert.notProperty(tokensIn(scene), "refresh_token")
          const [cleared] = only(yield* scene.events, "StoreCleared")
          assert.deepInclude(cleared?.data, { cleared: true, removed: ["seeded"] })
          assert.strictEqual((yield* Effect.orDie(second.quarantine.list)).length, 1)
          assert.strictEqual(yield* count(scene), 1)
        })
      ),
    slow
  )

  it.live(
    "is kept in the quarantine as it was",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          const { quarantine, token } = yield* scene.open()
          yield* Effect.exit(token({ forceRefresh: true }))
          const [entry] = yield* Effect.orDie(quarantine.list)
          assert.strictEqual(
            entry?.tokens.refresh === undefined ? "" : Redacted.value(entry.tokens.refresh),
            scene.login.refresh_token
          )
          assert.strictEqual(entry?.reason, "Revoked")
        })
      ),
    slow
  )

  it.live(
    "that is asked for again and again is neither sent nor written about",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          const first = yield* scene.open()
          first.edges.stores.after("clear", crash)
          yield* Effect.exit(first.token({ forceRefresh: true }))
          yield* first.close
          const second = yield* scene.open()
          yield* failing(second.token({ credential: "seeded" }))
          const before = yield* scene.story
          yield* failing(second.token({ credential: "seeded" }))
          yield* failing(second.token({ credential: "seeded" }))
          assert.deepStrictEqual(yield* scene.story, before)
          assert.strictEqual(yield* count(scene), 1)
        })
      ),
    slow
  )

  it.live(
    "whose store gets a new pair between quarantine and clearing loses nothing, and lives on with the new pair",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open()
          yield* scene.advance("10 seconds")
          const theirs = yield* scene.logIn(scene.login)
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          edges.stores.before("clear", scene.write(theirs))
          assert.strictEqual(yield* token({ forceRefresh: true }), theirs.access_token)
          assert.strictEqual(tokensIn(scene).refresh_token, theirs.refresh_token)
          assert.deepStrictEqual(
            scene.read().credential_pool["openai-codex"].map(({ id }) => id),
            ["seeded"]
          )
          const [cleared] = only(yield* scene.events, "StoreCleared")
          assert.deepInclude(cleared?.data, { cleared: false, removed: [] })
          assert.include(yield* scene.story, "QuarantineLifted")
          assert.strictEqual(yield* token(), theirs.access_token)
          assert.strictEqual(yield* count(scene), 1)
        })
      ),
    slow
  )

  it.live(
    "is judged only after another look: a pair that comes meanwhile is adopted and nothing is quarantined",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open()
          yield* scene.advance("10 seconds")
          const theirs = yield* scene.logIn(scene.login)
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          edges.ledger.after("append RefreshFailed", scene.write(theirs))
          assert.strictEqual(yield* token({ forceRefresh: true }), theirs.access_token)
          const [adopted] = only(yield* scene.events, "RaceAdopted")
          assert.strictEqual(adopted?.data.phase, "after rejection")
          assert.notInclude(yield* scene.story, "CredentialQuarantined")
        })
      ),
    slow
  )
})

describe("a time that the provider named", () => {
  it.live(
    "holds back everybody, an operator too, while a good token is served",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          const headers = { "retry-after": "60" }
          yield* scene.sandbox.fault({ fault: { _tag: "Status", status: 429, headers } })
          assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "RateLimited")
          assert.strictEqual(yield* failing(operator(instance)), "RateLimited")
          assert.strictEqual(yield* failing(instance.token({ failedToken: scene.login.access_token })), "RateLimited")
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          assert.strictEqual(yield* count(scene), 1)
          yield* scene.advance("61 seconds")
          assert.notStrictEqual(yield* operator(instance), scene.login.access_token)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("a backoff of our own", () => {
  it.live(
    "holds back everybody but an operator",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy: { backoff: { first: 60_000, most: 60_000 } } })
          yield* scene.sandbox.fault({ fault: { _tag: "HtmlChallenge" }, times: 1 })
          assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "EdgeBlocked")
          assert.strictEqual(yield* failing(instance.token({ failedToken: scene.login.access_token })), "EdgeBlocked")
          const second = yield* scene.open()
          assert.strictEqual(yield* failing(second.token({ forceRefresh: true })), "EdgeBlocked")
          assert.strictEqual(yield* second.token(), scene.login.access_token)
          assert.strictEqual(yield* count(scene), 1)
          assert.notStrictEqual(yield* operator(instance), scene.login.access_token)
          assert.strictEqual(yield* count(scene), 2)
        })
      ),
    slow
  )
})

describe("an answer that nobody knows", () => {
  it.live(
    "strikes once a minute; after three strikes only an hour, or an operator, brings another try",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* scene.sandbox.fault({ fault: unknownAnswer, times: 4 })
          for (let strike = 1; strike <= 3; strike += 1) {
            assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "Unrecognized")
            yield* scene.advance("1 minute")
          }
          const { reason } = yield* reasonOf(instance.token({ forceRefresh: true }))
          assert.strictEqual(reason, "StruckOut")
          assert.strictEqual(tokensIn(scene).refresh_token, scene.login.refresh_token)
          assert.strictEqual(yield* count(scene), 3)
          yield* scene.advance("1 hour")
          assert.strictEqual(yield* failing(instance.token({ failedToken: scene.login.access_token })), "Unrecognized")
          yield* scene.advance("61 minutes")
          assert.strictEqual(yield* failing(instance.token({ failedToken: scene.login.access_token })), "StruckOut")
          assert.strictEqual(yield* count(scene), 4)
          assert.notStrictEqual(yield* operator(instance), scene.login.access_token)
          assert.strictEqual(yield* count(scene), 5)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("an access token that the API calls expired", () => {
  const refusal = {
    status: 401,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ error: { code: "token_expired", message: "The authentication token is expired." } })
  }

  it.live(
    "earns one forced refresh; when the next one is refused too there are no more, until a call is accepted",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { pool, token } = yield* scene.open()
          const refuse = (access: string) => pool.report(codex, Redacted.make(access), refusal)
          yield* refuse(scene.login.access_token)
          const second = yield* token()
          assert.notStrictEqual(second, scene.login.access_token)
          yield* refuse(second)
          assert.strictEqual(yield* failing(token()), "Denied")
          assert.strictEqual(yield* failing(token({ failedToken: second })), "Denied")
          assert.strictEqual(yield* count(scene), 1)
          yield* pool.report(codex, Redacted.make(second), { status: 200, headers: {}, body: "" })
          assert.strictEqual(yield* token(), second)
          assert.notStrictEqual(yield* token({ failedToken: second }), second)
          assert.strictEqual(yield* count(scene), 2)
        })
      ),
    slow
  )

  it.live(
    "is probed again after a minute",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { pool, token } = yield* scene.open()
          yield* pool.report(codex, Redacted.make(scene.login.access_token), refusal)
          const second = yield* token()
          yield* pool.report(codex, Redacted.make(second), refusal)
          yield* scene.advance("61 seconds")
          const third = yield* token()
          assert.notStrictEqual(third, second)
          yield* pool.report(codex, Redacted.make(third), refusal)
          yield* scene.advance("61 seconds")
          assert.strictEqual(yield* failing(token()), "Denied")
          yield* scene.advance("61 seconds")
          assert.notStrictEqual(yield* token(), third)
          assert.strictEqual(yield* count(scene), 3)
        })
      ),
    slow
  )
})

describe("the ledger", () => {
  it.live(
    "that takes no intent lets nothing be sent, and a good token is served",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open()
          edges.ledger.before("append RefreshStarted", unavailable, 9)
          assert.strictEqual(yield* failing(token({ failedToken: scene.login.access_token })), "LedgerUnavailable")
          assert.strictEqual(yield* token(), scene.login.access_token)
          yield* scene.advance("59 minutes")
          assert.strictEqual(yield* token(), scene.login.access_token)
          assert.strictEqual(yield* count(scene), 0)
        })
      ),
    slow
  )

  it.live(
    "that took no failure keeps its token in doubt",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* scene.sandbox.fault({ fault: { _tag: "CutBody" } })
          instance.edges.ledger.before("append RefreshFailed", unavailable)
          assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "LedgerUnavailable")
          yield* scene.advance("5 seconds")
          assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "OutcomeUnknown")
          assert.deepStrictEqual((yield* scene.story).slice(-1), ["OutcomeLost"])
          assert.strictEqual(yield* count(scene), 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that moved between the decision and the intent has the decision made again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, grant, token } = yield* scene.open()
          const { current, id } = yield* grant
          if (current === undefined) return assert.fail("nothing was enrolled")
          const other = yield* scene.open()
          edges.ledger.before(
            "append RefreshStarted",
            Effect.asVoid(
              other.ledger.append([
                {
                  type: "CredentialQuarantined",
                  v: 1,
                  credential: CredentialId.make("seeded"),
                  data: {
                    grant: id,
                    generation: refOf(current),
                    bound: "refresh",
                    reason: "AccountClosed",
                    rule: "a test"
                  }
                }
              ])
            )
          )
          assert.strictEqual(yield* failing(token({ forceRefresh: true })), "AccountClosed")
          assert.strictEqual(yield* count(scene), 0)
        })
      ),
    slow
  )
})
