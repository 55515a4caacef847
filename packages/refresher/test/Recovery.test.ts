/**
 * What a pool does about a lost login of its own when another program has one of the same account: it borrows that one,
 * after asking its provider, and touches nothing.
 */
import { assert, describe, it } from "@effect/vitest"
import { CredentialId } from "@daybook/pool/Ids"
import { members } from "@daybook/pool/PoolState"
import { credentialStatus } from "@daybook/pool/queries/Status"
import type { Login } from "@daybook/sandbox/Operations"
import { Clock, Deferred, Effect, Exit, Stream } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { failing, reasonOf } from "./support/Failures.ts"
import { crash } from "./support/Hooks.ts"
import type { Instance } from "./support/Instance.ts"
import { questions } from "./support/ModelApi.ts"
import { codexCli, type OthersFile } from "./support/OthersFiles.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow, type Tokens } from "./support/Scene.ts"

const blank: Tokens = { access_token: "", refresh_token: "" }

/** A request has the time that a busy machine may need. */
const policy = { timeLimit: 10_000 }

const opened = (scene: Scene) => scene.open({ recoverFrom: [codexCli(scene).source], policy })

/** The pool's login is dead at the provider, and the Codex CLI has one of the same account. */
const withTheirs = Effect.fnUntraced(function* (scene: Scene) {
  const file = codexCli(scene)
  yield* Effect.orDie(scene.sandbox.revoke({ grant: scene.login.grant }))
  const theirs = yield* scene.logIn(scene.login)
  yield* file.write(theirs)
  return { file, theirs }
})

const refresh = ({ token }: Instance) => token({ forceRefresh: true })

const words = ({ ledger }: Instance) =>
  Effect.gen(function* () {
    const state = yield* Effect.orDie(ledger.state)
    const now = yield* Clock.currentTimeMillis
    return members(state).map((member) => `${member.ownership} ${credentialStatus(state, member, now).word}`)
  })

/** What was said of the login that was not taken. */
const rejections = (scene: Scene) =>
  Effect.map(scene.events, (events) => only(events, "RecoveryRejected").map(({ data }) => data.why))

const adoptions = (scene: Scene) => Effect.map(scene.events, (events) => only(events, "RecoveryAdopted").length)

/** A pool that was opened, enrolled its login and was closed. */
const begun = Effect.fnUntraced(function* (scene: Scene) {
  const instance = yield* scene.open({ policy })
  yield* Effect.orDie(instance.token())
  yield* instance.close
})

describe("the login of another program", () => {
  it.live(
    "is used beside one of ours that the provider called dead",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { file, theirs } = yield* withTheirs(scene)
          const before = file.look()
          const instance = yield* opened(scene)
          assert.strictEqual(yield* refresh(instance), theirs.access_token)
          assert.strictEqual(yield* instance.token(), theirs.access_token)
          assert.deepStrictEqual(yield* words(instance), ["owned dead", "borrowed ok"])
          assert.deepStrictEqual(file.look(), before)
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.strictEqual((yield* questions(scene)).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is not served for a model that is benched on it, and for another it is",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { theirs } = yield* withTheirs(scene)
          const instance = yield* opened(scene)
          yield* refresh(instance)
          const borrowed = members(yield* instance.ledger.state).find(({ ownership }) => ownership === "borrowed")
          if (borrowed === undefined) return assert.fail("nothing was borrowed")
          const until = (yield* Clock.currentTimeMillis) + 3_600_000
          const data = { until, reason: "QuotaExhausted", model: "benched" } as const
          yield* instance.ledger.append([{ type: "CooldownStarted", v: 1, credential: borrowed.id, data }])
          assert.strictEqual(yield* instance.token({ model: "another" }), theirs.access_token)
          assert.strictEqual((yield* Effect.flip(instance.token({ model: "benched" })))._tag, "NoneAvailable")
        })
      ),
    slow
  )

  it.live(
    "is recorded as a member of its own, because of the quarantine of ours",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { file } = yield* withTheirs(scene)
          yield* refresh(yield* opened(scene))
          const events = yield* scene.events
          const [quarantined] = only(events, "CredentialQuarantined")
          const [adopted] = only(events, "RecoveryAdopted")
          const enrolled = only(events, "CredentialEnrolled").at(-1)
          assert.strictEqual(adopted?.cause, quarantined?.id)
          assert.strictEqual(enrolled?.cause, quarantined?.id)
          assert.strictEqual(adopted?.credential, enrolled?.credential)
          assert.strictEqual(adopted?.data.grant, enrolled?.data.grant)
          assert.notStrictEqual(adopted?.data.grant, quarantined?.data.grant)
          assert.strictEqual(enrolled?.data.ownership, "borrowed")
          assert.deepStrictEqual(enrolled?.data.store, { kind: "codex-cli", path: file.path, slot: "tokens" })
        })
      ),
    slow
  )

  it.live(
    "is used in place of one that our store has lost",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* begun(scene)
          yield* scene.write(blank)
          const theirs = yield* scene.logIn(scene.login)
          yield* codexCli(scene).write(theirs)
          const before = readFileSync(scene.authFile)
          const instance = yield* opened(scene)
          assert.strictEqual(yield* instance.token(), theirs.access_token)
          assert.deepStrictEqual(readFileSync(scene.authFile), before)
          assert.isUndefined(only(yield* scene.events, "RecoveryAdopted")[0]?.cause)
          assert.strictEqual((yield* scene.posts).length, 0)
        })
      ),
    slow
  )

  it.live(
    "is never sent to the token endpoint once it is used, whatever asks for it, and its renewal is seen",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { file, theirs } = yield* withTheirs(scene)
          const instance = yield* opened(scene)
          yield* refresh(instance)
          const before = file.look()
          const borrowed = members(yield* instance.ledger.state).find(({ ownership }) => ownership === "borrowed")
          const name = borrowed?.id ?? CredentialId.make("none")
          assert.strictEqual(yield* failing(instance.token({ credential: name, forceRefresh: true })), "Borrowed")
          const refused = instance.token({ credential: name, failedToken: theirs.access_token })
          assert.strictEqual(yield* failing(refused), "Borrowed")
          const operator = yield* Effect.flip(instance.pool.refresh(name))
          assert.include(operator.message, "Borrowed")
          yield* scene.advance("61 minutes")
          assert.strictEqual(yield* failing(instance.token({ credential: name })), "Borrowed")
          assert.deepStrictEqual(file.look(), before)
          const renewed = yield* scene.logIn(theirs)
          yield* file.write(renewed)
          assert.strictEqual(yield* instance.token(), renewed.access_token)
          const [only, ...others] = yield* scene.posts
          assert.strictEqual(only?.grant, scene.login.grant)
          assert.deepStrictEqual(others, [])
        })
      ),
    slow
  )

  it.live(
    "is enrolled once and asked about once, though two processes need it at the same time",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { theirs } = yield* withTheirs(scene)
          const instances = [yield* opened(scene), yield* opened(scene), yield* opened(scene)]
          yield* Effect.exit(scene.open({ policy }).pipe(Effect.flatMap(refresh)))
          const served = yield* Effect.all(
            instances.map(({ token }) => token()),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(new Set(served), new Set([theirs.access_token]))
          assert.strictEqual(yield* adoptions(scene), 1)
          assert.strictEqual((yield* questions(scene)).length, 1)
        })
      ),
    slow
  )

  it.live(
    "is recovered by the next process, once, if the first one dies before it says so",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { theirs } = yield* withTheirs(scene)
          const first = yield* opened(scene)
          first.edges.ledger.before("append RecoveryAdopted", crash)
          assert.isTrue(Exit.isFailure(yield* Effect.exit(refresh(first))))
          yield* first.close
          assert.strictEqual(yield* adoptions(scene), 0)
          assert.strictEqual(yield* (yield* opened(scene)).token(), theirs.access_token)
          assert.strictEqual(yield* adoptions(scene), 1)
        })
      ),
    slow
  )

  it.live(
    "does not come back once an operator removed it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* withTheirs(scene)
          const instance = yield* opened(scene)
          yield* refresh(instance)
          const borrowed = members(yield* instance.ledger.state).find(({ ownership }) => ownership === "borrowed")
          yield* instance.ledger.append([
            {
              type: "CredentialRemoved",
              v: 1,
              credential: borrowed?.id ?? CredentialId.make("none"),
              data: { by: "operator" }
            }
          ])
          const error = yield* Effect.flip(instance.token())
          assert.strictEqual(error._tag, "NoneAvailable")
          assert.strictEqual(yield* adoptions(scene), 1)
        })
      ),
    slow
  )
})

describe("no other program's login is taken", () => {
  /** Asks, and shows that the refusal and the files are what they were without any recovery. */
  const inVain = Effect.fnUntraced(function* (scene: Scene, instance: Instance, reason: string, file: OthersFile) {
    const before = file.look()
    const refusal = yield* reasonOf(refresh(instance))
    assert.strictEqual(refusal.reason, reason)
    assert.deepStrictEqual(file.look(), before)
    assert.strictEqual(yield* adoptions(scene), 0)
    assert.deepStrictEqual(yield* breaches(scene), [])
    return refusal
  })

  it.live(
    "if the provider does not accept it; the first error stays, and it is neither asked nor said again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { file, theirs } = yield* withTheirs(scene)
          yield* scene.sandbox.revoke({ grant: theirs.grant })
          const instance = yield* opened(scene)
          const refusal = yield* inVain(scene, instance, "Revoked", file)
          assert.include(JSON.stringify(refusal), "codex login")
          assert.deepStrictEqual(yield* rejections(scene), [
            "OpenAI Codex did not accept its access token (401 token_invalidated)"
          ])
          yield* Effect.flip(instance.token())
          const other = yield* opened(scene)
          yield* Effect.flip(other.token())
          assert.strictEqual((yield* questions(scene)).length, 1)
          yield* scene.advance("5 minutes")
          yield* Effect.flip(other.token())
          yield* Effect.flip(other.token())
          assert.strictEqual((yield* questions(scene)).length, 2)
          assert.strictEqual((yield* rejections(scene)).length, 1)
        })
      ),
    slow
  )

  it.live(
    "if the provider cannot be asked",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { file, theirs } = yield* withTheirs(scene)
          yield* scene.sandbox.apiFault({ fault: { _tag: "Status", status: 503 }, grant: theirs.grant })
          const instance = yield* opened(scene)
          yield* inVain(scene, instance, "Revoked", file)
          assert.strictEqual((yield* rejections(scene)).length, 1)
          yield* scene.advance("5 minutes")
          assert.strictEqual(yield* instance.token(), theirs.access_token)
        })
      ),
    slow
  )

  it.live(
    "for a failure that may pass",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = codexCli(scene)
          yield* scene.sandbox.fault({ fault: { _tag: "Status", status: 503 } })
          const instance = yield* opened(scene)
          yield* scene.advance("61 minutes")
          yield* file.write(yield* scene.logIn(scene.login))
          const before = file.look()
          assert.strictEqual(yield* failing(instance.token()), "ServerError")
          assert.deepStrictEqual(file.look(), before)
          assert.deepStrictEqual(yield* rejections(scene), [])
          assert.strictEqual(yield* adoptions(scene), 0)
          assert.deepStrictEqual(yield* questions(scene), [])
        })
      ),
    slow
  )

  it.live(
    "if it is the login of another account",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { file } = yield* withTheirs(scene)
          yield* file.write(yield* scene.logIn())
          yield* inVain(scene, yield* opened(scene), "Revoked", file)
          assert.deepStrictEqual(yield* rejections(scene), ["it is the login of another account"])
          assert.deepStrictEqual(yield* questions(scene), [])
        })
      ),
    slow
  )

  it.live(
    "if its access token is over",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { file } = yield* withTheirs(scene)
          yield* file.write(yield* scene.logIn(scene.login, { accessLifetime: 0 }))
          const instance = yield* opened(scene)
          yield* inVain(scene, instance, "Revoked", file)
          yield* Effect.flip(instance.token())
          assert.deepStrictEqual(yield* rejections(scene), ["its access token is over"])
          assert.deepStrictEqual(yield* questions(scene), [])
        })
      ),
    slow
  )

  it.live(
    "if it is another copy of the dead one",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { file } = yield* withTheirs(scene)
          yield* file.write(scene.login)
          yield* inVain(scene, yield* opened(scene), "Revoked", file)
          assert.deepStrictEqual(yield* rejections(scene), ["it is a copy of the lost login"])
        })
      ),
    slow
  )

  for (const [what, text] of [
    ["a blank stub", JSON.stringify({ tokens: { access_token: "", refresh_token: "" } })],
    ["half a file", `{"tokens":{"access_token":"half-writ`]
  ] as const) {
    it.live(
      `if there is only ${what}`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const { file } = yield* withTheirs(scene)
            file.writeText(text)
            yield* inVain(scene, yield* opened(scene), "Revoked", file)
            assert.deepStrictEqual(yield* rejections(scene), [])
          })
        ),
      slow
    )
  }

  it.live(
    "unless the pool was told where it may look",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { file } = yield* withTheirs(scene)
          yield* inVain(scene, yield* scene.open({ policy }), "Revoked", file)
        })
      ),
    slow
  )

  it.live(
    "from a store that Daybook shares with another program",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { file, theirs } = yield* withTheirs(scene)
          const elsewhere = join(scene.folder, "elsewhere.json")
          const { access_token, account_id, refresh_token } = theirs
          const tokens = { access_token, account_id, refresh_token }
          writeFileSync(elsewhere, JSON.stringify({ version: 1, providers: { "openai-codex": { tokens } } }))
          const recoverFrom = [{ kind: "hermes", path: elsewhere }] as const
          yield* inVain(scene, yield* scene.open({ policy, recoverFrom }), "Revoked", file)
        })
      ),
    slow
  )

  it.live(
    "for a login that was asked for by its name",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* withTheirs(scene)
          const instance = yield* opened(scene)
          const named = instance.token({ credential: "seeded", forceRefresh: true })
          assert.strictEqual(yield* failing(named), "Revoked")
          assert.strictEqual(yield* adoptions(scene), 0)
        })
      ),
    slow
  )

  it.live(
    "for one that an operator paused",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* begun(scene)
          yield* scene.write(blank)
          yield* codexCli(scene).write(yield* scene.logIn(scene.login))
          const instance = yield* opened(scene)
          yield* instance.ledger.append([
            { type: "CredentialPaused", v: 1, credential: CredentialId.make("seeded"), data: {} }
          ])
          assert.include((yield* Effect.flip(instance.token())).message, "paused by an operator")
          assert.strictEqual(yield* adoptions(scene), 0)
        })
      ),
    slow
  )
})

describe("while the provider is asked about another program's login", () => {
  /** Somebody acts at that very moment. */
  const meanwhile = Effect.fnUntraced(function* (
    scene: Scene,
    act: (theirs: { readonly file: OthersFile; readonly login: Login }) => Effect.Effect<void>
  ) {
    const { file, theirs } = yield* withTheirs(scene)
    const instance = yield* opened(scene)
    const acted = yield* Deferred.make<void>()
    instance.edges.network.before(
      "usage",
      Effect.andThen(act({ file, login: theirs }), Effect.asVoid(Deferred.succeed(acted, undefined)))
    )
    yield* Effect.exit(refresh(instance))
    yield* Deferred.await(acted)
    return { instance, file, theirs }
  })

  it.live(
    "a person may log in again: then that login is used, and nothing is taken",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const again = yield* scene.logIn(scene.login)
          yield* scene.advance("10 seconds")
          const { instance } = yield* meanwhile(scene, () => scene.write(again))
          yield* Stream.runHead(Stream.filter(instance.ledger.tail(), ({ type }) => type === "QuarantineLifted"))
          assert.strictEqual(yield* instance.token(), again.access_token)
          assert.strictEqual(yield* adoptions(scene), 0)
        })
      ),
    slow
  )

  it.live(
    "its own program may renew it: then what is there now is asked about, and not what is gone",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const renewed = yield* scene.logIn(scene.login)
          const { instance } = yield* meanwhile(scene, ({ file }) => file.write(renewed))
          assert.strictEqual(yield* adoptions(scene), 0)
          assert.strictEqual(yield* instance.token(), renewed.access_token)
          assert.strictEqual(yield* adoptions(scene), 1)
        })
      ),
    slow
  )
})
