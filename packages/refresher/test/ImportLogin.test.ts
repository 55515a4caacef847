/**
 * How another program's login becomes a member of the pool: borrowed, or taken over; and what is never done to it.
 */
import { assert, describe, it } from "@effect/vitest"
import { providerAt } from "@daybook/oauth/Provider"
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { xaiOAuth } from "@daybook/oauth/providers/XaiOAuth"
import { GrantId } from "@daybook/pool/Ids"
import { type Credential, members } from "@daybook/pool/PoolState"
import { ImportError } from "@daybook/refresher/ImportError"
import * as OwnStore from "@daybook/vault/OwnStore"
import type { StoreSource } from "@daybook/vault/Vault"
import { Effect, Exit } from "effect"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { failing } from "./support/Failures.ts"
import { crash } from "./support/Hooks.ts"
import type { Instance } from "./support/Instance.ts"
import { questions } from "./support/ModelApi.ts"
import { claudeCode, codexCli, type OthersFile } from "./support/OthersFiles.ts"
import { inOwnStore, tokensOf } from "./support/OwnLogins.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

/** A request has the time that a busy machine may need. */
const policy = { timeLimit: 10_000 }

/** A pool with nothing in it but Daybook's own store, and one file of another program to import from. */
const beside = (scene: Scene, { source }: Pick<OthersFile, "source">, stores: ReadonlyArray<StoreSource> = []) =>
  scene.open({
    stores: [{ kind: "own" }, ...stores],
    policy,
    recoverFrom: [source],
    providers: [scene.codexHere(), providerAt(anthropic, scene.sandbox.origin)]
  })

/** The one login that the file has. */
const look = Effect.fnUntraced(function* ({ imports, vault }: Instance) {
  const { logins, problems } = yield* vault.recoverable
  const [login, ...others] = logins
  if (login === undefined || others.length + problems.length > 0) return yield* Effect.die(new Error("not one login"))
  return yield* Effect.orDie(imports.look(login))
})

const borrow = (instance: Instance) => Effect.flatMap(look(instance), (looked) => instance.imports.borrow(looked))
const takeOver = (instance: Instance) => Effect.flatMap(look(instance), (looked) => instance.imports.takeOver(looked))

const membersOf = ({ ledger }: Instance): Effect.Effect<ReadonlyArray<Credential>> =>
  Effect.orDie(Effect.map(ledger.state, members))

const refusal = <A, E>(importing: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(importing), (error) => {
    assert.instanceOf(error, ImportError)
    return error
  })

const types = (scene: Scene) =>
  Effect.map(scene.events, (events) =>
    events.map(({ type }) => type).filter((type) => !["LedgerOpened", "ActorJoined", "PolicyApplied"].includes(type))
  )

/** A scene whose Codex CLI has the login that the scene began with. */
const withCodexCli = Effect.fnUntraced(function* (scene: Scene) {
  const file = codexCli(scene)
  yield* file.write(scene.login)
  return file
})

describe("a login that is imported", () => {
  it.live(
    "is borrowed: its file is read only, nothing of it is spent, and its provider was asked about it once",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = yield* withCodexCli(scene)
          const before = file.look()
          const instance = yield* beside(scene, file)
          const { isAccepted } = yield* borrow(instance)
          assert.isTrue(isAccepted)
          assert.strictEqual((yield* questions(scene)).length, 1)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "Borrowed")
          assert.deepStrictEqual(file.look(), before)
          assert.deepStrictEqual(yield* scene.posts, [])
          const [enrolled] = only(yield* scene.events, "CredentialEnrolled")
          const [observed] = only(yield* scene.events, "GenerationObserved")
          assert.strictEqual(enrolled?.data.ownership, "borrowed")
          assert.deepStrictEqual(enrolled?.data.store, { kind: "codex-cli", path: file.path, slot: "tokens" })
          assert.strictEqual(observed?.data.how, "import")
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is used until its access token ends, and again when its own program has renewed it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = yield* withCodexCli(scene)
          const instance = yield* beside(scene, file)
          yield* borrow(instance)
          yield* scene.advance("61 minutes")
          assert.strictEqual(yield* failing(instance.token()), "Borrowed")
          const renewed = yield* scene.logIn(scene.login)
          yield* file.write(renewed)
          assert.strictEqual(yield* instance.token(), renewed.access_token)
          assert.deepStrictEqual(yield* scene.posts, [])
        })
      ),
    slow
  )

  it.live(
    "of Claude Code is confirmed by its own provider, though its file does not say whose it is",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = claudeCode(scene)
          const login = yield* scene.logIn(undefined, { dialect: "anthropic" })
          yield* file.write(login)
          const instance = yield* beside(scene, file)
          const looked = yield* look(instance)
          assert.isUndefined(looked.account)
          yield* instance.imports.borrow(looked)
          assert.deepStrictEqual(
            (yield* questions(scene)).map(({ path, status }) => `${path} ${status}`),
            ["/api/oauth/usage 200"]
          )
          assert.strictEqual(yield* instance.token({ provider: "anthropic" }), login.access_token)
        })
      ),
    slow
  )

  it.live(
    "of a provider that cannot be asked for nothing is checked for its form, and that is said",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { access_token, refresh_token } = yield* scene.logIn(undefined, { dialect: "xai" })
          const path = join(scene.folder, "grok.json")
          writeFileSync(path, JSON.stringify({ access_token, refresh_token }))
          const file = { owner: "the Grok CLI", path, provider: "xai-oauth", renew: "run grok" }
          const instance = yield* scene.open({
            policy,
            stores: [{ kind: "own" }],
            recoverFrom: [{ kind: "file", file }],
            providers: [providerAt(xaiOAuth, scene.sandbox.origin)]
          })
          const { isAccepted } = yield* borrow(instance)
          assert.isFalse(isAccepted)
          assert.deepStrictEqual(yield* Effect.orDie(scene.sandbox.apiCalls), [])
          assert.strictEqual(yield* instance.token({ provider: "xai-oauth" }), access_token)
        })
      ),
    slow
  )

  it.live(
    "becomes a member once, though two processes import it at the same time, and a second import says so",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = yield* withCodexCli(scene)
          const instances = [yield* beside(scene, file), yield* beside(scene, file)] as const
          const imported = yield* Effect.all(instances.map(borrow), { concurrency: "unbounded" })
          assert.strictEqual(new Set(imported.map(({ credential }) => credential)).size, 1)
          assert.strictEqual(only(yield* scene.events, "CredentialEnrolled").length, 1)
          assert.strictEqual((yield* look(instances[0])).member?.id, imported[0]?.credential)
        })
      ),
    slow
  )

  it.live(
    "comes with the members of the same account, which are one quota with it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = codexCli(scene)
          yield* file.write(yield* scene.logIn(scene.login))
          const instance = yield* beside(scene, file, [{ kind: "hermes", path: scene.authFile }])
          assert.deepStrictEqual(
            (yield* look(instance)).sameAccount.map(({ id }) => id as string),
            ["seeded"]
          )
          yield* file.write(yield* scene.logIn())
          assert.deepStrictEqual((yield* look(instance)).sameAccount, [])
        })
      ),
    slow
  )

  it.live(
    "may come back after an operator removed it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* beside(scene, yield* withCodexCli(scene))
          const first = yield* borrow(instance)
          yield* instance.ledger.append([
            { type: "CredentialRemoved", v: 1, credential: first.credential, data: { by: "operator" } }
          ])
          const second = yield* borrow(instance)
          assert.notStrictEqual(second.credential, first.credential)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
        })
      ),
    slow
  )
})

describe("a login is not imported, and nothing is changed,", () => {
  const inVain = Effect.fnUntraced(function* (scene: Scene, file: OthersFile) {
    const instance = yield* beside(scene, file)
    const before = { file: file.look(), events: yield* types(scene) }
    for (const importing of [borrow, takeOver]) {
      const { message } = yield* refusal(importing(instance))
      assert.include(message, file.path)
      assert.deepStrictEqual({ file: file.look(), events: yield* types(scene) }, before)
      assert.deepStrictEqual(readdirSync(scene.home).includes("grants"), false)
      assert.deepStrictEqual(yield* scene.posts, [])
    }
    return (yield* refusal(borrow(instance))).message
  })

  it.live(
    "if its provider does not accept its access token",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = yield* withCodexCli(scene)
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          const message = yield* inVain(scene, file)
          assert.include(message, "OpenAI Codex did not accept its access token (401 token_invalidated)")
          assert.include(message, "run codex")
        })
      ),
    slow
  )

  it.live(
    "if its provider cannot be reached",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = yield* withCodexCli(scene)
          const instance = yield* scene.open({
            policy,
            stores: [{ kind: "own" }],
            recoverFrom: [file.source],
            providers: [providerAt(scene.codexHere(), "http://127.0.0.1:9")]
          })
          assert.include((yield* refusal(borrow(instance))).message, "OpenAI Codex could not be asked about it")
          assert.deepStrictEqual(yield* membersOf(instance), [])
        })
      ),
    slow
  )

  it.live(
    "if its access token is over; the provider is not asked",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = codexCli(scene)
          yield* file.write(yield* scene.logIn(undefined, { accessLifetime: 0 }))
          assert.include(yield* inVain(scene, file), "its access token is over")
          assert.deepStrictEqual(yield* questions(scene), [])
        })
      ),
    slow
  )

  for (const [name, missing] of [
    ["refresh token", { refresh_token: "" }],
    ["access token", { access_token: "" }]
  ] as const) {
    it.live(
      `if it has no ${name}`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const file = codexCli(scene)
            yield* file.write({ ...scene.login, ...missing })
            assert.include(yield* inVain(scene, file), `it has no ${name}`)
            assert.deepStrictEqual(yield* questions(scene), [])
          })
        ),
      slow
    )
  }

  it.live(
    "if its program renews it while the provider is asked",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = yield* withCodexCli(scene)
          const instance = yield* beside(scene, file)
          const renewed = yield* scene.logIn(scene.login)
          for (const importing of [borrow, takeOver]) {
            yield* file.write(scene.login)
            instance.edges.network.before("usage", file.write(renewed))
            assert.include((yield* refusal(importing(instance))).message, "has just written it anew")
          }
          assert.deepStrictEqual(yield* membersOf(instance), [])
          yield* borrow(instance)
          assert.strictEqual(yield* instance.token(), renewed.access_token)
        })
      ),
    slow
  )

  it.live(
    "if it stands in a store that Daybook shares",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const source = { kind: "hermes", path: scene.authFile } as const
          const instance = yield* beside(scene, { source })
          const before = readFileSync(scene.authFile)
          for (const importing of [borrow, takeOver]) {
            assert.include((yield* refusal(importing(instance))).message, "enrol the store")
          }
          assert.deepStrictEqual(readFileSync(scene.authFile), before)
          assert.deepStrictEqual(yield* membersOf(instance), [])
        })
      ),
    slow
  )

  it.live(
    "if a member has the same refresh token",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = yield* withCodexCli(scene)
          const instance = yield* beside(scene, file, [{ kind: "hermes", path: scene.authFile }])
          for (const importing of [borrow, takeOver]) {
            assert.include((yield* refusal(importing(instance))).message, "seeded in this pool has the same refresh")
          }
          assert.strictEqual((yield* membersOf(instance)).length, 1)
        })
      ),
    slow
  )

  it("if there is only a blank stub: then there is no login to look at", () =>
    Effect.runPromise(
      inScene((scene) =>
        Effect.gen(function* () {
          const file = claudeCode(scene)
          yield* file.write({ access_token: "", refresh_token: "" })
          const { vault } = yield* beside(scene, file)
          assert.deepStrictEqual(yield* vault.recoverable, { logins: [], problems: [] })
        })
      )
    ))
})

describe("a copy of a login that the pool has renewed since", () => {
  /** Daybook's own login, with a copy of its first tokens in the Codex CLI's file. */
  const withCopy = Effect.fnUntraced(function* (scene: Scene, renewals: number) {
    const file = yield* withCodexCli(scene)
    yield* inOwnStore(scene, "openai-codex", scene.login)
    const instance = yield* beside(scene, file)
    for (let n = 0; n < renewals; n++) yield* instance.token({ forceRefresh: true })
    const [member] = yield* membersOf(instance)
    if (member === undefined) return yield* Effect.die(new Error("the pool has no member"))
    return { instance, member }
  })

  for (const renewals of [1, 2]) {
    it.live(
      `is not taken over, as its token was spent ${renewals === 1 ? "just now" : "two renewals ago"}`,
      () =>
        inScene(
          (scene) =>
            Effect.gen(function* () {
              const { instance, member } = yield* withCopy(scene, renewals)
              const { message, reason } = yield* refusal(takeOver(instance))
              assert.strictEqual(reason._tag, "Twin")
              assert.include(message, `${member.id} in this pool has spent its refresh token`)
              assert.include((yield* refusal(borrow(instance))).message, member.id)
              assert.strictEqual((yield* membersOf(instance)).length, 1)
              assert.match(yield* instance.token({ forceRefresh: true }), /^eyJ/)
              assert.deepStrictEqual(yield* breaches(scene), [])
            }),
          { reuse: "revokeFamily" }
        ),
      slow
    )
  }

  it.live(
    "is not taken over after that was removed",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { instance, member } = yield* withCopy(scene, 1)
          yield* instance.operator.remove(member.id)
          const { message } = yield* refusal(takeOver(instance))
          assert.include(message, `${member.id}, which was removed from this pool, has spent its refresh token`)
          assert.deepStrictEqual(yield* membersOf(instance), [])
        })
      ),
    slow
  )

  it.live(
    "is taken over if its token was never spent, and what is known of it stays known",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { instance, member } = yield* withCopy(scene, 0)
          yield* instance.operator.remove(member.id)
          yield* takeOver(instance)
          const [again] = yield* membersOf(instance)
          assert.strictEqual(again?.grant, member.grant)
          assert.match(yield* instance.token({ forceRefresh: true }), /^eyJ/)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("a login that is taken over", () => {
  it.live(
    "is a copy of our own, is refreshed by us, and its file stays as it is",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = yield* withCodexCli(scene)
          const before = file.look()
          const instance = yield* beside(scene, file)
          yield* takeOver(instance)
          assert.deepStrictEqual(yield* scene.posts, [])
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          const next = yield* instance.token({ forceRefresh: true })
          assert.notStrictEqual(next, scene.login.access_token)
          const [member] = yield* membersOf(instance)
          assert.deepInclude(member, { ownership: "owned", source: "import:codex-cli" })
          assert.include(readFileSync(member?.store.path ?? "", "utf8"), next)
          assert.deepStrictEqual(file.look(), before)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "takes the place of the member that borrowed it, in one append",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* beside(scene, yield* withCodexCli(scene))
          const borrowed = yield* borrow(instance)
          const { credential, replaced } = yield* takeOver(instance)
          assert.deepStrictEqual(replaced, [borrowed.credential])
          assert.deepStrictEqual(
            (yield* membersOf(instance)).map(({ id }) => id),
            [credential]
          )
          assert.deepStrictEqual((yield* types(scene)).slice(-3), [
            "CredentialEnrolled",
            "GenerationObserved",
            "CredentialRemoved"
          ])
        })
      ),
    slow
  )

  it.live(
    "takes its place also if its program has renewed it since",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = yield* withCodexCli(scene)
          const first = yield* beside(scene, file)
          yield* borrow(first)
          yield* first.close
          yield* scene.advance("10 seconds")
          yield* file.write(yield* scene.logIn(scene.login))
          const instance = yield* beside(scene, file)
          const { replaced } = yield* takeOver(instance)
          assert.strictEqual(replaced.length, 1)
        })
      ),
    slow
  )

  it.live(
    "takes its place also if its file holds an older login than the one that was borrowed",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = codexCli(scene)
          yield* scene.advance("10 seconds")
          yield* file.write(yield* scene.logIn(scene.login))
          const instance = yield* beside(scene, file)
          const borrowed = yield* borrow(instance)
          yield* file.write(scene.login)
          const { replaced } = yield* takeOver(instance)
          assert.deepStrictEqual(replaced, [borrowed.credential])
        })
      ),
    slow
  )

  it.live(
    "is in the pool once, though its copy was written by a process that died before it could say so",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = yield* withCodexCli(scene)
          const first = yield* beside(scene, file)
          yield* borrow(first)
          first.edges.ledger.before("append CredentialEnrolled", crash)
          assert.isTrue(Exit.isFailure(yield* Effect.exit(takeOver(first))))
          yield* first.close
          assert.strictEqual(readdirSync(join(scene.home, "grants")).filter((name) => name.endsWith(".json")).length, 1)
          const second = yield* beside(scene, file)
          assert.deepStrictEqual(
            (yield* membersOf(second)).map(({ ownership }) => ownership),
            ["owned"]
          )
          assert.include((yield* refusal(takeOver(second))).message, "has the same refresh token")
          assert.strictEqual(yield* second.token(), scene.login.access_token)
          assert.deepStrictEqual(yield* scene.posts, [])
        })
      ),
    slow
  )

  it.live(
    "does not push out a member that borrows another login of the same provider",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const file = yield* withCodexCli(scene)
          const instance = yield* beside(scene, file)
          yield* borrow(instance)
          const login = yield* scene.logIn()
          const grant = GrantId.make("01890000-0000-7000-8000-000000000001")
          const tokens = tokensOf(login, Date.now())
          yield* OwnStore.create(scene.home, { grant, provider: "openai-codex", source: "login", tokens }, "1 second")
          const second = yield* beside(scene, file)
          assert.sameMembers(
            (yield* membersOf(second)).map(({ ownership }) => ownership),
            ["borrowed", "owned"]
          )
        })
      ),
    slow
  )
})
