/**
 * Which token a process may serve that only looks: it takes no lock, sends nothing and writes nothing.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import type { Provider } from "@daybook/oauth/Provider"
import { Providers } from "@daybook/oauth/Providers"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import { type StoreSource, Vault } from "@daybook/vault/Vault"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { storedToken } from "@daybook/refresher/StoredToken"
import { codex, type Instance } from "./support/Instance.ts"
import { next } from "./support/Next.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

interface Look {
  readonly provider?: Provider
  readonly credential?: string
  readonly stores?: ReadonlyArray<StoreSource>
}

/** The token in clear and whether it is due, or nothing. */
const look = Effect.fnUntraced(function* (scene: Scene, { fingerprints, ledger }: Instance, asked: Look = {}) {
  const { provider = scene.codexHere(), stores = [{ kind: "hermes", path: scene.authFile }], ...wanted } = asked
  const services = Context.make(Ledger, ledger).pipe(Context.add(Fingerprints, fingerprints))
  const found = yield* storedToken(codex, wanted).pipe(
    Effect.provide(Layer.merge(Vault.layer({ stores, folder: scene.home }), Providers.layer([provider]))),
    Effect.provideContext(services)
  )
  const access = found?.held.tokens.access
  return found === undefined || access === undefined ? undefined : { token: Redacted.value(access), isDue: found.isDue }
})

const codexFile = ({ folder, login: { access_token, account_id, id_token, refresh_token } }: Scene): string => {
  const path = join(folder, "codex", "auth.json")
  mkdirSync(join(folder, "codex"))
  const tokens = { access_token, account_id, id_token, refresh_token }
  writeFileSync(path, JSON.stringify({ tokens, last_refresh: new Date().toISOString() }), { mode: 0o600 })
  return path
}

const inPool = (name: string, test: (scene: Scene, instance: Instance) => Effect.Effect<unknown, unknown>) =>
  it.live(
    name,
    () =>
      inScene((scene) =>
        Effect.flatMap(scene.open(), (instance) => Effect.orDie(Effect.asVoid(test(scene, instance))))
      ),
    slow
  )

const nothing = (scene: Scene, instance: Instance, asked: Look = {}) =>
  Effect.map(look(scene, instance, asked), (found) => assert.isUndefined(found))

describe("a token in its store", () => {
  inPool("is served without a trace while it is good", (scene, instance) =>
    Effect.gen(function* () {
      const before = yield* scene.events
      const found = yield* look(scene, instance)
      assert.deepStrictEqual(found, { token: scene.login.access_token, isDue: false })
      assert.deepStrictEqual(yield* scene.events, before)
    })
  )

  inPool("is served and due within the skew of its end, and left alone half a minute before it", (scene, instance) =>
    Effect.gen(function* () {
      yield* scene.advance("58.5 minutes")
      assert.deepStrictEqual(yield* look(scene, instance), { token: scene.login.access_token, isDue: true })
      yield* scene.advance("1.1 minutes")
      yield* nothing(scene, instance)
      yield* scene.advance("1 hour")
      yield* nothing(scene, instance)
    })
  )

  inPool("is not due while a refresh is under way", (scene, instance) =>
    Effect.gen(function* () {
      yield* scene.advance("58.5 minutes")
      const hold = yield* scene.sandbox.hold("beforeReading")
      yield* instance.token()
      yield* hold.parked()
      assert.deepStrictEqual(yield* look(scene, instance), { token: scene.login.access_token, isDue: false })
      yield* hold.release
      yield* next(instance, "RefreshSucceeded")
    })
  )

  inPool("is not due while the last refresh said to wait", (scene, instance) =>
    Effect.gen(function* () {
      yield* scene.advance("58.5 minutes")
      const headers = { "retry-after": "600" }
      yield* scene.sandbox.fault({ fault: { _tag: "Status", status: 429, headers, body: "" }, times: 1 })
      yield* instance.token()
      yield* next(instance, "ErrorClassified")
      assert.deepStrictEqual(yield* look(scene, instance), { token: scene.login.access_token, isDue: false })
    })
  )

  inPool("that an API refused is left to a pool", (scene, instance) =>
    Effect.gen(function* () {
      const refused = { status: 401, headers: {}, body: JSON.stringify({ error: { code: "token_expired" } }) }
      yield* instance.pool.report(codex, Redacted.make(scene.login.access_token), refused)
      yield* nothing(scene, instance)
    })
  )

  inPool("of a dead login is left to a pool, though the login is named", (scene, instance) =>
    Effect.gen(function* () {
      yield* scene.sandbox.revoke({ grant: scene.login.grant })
      yield* Effect.ignore(instance.pool.refresh("seeded"))
      yield* scene.write(scene.login)
      yield* nothing(scene, instance, { credential: "seeded" })
    })
  )

  inPool("of a paused login is left to a pool", (scene, instance) =>
    Effect.gen(function* () {
      const { credentials } = yield* instance.pool.status
      yield* instance.operator.pause(credentials[0]?.id ?? assert.fail("the pool is empty"))
      yield* nothing(scene, instance)
    })
  )

  inPool("that the provider's API would not take is left to a pool", (scene, instance) =>
    Effect.gen(function* () {
      const derivedKey = { name: "agent key", scope: "inference:invoke" }
      yield* nothing(scene, instance, { provider: { ...scene.codexHere(), derivedKey } })
    })
  )

  inPool("that the ledger does not know is left to a pool", (scene, instance) =>
    Effect.gen(function* () {
      yield* scene.write(yield* scene.logIn(scene.login))
      yield* nothing(scene, instance)
    })
  )

  inPool("is left to a pool if a store cannot be read, or shows a login that is not in the pool", (scene, instance) =>
    Effect.gen(function* () {
      const hermes = { kind: "hermes", path: scene.authFile } as const
      const path = codexFile({ ...scene, login: yield* scene.logIn() })
      yield* nothing(scene, instance, { stores: [hermes, { kind: "codex-cli", path }] })
      writeFileSync(path, "{")
      yield* nothing(scene, instance, { stores: [hermes, { kind: "codex-cli", path }] })
    })
  )

  it.live(
    "of another program is never due: only that program may fetch the next one",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const stores = [{ kind: "codex-cli", path: codexFile(scene) }] as const
          const instance = yield* scene.open({ stores })
          for (const span of ["58.5 minutes", "1.1 minutes"] as const) {
            yield* scene.advance(span)
            const found = yield* look(scene, instance, { stores })
            assert.deepStrictEqual(found, { token: scene.login.access_token, isDue: false })
          }
          yield* scene.advance("1 hour")
          yield* nothing(scene, instance, { stores })
        })
      ),
    slow
  )
})
