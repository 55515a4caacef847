/**
 * A sandbox, a home, and an `auth.json` as hermes writes it, for as long as a test takes.
 */
import { type Provider, providerAt } from "@daybook/oauth/Provider"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import type { ReplayPolicy } from "@daybook/pool/ReplayPolicy"
import { defaults, type Policy } from "@daybook/pool/Policy"
import type { Recorded } from "@daybook/pool/Recorded"
import type { Controls } from "@daybook/sandbox/Controls"
import type { GrantOptions } from "@daybook/sandbox/Grant"
import type { TokenPost } from "@daybook/sandbox/Journal"
import type { Login } from "@daybook/sandbox/Operations"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import type { StoreSource } from "@daybook/vault/Vault"
import { Clock, type Duration, Effect, type Scope } from "effect"
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { codex, type Instance, open } from "./Instance.ts"
import { readEvents } from "./Records.ts"
import * as ShiftedClock from "./ShiftedClock.ts"

export interface OpenOptions {
  readonly policy?: Partial<Policy>
  readonly replay?: ReplayPolicy
  readonly stores?: ReadonlyArray<StoreSource>
  readonly recoverFrom?: ReadonlyArray<StoreSource>
  readonly providers?: ReadonlyArray<Provider>
  readonly home?: string
}

export interface Scene {
  readonly folder: string
  readonly home: string
  readonly authFile: string
  readonly sandbox: Controls
  /** Moves everybody's clock. */
  readonly advance: (by: Duration.Input) => Effect.Effect<void>
  /** The login that the file begins with. */
  readonly login: Login
  /** A new login; of the same person as `like`. */
  readonly logIn: (like?: Login, options?: GrantOptions) => Effect.Effect<Login>
  /** Puts tokens into the file in one step and without a lock, as a careless program does. */
  readonly write: (tokens: Tokens) => Effect.Effect<void>
  readonly read: () => AuthFile
  readonly codexHere: (replay?: ReplayPolicy) => Provider
  readonly open: (options?: OpenOptions) => Effect.Effect<Instance, never, Scope.Scope>
  readonly events: Effect.Effect<ReadonlyArray<Recorded>>
  /** What happened in the ledger, type by type, without its own life, the pool's membership, and that it was asked in vain. */
  readonly story: Effect.Effect<ReadonlyArray<string>>
  readonly posts: Effect.Effect<ReadonlyArray<TokenPost>>
}

export type Tokens = Pick<Login, "access_token" | "refresh_token"> & Partial<Pick<Login, "id_token" | "account_id">>

export interface AuthFile {
  readonly providers: {
    readonly "openai-codex": {
      readonly tokens: { readonly access_token?: string; readonly refresh_token?: string }
      readonly last_auth_error?: { readonly code: string }
    }
  }
  readonly credential_pool: { readonly "openai-codex": ReadonlyArray<{ readonly id: string }> }
}

/** Long enough for loopback; what is longer is passed over by the clock. */
export const quick: Policy = {
  ...defaults,
  timeLimit: 800,
  lockWait: 3_000,
  confirmAfter: [0, 20, 60]
}

export const make = Effect.fnUntraced(function* (options: GrantOptions, clock: ShiftedClock.ShiftedClock) {
  const sandbox = yield* Sandbox.make({ defaults: { dialect: "codex", accessLifetime: 3600, ...options } })
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => realpathSync(mkdtempSync(join(tmpdir(), "daybook-scene-")))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const home = join(folder, "home")
  const authFile = join(folder, "hermes", "auth.json")
  mkdirSync(join(folder, "hermes"))
  const logIn = (like?: Login, more: GrantOptions = {}) =>
    Effect.orDie(
      sandbox.issue({ ...(like === undefined ? {} : { account: like.account_id, email: like.email }), ...more })
    )
  const login = yield* logIn()
  const write = (tokens: Tokens) => Effect.sync(() => replaceFile(authFile, authFileWith(tokens)))
  const codexHere = (replay?: ReplayPolicy) => ({
    ...providerAt(openAiCodex, sandbox.origin),
    ...(replay === undefined ? {} : { replay })
  })
  yield* write(login)
  const events = Effect.sync(() => readEvents(home))
  return {
    folder,
    home,
    authFile,
    sandbox,
    advance: clock.advance,
    login,
    logIn,
    write,
    read: () => JSON.parse(readFileSync(authFile, "utf8")) as AuthFile,
    codexHere,
    open: ({ home: own = home, policy, providers, recoverFrom, replay, stores } = {}) =>
      Effect.orDie(
        open({
          home: own,
          stores: stores ?? [{ kind: "hermes", path: authFile }],
          recoverFrom,
          providers: providers ?? [codexHere(replay)],
          policy: { ...quick, ...policy }
        })
      ),
    events,
    story: Effect.map(events, (all) => all.map(({ type }) => type).filter((type) => !uninteresting.has(type))),
    posts: Effect.orDie(sandbox.journal)
  } satisfies Scene
})

const uninteresting = new Set([
  "LedgerOpened",
  "ActorJoined",
  "PolicyApplied",
  "CredentialEnrolled",
  "SelectionExhausted"
])

/** For a test that is not about time limits: an answer may take long on a busy machine. */
export const patient = { policy: { timeLimit: 10_000 } } satisfies OpenOptions

/** Time limit of a test that starts processes or waits for files. */
export const slow = 20_000

/** Gives a test a scene of its own; its grants are as `options` say. */
export const inScene = <A, E>(
  test: (scene: Scene) => Effect.Effect<A, E, Scope.Scope>,
  options: GrantOptions = {}
): Effect.Effect<A, E> =>
  Effect.scoped(
    Effect.gen(function* () {
      const clock = yield* ShiftedClock.make
      return yield* make(options, clock).pipe(
        Effect.orDie,
        Effect.flatMap(test),
        Effect.provideService(Clock.Clock, clock.clock)
      )
    })
  )

const authFileWith = ({ access_token, account_id, id_token, refresh_token }: Tokens): string =>
  JSON.stringify(
    {
      version: 1,
      active_provider: codex,
      providers: {
        [codex]: {
          tokens: { access_token, refresh_token, id_token, account_id },
          last_refresh: new Date().toISOString(),
          auth_mode: "chatgpt"
        }
      },
      credential_pool: {
        [codex]: [{ id: "seeded", auth_type: "oauth", priority: 0, source: "device_code", access_token, refresh_token }]
      }
    },
    null,
    2
  )

const replaceFile = (path: string, content: string): void => {
  writeFileSync(`${path}.new`, content, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
