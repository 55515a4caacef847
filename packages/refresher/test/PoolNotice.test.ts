/** What a person hears of at once: logins that died, with the remedy that fits their store, and loops. */
import { Providers } from "@daybook/oauth/Providers"
import { fold } from "@daybook/pool/Evolve"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { ActorId, CredentialId, EventId, GrantId, Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { makeNotices, type Notice } from "@daybook/refresher/PoolNotice"
import { Listener } from "@daybook/refresher/Listeners"
import { assert, describe, it } from "@effect/vitest"
import type { StoreSource } from "@daybook/vault/Vault"
import { Effect, Logger, Redacted } from "effect"
import { condemn } from "./support/Dead.ts"
import { reasonOf } from "./support/Failures.ts"
import { codex, type Instance } from "./support/Instance.ts"
import { inOwnStore } from "./support/OwnLogins.ts"
import { inScene, patient, type Scene, slow } from "./support/Scene.ts"

/** The only notice of a pool whose login is found dead, and the error that the caller got. */
const noticed = Effect.fnUntraced(function* (scene: Scene, stores: ReadonlyArray<StoreSource>) {
  const notices: Array<Notice> = []
  const pool = yield* Effect.provideService(scene.open({ ...patient, stores }), Listener, (_event, notice) => {
    if (notice !== undefined) notices.push(notice)
  })
  yield* Effect.orDie(scene.sandbox.revoke({ grant: scene.login.grant }))
  const reason = yield* reasonOf(pool.token({ forceRefresh: true }))
  yield* pool.close
  assert.strictEqual(notices.length, 1)
  return { remedy: notices[0]!.remedy, reason }
})

describe("the notice of a dead login", () => {
  it.live(
    "sends a person to the command that logs in again, where the login is in Daybook's own store",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* inOwnStore(scene, codex, scene.login)
          const { reason, remedy } = yield* noticed(scene, [{ kind: "own" }])
          assert.match(remedy, /`daybook login openai-codex --credential \S+`/)
          assert.propertyVal(reason, "remedy", remedy)
        })
      ),
    slow
  )

  it.live(
    "sends a person to the program that owns the login, where it is in that program's file",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { reason, remedy } = yield* noticed(scene, [{ kind: "hermes", path: scene.authFile }])
          assert.notInclude(remedy, "daybook login")
          assert.propertyVal(reason, "remedy", remedy)
        })
      ),
    slow
  )
})

/** Dies, is revived, and dies again, until it is dead for the third time. */
const flap = Effect.fnUntraced(function* (scene: Scene, pool: Instance) {
  yield* condemn(scene, pool)
  for (let again = 0; again < 2; again++) {
    yield* pool.operator.revive(CredentialId.make("seeded"))
    yield* condemn(scene, pool)
  }
  yield* pool.close
})

/** The same by what an API answers: then the last event is the quarantine, since no store is cleared. */
const flapAtApi = Effect.fnUntraced(function* (scene: Scene, { close, operator, pool }: Instance) {
  const body = JSON.stringify({ error: { code: "token_invalidated" } })
  const access = Redacted.make(scene.login.access_token)
  for (let again = 0; again < 3; again++) {
    if (again > 0) yield* operator.revive(CredentialId.make("seeded"))
    yield* pool.report(codex, access, { status: 401, headers: {}, body })
  }
  yield* close
})

describe("the notice of a loop", () => {
  it.live(
    "goes with the next event if the one that makes the loop has a notice already",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const heard: Array<readonly [Recorded, Notice | undefined]> = []
          const listener = (event: Recorded, notice?: Notice) => void heard.push([event, notice])
          const pool = yield* Effect.provideService(scene.open(patient), Listener, listener)
          yield* flap(scene, pool)
          const places = heard.map(([{ seq }]) => seq)
          assert.deepStrictEqual(
            places,
            [...new Set(places)].toSorted((a, b) => a - b)
          )
          const told = heard.flatMap(([event, notice]) => (notice === undefined ? [] : [{ event, notice }]))
          assert.deepStrictEqual(
            told.map(({ event, notice }) => [event.type, notice.kind]),
            [
              ["CredentialQuarantined", "quarantine"],
              ["CredentialQuarantined", "quarantine"],
              ["CredentialQuarantined", "quarantine"],
              [heard[heard.findIndex(([event]) => event === told[2]?.event) + 1]?.[0].type, "loop"]
            ]
          )
          assert.include(told[3]?.notice, { kind: "loop", loop: "quarantine-flapping", provider: codex })
        })
      ),
    slow
  )

  it.live(
    "is a warning if the pool is closed before an event comes that could bring it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const [heard, warnings]: [Array<Notice>, Array<string>] = [[], []]
          const logger = Logger.make(({ logLevel, message }) => {
            if (logLevel === "Warn") warnings.push(String(message))
          })
          yield* scene.open(patient).pipe(
            Effect.flatMap((pool) => flapAtApi(scene, pool)),
            Effect.provideService(Listener, (_event, notice) => {
              if (notice !== undefined) heard.push(notice)
            }),
            Effect.provide(Logger.layer([logger]))
          )
          assert.deepStrictEqual(
            heard.map(({ kind }) => kind),
            ["quarantine", "quarantine", "quarantine"]
          )
          const loops = warnings.filter((text) => text.includes("a loop."))
          assert.strictEqual(loops.length, 1)
          assert.match(loops[0]!, /comes back and dies again .* That makes 3 times, and 2 requests wasted\. Log in to/)
        })
      ),
    slow
  )

  it.live(
    "is a warning beside that of the death where nobody listens",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const warnings: Array<string> = []
          const logger = Logger.make(({ logLevel, message }) => {
            if (logLevel === "Warn") warnings.push(String(message))
          })
          yield* Effect.flatMap(scene.open(patient), (pool) => flap(scene, pool)).pipe(
            Effect.provide(Logger.layer([logger]))
          )
          assert.strictEqual(warnings.filter((text) => text.includes("the login is dead")).length, 3)
          assert.strictEqual(warnings.filter((text) => text.includes("a loop.")).length, 1)
        })
      ),
    slow
  )
})

const hour = 3_600_000
const begin = Date.UTC(2026, 10, 22, 10)
const uuid = (family: number, n: number) => `0192000${family}-0000-7000-8000-${n.toString().padStart(12, "0")}`

/** A login that its API says is revoked is benched for an hour, so many times. */
const benchedHourly = (times: number, from: number): ReadonlyArray<Recorded> => {
  const grant = GrantId.make(uuid(1, 1))
  const actor = ActorId.make(uuid(2, 1))
  const credential = CredentialId.make("main")
  const envelope = (n: number, at: number) => ({ seq: Seq.make(n), at, id: EventId.make(uuid(3, n)), actor })
  const store = { kind: "hermes", path: "/home/me/auth.json", slot: "one" } as const
  const about = { provider: codex, kind: "oauth", priority: 0, source: "device_code", ownership: "owned" } as const
  const generation = { access: Fingerprint.make("fp_access__________") }
  const enrolled: Recorded = {
    ...envelope(1, begin),
    type: "CredentialEnrolled",
    v: 1,
    credential,
    data: { ...about, grant, label: "work", store }
  }
  const bench = (n: number): ReadonlyArray<Recorded> => {
    const at = begin + from + n * (hour + 1_000)
    const of = EventId.make(uuid(3, 2))
    const verdict = { surface: "api", verdict: "GrantRevoked", rule: "api/revoked", classifier: 1 } as const
    const classified = { ...envelope(2 * n + 2, at), type: "ErrorClassified", v: 1, credential } as const
    const started = { ...envelope(2 * n + 3, at), type: "CooldownStarted", v: 1, credential } as const
    return [
      { ...classified, data: { grant, of, generation, ...verdict } },
      { ...started, cause: classified.id, data: { until: at + hour, reason: "GrantRevoked" } }
    ]
  }
  return [enrolled, ...Array.from({ length: times }, (_, n) => bench(n)).flat()]
}

const cleared = (at: number): Recorded => ({
  ...benchedHourly(0, 0)[0]!,
  at,
  type: "CooldownCleared",
  v: 1,
  credential: CredentialId.make("main"),
  data: { by: "operator" }
})

/** What is told of these events, in order. */
const toldOf = (events: ReadonlyArray<Recorded>) =>
  Effect.map(Providers, (providers) => {
    const noticesOf = makeNotices(providers)
    const state = fold(events)
    return events.flatMap((event) => noticesOf(state, event).map((notice) => ({ notice, at: event.at - begin })))
  }).pipe(Effect.provide(Providers.layer()))

describe("a loop", () => {
  it.effect("is told with what it is, whose, and what would end it", () =>
    Effect.gen(function* () {
      const told = yield* toldOf(benchedHourly(9, 0))
      assert.strictEqual(told.length, 1)
      const { remedy, ...notice } = told[0]!.notice
      assert.deepStrictEqual(notice, {
        kind: "loop",
        loop: "cooldown-reentry",
        provider: codex,
        credential: "main",
        label: "work",
        message:
          "openai-codex (main): a loop. The bench ends by time, and the call after it meets the same refusal (rule api/revoked). That makes 3 times, and 2 requests wasted."
      })
      assert.match(remedy, /^Log in to OpenAI Codex again .+ `daybook loops main` tells more\.$/)
    })
  )

  it.effect("that stops and begins again is told again after a day, and not before", () =>
    Effect.gen(function* () {
      const twice = (later: number) => [
        ...benchedHourly(4, 0),
        cleared(begin + 5 * hour),
        ...benchedHourly(4, later).slice(1)
      ]
      assert.deepStrictEqual((yield* toldOf(twice(10 * hour))).length, 1)
      assert.deepStrictEqual((yield* toldOf(twice(30 * hour))).length, 2)
    })
  )
})
