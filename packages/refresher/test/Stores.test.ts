/**
 * What is found in a login's store, or cannot be put there.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { failing, reasonOf } from "./support/Failures.ts"
import { noSpace } from "./support/Hooks.ts"
import type { Instance } from "./support/Instance.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

const tokensIn = (scene: Scene) => scene.read().providers["openai-codex"].tokens

const stashed = ({ grant, stash }: Instance) =>
  Effect.orDie(Effect.flatMap(grant, ({ id }) => stash.forGrant(id))).pipe(
    Effect.map((entries) =>
      entries.map(({ tokens }) => (tokens.refresh === undefined ? "" : Redacted.value(tokens.refresh)))
    )
  )

describe("a successor", () => {
  it.live(
    "that its store does not take is stashed and served, and stored as soon as it does",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          instance.edges.stores.before("store", noSpace)
          const served = yield* instance.token({ forceRefresh: true })
          assert.strictEqual(yield* instance.token(), served)
          assert.strictEqual(tokensIn(scene).access_token, scene.login.access_token)
          const [kept] = only(yield* scene.events, "SuccessorStashed")
          assert.strictEqual(kept?.data.where, "stash")
          assert.strictEqual(yield* instance.token({ failedToken: scene.login.access_token }), served)
          yield* instance.pool.refresh("seeded")
          assert.include(yield* scene.story, "SuccessorStored")
          assert.strictEqual((yield* scene.posts).length, 2)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that its store did not take is stored by the next process, without a request",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          first.edges.stores.before("store", noSpace, 9)
          const served = yield* first.token({ forceRefresh: true })
          yield* first.close
          const second = yield* scene.open()
          assert.strictEqual(yield* second.token({ failedToken: scene.login.access_token }), served)
          assert.strictEqual(tokensIn(scene).access_token, served)
          assert.include(yield* scene.story, "SuccessorStored")
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that neither stash nor store takes is kept in memory, served, and stored when the pool closes",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          first.edges.stores.before("stash", noSpace)
          first.edges.stores.before("store", noSpace)
          const served = yield* first.token({ forceRefresh: true })
          assert.strictEqual(yield* first.token(), served)
          const [kept] = only(yield* scene.events, "SuccessorStashed")
          assert.strictEqual(kept?.data.where, "memory")
          assert.strictEqual(tokensIn(scene).access_token, scene.login.access_token)
          yield* first.close
          assert.strictEqual(tokensIn(scene).access_token, served)
          assert.deepStrictEqual((yield* scene.story).slice(-1), ["SuccessorStored"])
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that only memory has is offered to its store again before the next request",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open()
          edges.stores.before("stash", noSpace)
          edges.stores.before("store", noSpace)
          const served = yield* token({ forceRefresh: true })
          const next = yield* token({ failedToken: served })
          assert.notStrictEqual(next, served)
          assert.strictEqual(tokensIn(scene).access_token, next)
          const [first, second] = yield* scene.posts
          assert.strictEqual(second?.presented, first?.successor)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that no place takes is spent at its end all the same, and its own successor is kept",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open()
          edges.stores.before("stash", noSpace)
          edges.stores.before("store", noSpace, 3)
          yield* token({ forceRefresh: true })
          yield* scene.advance("1 hour")
          const next = yield* token()
          assert.strictEqual((yield* scene.posts).length, 2)
          assert.strictEqual(yield* token(), next)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "of a store that stays full is spent in its turn, by this process and by the next",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          first.edges.stores.before("store", noSpace, 99)
          yield* first.token({ forceRefresh: true })
          yield* first.token({ forceRefresh: true })
          yield* first.close
          const second = yield* scene.open()
          second.edges.stores.before("store", noSpace, 99)
          const served = yield* second.token({ forceRefresh: true })
          assert.strictEqual(yield* second.token(), served)
          yield* second.close
          const third = yield* scene.open()
          assert.strictEqual(yield* third.token({ failedToken: scene.login.access_token }), served)
          assert.strictEqual(tokensIn(scene).access_token, served)
          const posts = yield* scene.posts
          assert.strictEqual(posts.length, 3)
          assert.isFalse(posts.some(({ reuse }) => reuse))
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "gives way to an unknown pair in its store: theirs is served, ours stays in the stash",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* scene.advance("10 seconds")
          let theirs = scene.login
          const loggedIn = Effect.tap(scene.logIn(scene.login), (login) => Effect.sync(() => void (theirs = login)))
          instance.edges.network.after("post", Effect.flatMap(loggedIn, scene.write))
          assert.strictEqual(yield* instance.token({ forceRefresh: true }), theirs.access_token)
          assert.notStrictEqual(theirs, scene.login)
          const [adopted] = only(yield* scene.events, "RaceAdopted")
          assert.strictEqual(adopted?.data.phase, "after success")
          assert.strictEqual(tokensIn(scene).refresh_token, theirs.refresh_token)
          const [post] = yield* scene.posts
          assert.deepStrictEqual(yield* stashed(instance), [post?.successor ?? ""])
          assert.strictEqual(yield* instance.token(), theirs.access_token)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "goes over a pair in its store that is an older one of the same grant",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* instance.token({ forceRefresh: true })
          yield* scene.advance("1 minute")
          instance.edges.network.after("post", scene.write(scene.login))
          const served = yield* instance.token({ forceRefresh: true })
          assert.strictEqual(tokensIn(scene).access_token, served)
          assert.notInclude(yield* scene.story, "RaceAdopted")
        })
      ),
    slow
  )

  it.live(
    "comes with a 200 that has a refresh token and no access token: it is kept, and refreshed next",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          yield* scene.sandbox.fault({ fault: { _tag: "NoAccessToken" } })
          const served = yield* token({ forceRefresh: true })
          const posts = yield* scene.posts
          assert.strictEqual(posts.length, 2)
          assert.strictEqual(posts[1]?.presented, posts[0]?.successor)
          assert.strictEqual(tokensIn(scene).access_token, served)
          assert.strictEqual(tokensIn(scene).refresh_token, posts[1]?.successor)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("a pair in the store", () => {
  it.live(
    "that an outside program brought is adopted, and the one before is never sent",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          yield* scene.advance("10 seconds")
          const theirs = yield* scene.logIn(scene.login)
          yield* scene.write(theirs)
          assert.strictEqual(yield* token({ failedToken: scene.login.access_token }), theirs.access_token)
          assert.strictEqual((yield* scene.posts).length, 0)
        })
      ),
    slow
  )

  it.live(
    "that comes between the intent and the request stops the request, and is used",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open()
          yield* scene.advance("10 seconds")
          const theirs = yield* scene.logIn(scene.login)
          edges.ledger.after("append RefreshStarted", scene.write(theirs))
          assert.strictEqual(yield* token({ forceRefresh: true }), theirs.access_token)
          assert.strictEqual((yield* scene.posts).length, 0)
          const [failed] = only(yield* scene.events, "RefreshFailed")
          assert.deepInclude(failed?.data.evidence, { left: false })
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that the grant has left behind is not adopted, and the current one goes over it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          const current = yield* token({ forceRefresh: true })
          yield* scene.write(scene.login)
          assert.strictEqual(yield* token({ failedToken: scene.login.access_token }), current)
          assert.strictEqual((yield* scene.posts).length, 1)
          yield* scene.advance("1 hour")
          yield* token()
          const posts = yield* scene.posts
          assert.strictEqual(posts[1]?.presented, posts[0]?.successor)
          assert.notInclude(yield* scene.story, "RaceAdopted")
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that the grant has left behind is put right by the next process, from the stash",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          const current = yield* first.token({ forceRefresh: true })
          yield* first.close
          yield* scene.write(scene.login)
          const second = yield* scene.open()
          assert.strictEqual(yield* second.token(), current)
          assert.strictEqual(tokensIn(scene).access_token, current)
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )

  it.live(
    "that is newer displaces ours, which is kept aside for an operator",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { pool, token } = yield* scene.open()
          assert.strictEqual(yield* token(), scene.login.access_token)
          yield* scene.advance("1 minute")
          const newer = yield* scene.logIn(scene.login)
          yield* scene.write(newer)
          yield* pool.refresh("seeded")
          const [name] = readdirSync(join(scene.home, "quarantine"))
          const aside = readFileSync(join(scene.home, "quarantine", name ?? ""), "utf8")
          assert.include(aside, scene.login.refresh_token)
          assert.include(aside, "Displaced")
        })
      ),
    slow
  )

  it.live(
    "that was issued earlier than ours is neither adopted nor overwritten, since nobody knows it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* scene.advance("-1 hour")
          const older = yield* scene.logIn(scene.login)
          yield* scene.advance("1 hour")
          const { token } = yield* scene.open()
          yield* scene.write(older)
          const forced = yield* token({ forceRefresh: true })
          const [post] = yield* scene.posts
          assert.strictEqual(post?.presented, scene.login.refresh_token)
          assert.notStrictEqual(forced, older.access_token)
          assert.strictEqual(yield* token(), forced)
          assert.strictEqual(tokensIn(scene).access_token, older.access_token)
          const another = yield* scene.open()
          assert.strictEqual(yield* another.token(), forced)
        })
      ),
    slow
  )

  it.live(
    "that is blank says nothing: the current one is served and sent",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          yield* scene.write({ access_token: "", refresh_token: "" })
          assert.strictEqual(yield* token(), scene.login.access_token)
          const next = yield* token({ forceRefresh: true })
          assert.notStrictEqual(next, scene.login.access_token)
          assert.strictEqual(tokensIn(scene).access_token, next)
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that lost its refresh token says nothing: the current one is served, sent and put back",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          yield* scene.write({ ...scene.login, refresh_token: "" })
          const next = yield* token({ forceRefresh: true })
          assert.notStrictEqual(next, scene.login.access_token)
          assert.strictEqual(tokensIn(scene).access_token, next)
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )

  it.live(
    "that is another account's is never used, and stops the credential with a message that names the file",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          yield* scene.advance("10 seconds")
          const other = yield* scene.logIn()
          yield* scene.write(other)
          const { reason, ...rest } = yield* reasonOf(token({ failedToken: scene.login.access_token }))
          assert.strictEqual(reason, "StoreUnavailable")
          assert.include(JSON.stringify(rest), scene.authFile)
          assert.strictEqual((yield* scene.posts).length, 0)
          assert.strictEqual(tokensIn(scene).refresh_token, other.refresh_token)
          assert.notInclude(yield* scene.story, "RaceAdopted")
        })
      ),
    slow
  )

  it.live(
    "that is another account's after a success is left alone, and ours is served from the stash",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* scene.advance("10 seconds")
          const other = yield* scene.logIn()
          instance.edges.network.after("post", scene.write(other))
          const served = yield* instance.token({ forceRefresh: true })
          assert.notStrictEqual(served, other.access_token)
          assert.strictEqual(tokensIn(scene).refresh_token, other.refresh_token)
          const [post] = yield* scene.posts
          assert.deepStrictEqual(yield* stashed(instance), [post?.successor ?? ""])
          assert.strictEqual(yield* failing(instance.token({ failedToken: served })), "StoreUnavailable")
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )
})
