/** The whole pool against a certified server that is not ours: `oidc-provider`, which ends a login at the first reuse. */
import { assert, layer } from "@effect/vitest"
import { Revocation } from "@daybook/oauth/Revocation"
import { Effect, Layer, Redacted } from "effect"
import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { failing } from "./support/Failures.ts"
import { type Instance, open } from "./support/Instance.ts"
import { oidc, OidcServer, writeLogin } from "./support/OidcServer.ts"
import { only, readEvents } from "./support/Records.ts"
import { quick, slow } from "./support/Scene.ts"

/** A home and a file with a login, and programs that open pools on them. */
const withLogin = Effect.fnUntraced(function* () {
  const { logIn, provider } = yield* OidcServer
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => realpathSync(mkdtempSync(join(tmpdir(), "daybook-oidc-")))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const path = join(folder, "auth.json")
  const home = join(folder, "home")
  writeLogin(path, yield* logIn)
  return {
    events: Effect.sync(() => readEvents(home)),
    open: Effect.orDie(
      open({
        home,
        stores: [{ kind: "hermes", path, providers: [oidc] }],
        providers: [provider],
        policy: { ...quick, timeLimit: 5_000 }
      })
    )
  }
})

const another = ({ token }: Instance, failedToken: string) => token({ provider: oidc, failedToken })

/** What came to the token endpoint while `use` ran. */
const refreshesDuring = <E, R>(use: Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    const { refreshes } = yield* OidcServer
    const before = (yield* refreshes).length
    yield* use
    return (yield* refreshes).slice(before)
  })

layer(Layer.merge(OidcServer.layer, Revocation.layer), { excludeTestServices: true })(
  "a pool at oidc-provider",
  (it) => {
    it.effect(
      "gets another token each time that it is forced to, and sends each refresh token once",
      () =>
        Effect.gen(function* () {
          const { events, open } = yield* withLogin()
          const { token } = yield* open
          const served = new Set([yield* token({ provider: oidc })])
          const posts = yield* refreshesDuring(
            Effect.gen(function* () {
              for (let time = 0; time < 5; time++) served.add(yield* token({ provider: oidc, forceRefresh: true }))
            })
          )
          assert.strictEqual(served.size, 6)
          assert.deepStrictEqual(
            posts.map(({ status }) => status),
            [200, 200, 200, 200, 200]
          )
          assert.strictEqual(new Set(posts.map(({ refreshToken }) => refreshToken)).size, 5)
          assert.deepStrictEqual(
            only(yield* events, "RefreshSucceeded").map(({ data }) => data.rotated),
            [true, true, true, true, true]
          )
        }),
      slow
    )

    it.effect(
      "shares a login with another, and neither sends what the other has spent",
      () =>
        Effect.gen(function* () {
          const { events, open } = yield* withLogin()
          const pools = [yield* open, yield* open, yield* open]
          let current = yield* pools[0]!.token({ provider: oidc })
          const posts = yield* refreshesDuring(
            Effect.gen(function* () {
              for (let time = 0; time < 5; time++) {
                const served = yield* Effect.all(
                  pools.map((pool) => another(pool, current)),
                  { concurrency: "unbounded" }
                )
                assert.strictEqual(new Set(served).size, 1)
                assert.notStrictEqual(served[0], current)
                current = served[0]!
              }
            })
          )
          assert.deepStrictEqual(
            posts.map(({ status }) => status),
            [200, 200, 200, 200, 200]
          )
          assert.strictEqual(new Set(posts.map(({ refreshToken }) => refreshToken)).size, 5)
          assert.strictEqual(only(yield* events, "RefreshSucceeded").length, 5)
        }),
      slow
    )

    it.effect(
      "ends in a terminal error when the login was revoked, sends nothing more, and its ledger says why",
      () =>
        Effect.gen(function* () {
          const { provider } = yield* OidcServer
          const { revoke } = yield* Revocation
          const { events, open } = yield* withLogin()
          const { token } = yield* open
          const current = yield* token({ provider: oidc, forceRefresh: true })
          const options = { tokenTypeHint: "access_token", timeLimitMillis: 5_000 } as const
          const revoked = yield* revoke(provider, Redacted.make(current), options)
          assert.strictEqual(revoked._tag, "Revoked")
          const posts = yield* refreshesDuring(
            Effect.gen(function* () {
              assert.strictEqual(yield* failing(token({ provider: oidc, failedToken: current })), "Revoked")
              assert.strictEqual((yield* Effect.flip(token({ provider: oidc })))._tag, "NoneAvailable")
            })
          )
          assert.strictEqual(posts.length, 1)
          const [classified] = only(yield* events, "ErrorClassified")
          assert.deepInclude(classified?.data, { verdict: "Terminal", reason: "Revoked", rule: "codes/invalid_grant" })
          const [quarantined] = only(yield* events, "CredentialQuarantined")
          assert.strictEqual(quarantined?.cause, classified?.id)
        }),
      slow
    )
  }
)
