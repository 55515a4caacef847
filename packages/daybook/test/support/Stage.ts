/**
 * A sandbox, and a pool in a folder of its own whose logins are in memory: as many providers, and as many logins of each,
 * as a test wants.
 */
import type { Provider } from "@daybook/oauth/Provider"
import type { Controls } from "@daybook/sandbox/Controls"
import type { GrantOptions } from "@daybook/sandbox/Grant"
import type { Login } from "@daybook/sandbox/Operations"
import * as Sandbox from "@daybook/sandbox/Sandbox"
import { Effect, Redacted, type Scope } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openPool, type Pool, type PoolOptions, type StoreSource } from "daybook"
import { assert } from "@effect/vitest"
import { leaks } from "./Audit.ts"
import { patient } from "./World.ts"

export interface Part {
  readonly provider: Provider
  readonly kind: "oauth" | "apiKey"
  /** The label of each of its logins, the preferred first. */
  readonly labels: ReadonlyArray<string>
  readonly options?: GrantOptions
}

export interface Stage {
  readonly folder: string
  readonly home: string
  readonly sandbox: Controls
  readonly pool: Pool
  /** By which it was opened. */
  readonly options: PoolOptions
  /** By label. */
  readonly logins: ReadonlyMap<string, Login>
  /** Everything that was thrown at a test, for the search for secrets. */
  readonly errors: Array<unknown>
}

/** `parts` are made with the sandbox's origin. At its end, no token may stand where none belongs. */
export const make = Effect.fnUntraced(function* (
  parts: (origin: string) => ReadonlyArray<Part>,
  options: PoolOptions = {}
): Effect.fn.Return<Stage, never, Scope.Scope> {
  const sandbox = yield* Effect.orDie(Sandbox.Sandbox.make())
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "daybook-stage-"))),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )
  const home = join(folder, "home")
  const made = parts(sandbox.origin)
  const issued = yield* Effect.forEach(made, (part) =>
    Effect.forEach(part.labels, (label, priority) =>
      Effect.map(Effect.orDie(sandbox.issue({ accessLifetime: 3600, ...part.options })), (login) => ({
        label,
        login,
        held: held(part, label, priority, login)
      }))
    )
  )
  const all = issued.flat()
  const vault: ReadonlyArray<StoreSource> = [{ kind: "memory", logins: all.map((one) => one.held) }]
  const opened: PoolOptions = {
    home,
    vault,
    providers: made.map(({ provider }) => provider),
    policy: patient,
    onEvent: () => {},
    ...options
  }
  const pool = yield* Effect.acquireRelease(
    Effect.promise(() => openPool(opened)),
    (pool) => Effect.promise(() => pool.close())
  )
  const logins = new Map(all.map(({ label, login }) => [label, login]))
  const stage: Stage = { folder, home, sandbox, pool, options: opened, logins, errors: [] }
  const nowhere = { vault: join(folder, "none", "none"), person: join(folder, "nobody"), workers: [] }
  yield* Effect.addFinalizer(() =>
    Effect.promise(async () => assert.deepStrictEqual(await leaks({ ...stage, ...nowhere }), []))
  )
  return stage
})

const held = ({ kind, provider }: Part, label: string, priority: number, login: Login) => ({
  store: { kind: "memory" as const, slot: label },
  provider: provider.id,
  kind,
  ownership: "owned" as const,
  source: "test",
  id: label,
  label,
  priority,
  tokens: {
    access: Redacted.make(login.access_token),
    ...(kind === "apiKey"
      ? {}
      : {
          refresh: Redacted.make(login.refresh_token),
          account: login.account_id,
          expiresAt: Date.now() + login.expires_in * 1000,
          ...(login.id_token === undefined ? {} : { idToken: Redacted.make(login.id_token) })
        })
  }
})
