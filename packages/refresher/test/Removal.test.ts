/**
 * A login that only Daybook keeps leaves the pool: its tokens go to quarantine, and may come back from there.
 */
import { assert, describe, it } from "@effect/vitest"
import { type Credential, members } from "@daybook/pool/PoolState"
import type { Login } from "@daybook/sandbox/Operations"
import { Effect, Fiber, HashMap, Option } from "effect"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { condemn } from "./support/Dead.ts"
import { afterALostAnswer, failing } from "./support/Failures.ts"
import { crash, noSpace } from "./support/Hooks.ts"
import { codex, type Instance } from "./support/Instance.ts"
import { next } from "./support/Next.ts"
import { inOwnStore } from "./support/OwnLogins.ts"
import { breaches, only, readEvents } from "./support/Records.ts"
import { inScene, type OpenOptions, patient, type Scene, slow } from "./support/Scene.ts"

const own: OpenOptions = { stores: [{ kind: "own" }], ...patient }

const all = ({ ledger }: Instance) =>
  Effect.map(Effect.orDie(ledger.state), ({ credentials }) => Array.from(HashMap.values(credentials)))

/** The credential that was enrolled first. */
const first = (instance: Instance) =>
  Effect.map(all(instance), (credentials): Credential => {
    const [credential] = credentials.toSorted((a, b) => a.enrolledSeq - b.enrolledSeq)
    if (credential === undefined) throw new Error("nothing was enrolled")
    return credential
  })

const remove = (instance: Instance) => Effect.flatMap(first(instance), ({ id }) => instance.operator.remove(id))

const again = (instance: Instance) => Effect.flatMap(first(instance), ({ id }) => instance.operator.enrolAgain(id))

const memberIds = ({ ledger }: Instance) =>
  Effect.map(Effect.orDie(ledger.state), (state) => members(state).map(({ id }) => id))

interface Kept {
  readonly reason: string
  readonly tokens: { readonly access_token?: string; readonly refresh_token?: string }
}

const inQuarantine = ({ home }: Scene): ReadonlyArray<Kept> => {
  const folder = join(home, "quarantine")
  return existsSync(folder)
    ? readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Kept)
    : []
}

const keptAs = (scene: Scene, reason: string) =>
  inQuarantine(scene).flatMap((kept) => (kept.reason === reason ? [kept.tokens.refresh_token] : []))

const inStash = ({ home }: Scene): ReadonlyArray<string> => {
  const folder = join(home, "stash")
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : []
}

describe("a removed login of Daybook's own", () => {
  it.live(
    "is moved to quarantine, and its file goes; removed twice it is removed once",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { path } = yield* inOwnStore(scene, codex, scene.login)
          const instance = yield* scene.open(own)
          yield* instance.token()
          assert.strictEqual((yield* remove(instance)).length, 1)
          assert.isFalse(existsSync(path))
          assert.deepStrictEqual(keptAs(scene, "Removed"), [scene.login.refresh_token])
          assert.deepStrictEqual(yield* remove(instance), [])
          assert.strictEqual(only(yield* scene.events, "CredentialRemoved").length, 1)
          assert.deepStrictEqual(yield* memberIds(instance), [])
        })
      ),
    slow
  )

  it.live(
    "leaves no copy of its tokens but the one in quarantine",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* inOwnStore(scene, codex, scene.login)
          const instance = yield* scene.open(own)
          yield* instance.token({ forceRefresh: true })
          yield* remove(instance)
          const [post] = yield* scene.posts
          assert.deepStrictEqual(keptAs(scene, "Removed"), [post?.successor])
          assert.deepStrictEqual(inStash(scene), [])
          assert.deepStrictEqual(
            readdirSync(join(scene.home, "grants")).filter((name) => name.endsWith(".json")),
            []
          )
        })
      ),
    slow
  )

  it.live(
    "has an answer of a dead process finished first, so that the newest pair is the one that is kept",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* inOwnStore(scene, codex, scene.login)
          const dying = yield* scene.open(own)
          dying.edges.stores.after("stash", crash)
          yield* Effect.exit(dying.token({ forceRefresh: true }))
          yield* dying.close
          const instance = yield* scene.open(own)
          yield* remove(instance)
          const [post] = yield* scene.posts
          assert.deepStrictEqual(keptAs(scene, "Removed"), [post?.successor])
          assert.deepStrictEqual((yield* scene.story).slice(-2), ["RefreshSucceeded", "CredentialRemoved"])
        })
      ),
    slow
  )

  it.live(
    "that was dead stays in quarantine under what it died of",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* inOwnStore(scene, codex, scene.login)
          const instance = yield* scene.open(own)
          yield* condemn(scene, instance)
          yield* remove(instance)
          assert.deepStrictEqual(keptAs(scene, "Revoked"), [scene.login.refresh_token])
          assert.deepStrictEqual(keptAs(scene, "Removed"), [])
          assert.strictEqual((yield* Effect.flip(again(instance)))._tag, "OperatorError")
        })
      ),
    slow
  )
})

/** Where a remover may die, and whether the credential counts as removed then. */
const deaths: ReadonlyArray<readonly [where: string, dies: (instance: Instance) => void, isRecorded: boolean]> = [
  ["before its pair is in quarantine", ({ edges }) => edges.stores.before("put", crash), false],
  ["before the removal is recorded", ({ edges }) => edges.ledger.before("append CredentialRemoved", crash), false],
  ["before its file is gone", ({ edges }) => edges.ledger.after("append CredentialRemoved", crash), true]
]

describe.each(deaths)("a remover that dies %s", (_where, dies, isRecorded) => {
  it.live(
    "loses nothing, and the next one comes to the same end",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { path, read } = yield* inOwnStore(scene, codex, scene.login)
          const dying = yield* scene.open(own)
          dies(dying)
          yield* Effect.exit(remove(dying))
          yield* dying.close
          assert.strictEqual(read().tokens.refresh_token, scene.login.refresh_token)
          const instance = yield* scene.open(own)
          assert.strictEqual((yield* memberIds(instance)).length, isRecorded ? 0 : 1)
          // What was recorded is finished by whoever opens the pool next; what was not, by whoever removes it again.
          if (!isRecorded) yield* remove(instance)
          assert.isFalse(existsSync(path))
          assert.deepStrictEqual(keptAs(scene, "Removed"), [scene.login.refresh_token])
          assert.strictEqual(only(yield* scene.events, "CredentialRemoved").length, 1)
        })
      ),
    slow
  )
})

describe("a login in hermes' file that has not taken its newest pair", () => {
  const refusing = (instance: Instance, store: number, stash = 0) => {
    instance.edges.stores.before("store", noSpace, store)
    instance.edges.stores.before("stash", noSpace, stash)
    return instance.token({ forceRefresh: true })
  }

  const inFile = (scene: Scene) => scene.read().providers[codex].tokens.refresh_token

  const refusal = (instance: Instance) => Effect.map(Effect.flip(remove(instance)), ({ message }) => message)

  it.live(
    "stays in the pool, and leaves it once the file has it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* refusing(instance, 2)
          assert.include(yield* refusal(instance), `${scene.authFile} has not taken its newest tokens`)
          assert.deepStrictEqual(yield* memberIds(instance), ["seeded"])
          assert.strictEqual((yield* remove(instance)).length, 1)
          const [post] = yield* scene.posts
          assert.strictEqual(inFile(scene), post?.successor)
        })
      ),
    slow
  )

  it.live(
    "and that no disk has stays in memory, and is offered again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* refusing(instance, 2, 1)
          assert.include(yield* refusal(instance), "has not taken its newest tokens")
          yield* instance.close
          const [post] = yield* scene.posts
          assert.strictEqual(inFile(scene), post?.successor)
        })
      ),
    slow
  )

  it.live(
    "and cannot be read either leaves the pool, and the pair that no disk has is kept in quarantine first",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* refusing(instance, 1, 1)
          writeFileSync(scene.authFile, "{")
          instance.edges.stores.before("put", noSpace)
          assert.include(yield* refusal(instance), "on no disk")
          assert.deepStrictEqual(yield* memberIds(instance), ["seeded"])
          assert.strictEqual((yield* remove(instance)).length, 1)
          const [post] = yield* scene.posts
          assert.deepStrictEqual(keptAs(scene, "Removed"), [post?.successor])
        })
      ),
    slow
  )

  it.live(
    "leaves the pool when hermes has gone on to a pair of its own",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* refusing(instance, 2)
          yield* scene.write(yield* scene.logIn(scene.login))
          assert.strictEqual((yield* remove(instance)).length, 1)
        })
      ),
    slow
  )
})

describe("a removed credential that is enrolled again", () => {
  it.live(
    "comes back from quarantine under a new id, in the same place and with the same grant",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { path, read } = yield* inOwnStore(scene, codex, scene.login)
          const instance = yield* scene.open(own)
          const former = yield* first(instance)
          yield* remove(instance)
          assert.strictEqual((yield* again(instance)).length, 1)
          const [id] = yield* memberIds(instance)
          const back = (yield* all(instance)).find((credential) => credential.id === id)
          assert.notStrictEqual(id, former.id)
          assert.deepStrictEqual([back?.grant, back?.store], [former.grant, former.store])
          assert.strictEqual(read().tokens.refresh_token, scene.login.refresh_token)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          assert.isTrue((yield* first(instance)).removed)
          yield* instance.close
          const later = yield* scene.open(own)
          assert.isTrue(existsSync(path))
          assert.strictEqual(yield* later.token(), scene.login.access_token)
        })
      ),
    slow
  )

  it.live(
    "keeps its file when the former one is removed once more",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { read } = yield* inOwnStore(scene, codex, scene.login)
          const instance = yield* scene.open(own)
          yield* remove(instance)
          yield* again(instance)
          assert.deepStrictEqual(yield* remove(instance), [])
          assert.strictEqual(read().tokens.refresh_token, scene.login.refresh_token)
          assert.strictEqual((yield* memberIds(instance)).length, 1)
          yield* instance.close
          assert.strictEqual(yield* (yield* scene.open(own)).token(), scene.login.access_token)
        })
      ),
    slow
  )

  it.live(
    "whose return dies before it is recorded is in quarantine again, and comes back all the same",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { path } = yield* inOwnStore(scene, codex, scene.login)
          const dying = yield* scene.open(own)
          yield* remove(dying)
          dying.edges.ledger.before("append CredentialEnrolled", crash)
          yield* Effect.exit(again(dying))
          yield* dying.close
          assert.isTrue(existsSync(path))
          const instance = yield* scene.open(own)
          assert.isFalse(existsSync(path))
          assert.deepStrictEqual(yield* memberIds(instance), [])
          yield* again(instance)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
        })
      ),
    slow
  )

  it.live(
    "is enrolled once, and only if it was removed",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const here = yield* scene.open(patient)
          const there = yield* scene.open(patient)
          assert.deepStrictEqual(yield* again(here), [])
          yield* remove(here)
          const answers = yield* Effect.all([again(here), again(there)], { concurrency: 2 })
          assert.sameMembers(
            answers.map(({ length }) => length),
            [1, 0]
          )
          assert.strictEqual((yield* memberIds(here)).length, 1)
          assert.strictEqual(yield* here.token(), scene.login.access_token)
        })
      ),
    slow
  )

  it.live(
    "is as much in doubt as it was before: a token that may be spent is not sent as if it were new",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* afterALostAnswer(scene, patient)
          yield* remove(instance)
          yield* again(instance)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "OutcomeUnknown")
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is in doubt still when hermes removed it and shows the same pair again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* afterALostAnswer(scene, patient)
          const suppressed = { version: 1, providers: {}, suppressed_sources: { [codex]: ["device_code"] } }
          writeFileSync(scene.authFile, JSON.stringify(suppressed))
          const removed = Option.getOrThrow(yield* next(instance, "CredentialRemoved"))
          yield* scene.write(scene.login)
          yield* next(instance, "CredentialEnrolled", ({ seq }) => seq > removed.seq)
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "OutcomeUnknown")
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "with a login that is new in its place begins a grant of its own",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          const former = yield* first(instance)
          yield* remove(instance)
          const other: Login = yield* scene.logIn()
          yield* scene.write(other)
          yield* again(instance)
          const [id] = yield* memberIds(instance)
          const back = (yield* all(instance)).find((credential) => credential.id === id)
          assert.notStrictEqual(back?.grant, former.grant)
          assert.strictEqual(yield* instance.token(), other.access_token)
        })
      ),
    slow
  )
})

describe("a store that is taken over", () => {
  it.live(
    "answers whose it was, and is only read from then on by the pools of its former ledger, also by one that is open",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const former = yield* scene.open(patient)
          const current = yield* former.token({ forceRefresh: true })
          const elsewhere = join(scene.folder, "elsewhere")
          const heir = yield* scene.open({ home: elsewhere, ...patient })
          assert.strictEqual(yield* failing(heir.token({ failedToken: current })), "Borrowed")
          const owner = yield* heir.operator.takeOver(scene.authFile)
          assert.strictEqual(owner._tag === "Some" ? owner.value.folder : undefined, scene.home)
          const [taken, ...more] = only(readEvents(elsewhere), "StoreTakenOver")
          assert.deepStrictEqual([taken?.data.folder, taken?.data.path, more], [scene.home, scene.authFile, []])
          assert.strictEqual((yield* heir.operator.takeOver(scene.authFile))._tag, "None")
          const renewed = yield* heir.token({ failedToken: current })
          assert.strictEqual(yield* former.token({ failedToken: current }), renewed)
          assert.strictEqual(yield* failing(former.token({ failedToken: renewed })), "Borrowed")
          assert.include((yield* Effect.flip(former.pool.refresh("seeded"))).message, elsewhere)
          assert.strictEqual((yield* scene.posts).length, 2)
        })
      ),
    slow
  )

  it.live(
    "and that has not taken a pair of its former ledger is refused until it has",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const former = yield* scene.open(patient)
          former.edges.stores.before("store", noSpace, 9)
          yield* former.token({ forceRefresh: true })
          yield* former.close
          const heir = yield* scene.open({ home: join(scene.folder, "elsewhere"), ...patient })
          const { message } = yield* Effect.flip(heir.operator.takeOver(scene.authFile))
          assert.include(message, `daybook --home ${scene.home} enrol ${scene.authFile}`)
          assert.strictEqual(yield* failing(heir.token({ failedToken: scene.login.access_token })), "Borrowed")
          yield* (yield* scene.open(patient)).close
          assert.strictEqual((yield* heir.operator.takeOver(scene.authFile))._tag, "Some")
          const [first, ...none] = yield* scene.posts
          assert.strictEqual(scene.read().providers[codex].tokens.refresh_token, first?.successor)
          assert.deepStrictEqual(none, [])
        })
      ),
    slow
  )

  it.live(
    "while its former owner refreshes is taken over when the answer is stored",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const former = yield* scene.open(patient)
          yield* former.token()
          const heir = yield* scene.open({ home: join(scene.folder, "elsewhere"), ...patient })
          const hold = yield* scene.sandbox.hold("afterCommit")
          const asked = yield* Effect.forkChild(former.token({ failedToken: scene.login.access_token }))
          yield* hold.parked()
          const taking = yield* Effect.forkChild(heir.operator.takeOver(scene.authFile), { startImmediately: true })
          yield* hold.release
          const renewed = yield* Fiber.join(asked)
          yield* Fiber.join(taking)
          assert.strictEqual(yield* heir.token({ failedToken: scene.login.access_token }), renewed)
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )
})
