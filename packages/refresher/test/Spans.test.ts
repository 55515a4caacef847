/** What a trace shows of tokens and refreshes, and what it must not. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Exit, Fiber, Redacted, Tracer } from "effect"
import { inspect } from "node:util"
import { failing } from "./support/Failures.ts"
import { codex } from "./support/Instance.ts"
import { only } from "./support/Records.ts"
import { inScene, patient, type Scene, slow } from "./support/Scene.ts"
import { type Kept, recording } from "./support/Spans.ts"

/** A pool that is opened, and asked, by a program with a tracer. */
const traced = <A, E, R>(
  use: (pool: Effect.Success<ReturnType<Scene["open"]>>) => Effect.Effect<A, E, R>,
  scene: Scene
) => {
  const { spans, tracer } = recording()
  return scene.open(patient).pipe(
    Effect.flatMap(use),
    Effect.provideService(Tracer.Tracer, tracer),
    Effect.map(() => ({ spans: spans() }))
  )
}

const named = (spans: ReadonlyArray<Kept>, name: string): ReadonlyArray<Kept> =>
  spans.filter((span) => span.name === name)

describe("a span", () => {
  it.live(
    "is there for each token, the one refresh and its one request, in the ledger's own words",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { spans } = yield* traced(
            (pool) => Effect.andThen(pool.token({ forceRefresh: true }), pool.token()),
            scene
          )
          const [started] = only(yield* scene.events, "RefreshStarted")
          const ids = { attempt: started!.data.attempt, correlation: started!.correlation }
          assert.deepStrictEqual(
            spans.map(({ exit: _exit, ...span }) => span),
            [
              {
                name: "CredentialPool.getToken",
                kind: "internal",
                parent: undefined,
                attributes: { provider: codex, credential: "seeded" }
              },
              {
                name: "Refresher.refresh",
                kind: "internal",
                parent: "CredentialPool.getToken",
                attributes: {
                  provider: codex,
                  credential: "seeded",
                  trigger: "proactive",
                  outcome: "succeeded",
                  ...ids
                }
              },
              {
                name: "TokenEndpoint.refresh",
                kind: "client",
                parent: "Refresher.refresh",
                attributes: { provider: codex, credential: "seeded", answer: "granted", ...ids }
              },
              {
                name: "CredentialPool.getToken",
                kind: "internal",
                parent: undefined,
                attributes: { provider: codex, credential: "seeded" }
              }
            ]
          )
          assert.isTrue(spans.every(({ exit }) => exit !== undefined && Exit.isSuccess(exit)))
        })
      ),
    slow
  )

  it.live(
    "of a refresh that was refused says what the answer was and what it means",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* Effect.orDie(scene.sandbox.revoke({ grant: scene.login.grant }))
          const { spans } = yield* traced((pool) => failing(pool.token({ forceRefresh: true })), scene)
          const [refresh] = named(spans, "Refresher.refresh")
          const [post] = named(spans, "TokenEndpoint.refresh")
          assert.deepInclude(refresh?.attributes, { outcome: "terminal", reason: "Revoked" })
          assert.deepInclude(post?.attributes, { answer: "refused", "http.response.status_code": 401 })
          assert.isTrue(refresh?.exit !== undefined && Exit.isFailure(refresh.exit))
        })
      ),
    slow
  )

  it.live(
    "of a refresh that another process was first with says so",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const other = yield* scene.open(patient)
          const { spans } = yield* traced(
            (pool) =>
              Effect.gen(function* () {
                const token = yield* pool.token()
                const hold = yield* Effect.orDie(scene.sandbox.hold("afterCommit"))
                const untraced = Effect.provideService(Tracer.Tracer, Tracer.nativeTracer)
                const first = yield* Effect.forkChild(untraced(other.token({ forceRefresh: true })))
                yield* Effect.orDie(hold.parked())
                const second = yield* Effect.forkChild(pool.token({ failedToken: token }), { startImmediately: true })
                yield* Effect.orDie(hold.release)
                assert.strictEqual(yield* Fiber.join(second), yield* Fiber.join(first))
              }),
            scene
          )
          assert.deepInclude(named(spans, "Refresher.refresh")[0]?.attributes, { outcome: "raced" })
          assert.deepStrictEqual(named(spans, "TokenEndpoint.refresh"), [])
        })
      ),
    slow
  )

  it.live(
    "of a refresh belongs to the caller, though the pool was opened in a span of the program's, which is left as it is",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { spans, tracer } = recording()
          const pool = yield* scene
            .open(patient)
            .pipe(Effect.withSpan("starting"), Effect.provideService(Tracer.Tracer, tracer))
          const work = Effect.gen(function* () {
            const token = yield* pool.token({ forceRefresh: true })
            const refusal = { status: 401, headers: {}, body: "" }
            const verdict = yield* Effect.orDie(pool.pool.report(codex, Redacted.make(token), refusal))
            assert.strictEqual(verdict?.verdict, "AccessExpired")
          })
          yield* work.pipe(Effect.withSpan("working"), Effect.provideService(Tracer.Tracer, tracer))
          const all = spans()
          assert.deepStrictEqual(
            all.map(({ name, parent }) => [name, parent]),
            [
              ["starting", undefined],
              ["working", undefined],
              ["CredentialPool.getToken", "working"],
              ["Refresher.refresh", "CredentialPool.getToken"],
              ["TokenEndpoint.refresh", "Refresher.refresh"]
            ]
          )
          assert.deepStrictEqual([all[0]?.attributes, all[1]?.attributes], [{}, {}])
        })
      ),
    slow
  )

  it.live(
    "holds no token, neither of a success nor of a failure",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { spans } = yield* traced(
            (pool) =>
              Effect.gen(function* () {
                const token = yield* pool.token({ forceRefresh: true })
                yield* pool.token({ failedToken: token })
                yield* Effect.orDie(scene.sandbox.revoke({ grant: scene.login.grant }))
                yield* failing(pool.token({ forceRefresh: true }))
              }),
            scene
          )
          const shown = inspect(
            spans.map(({ exit, ...span }) => [span, exit !== undefined && Exit.isFailure(exit) ? exit.cause : ""]),
            { depth: 12 }
          )
          const tokens = yield* Effect.orDie(scene.sandbox.issuedTokens)
          assert.isAbove(tokens.length, 4)
          for (const token of tokens) assert.notInclude(shown, token)
        })
      ),
    slow
  )

  it.live(
    "is not made for a token at hand that nobody traces",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const pool = yield* scene.open(patient)
          const token = yield* pool.token()
          using made = vi.spyOn(Tracer.nativeTracer, "span")
          assert.strictEqual(yield* pool.token(), token)
          assert.strictEqual(made.mock.calls.length, 0)
          yield* pool.token({ forceRefresh: true })
          assert.isAbove(made.mock.calls.length, 0)
        })
      ),
    slow
  )
})
