/**
 * The composition root: ledger, stores, providers and protocol, as one layer.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { AuthorizationCode } from "@daybook/oauth/AuthorizationCode"
import { DeviceFlow } from "@daybook/oauth/DeviceFlow"
import type { Provider } from "@daybook/oauth/Provider"
import { defaultProviders, Providers, sharedWithHermes } from "@daybook/oauth/Providers"
import { Revocation } from "@daybook/oauth/Revocation"
import { TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import { UsageEndpoint } from "@daybook/oauth/UsageEndpoint"
import type { Fingerprints } from "@daybook/pool/Fingerprint"
import { checkedPolicy } from "@daybook/pool/CheckedPolicy"
import type { Policy } from "@daybook/pool/Policy"
import { members } from "@daybook/pool/PoolState"
import { CredentialPool } from "@daybook/refresher/CredentialPool"
import { CredentialUse } from "@daybook/refresher/CredentialUse"
import { Leases } from "@daybook/refresher/Leases"
import { LogIn } from "@daybook/refresher/LogIn"
import { ImportLogin } from "@daybook/refresher/ImportLogin"
import { LogOut } from "@daybook/refresher/LogOut"
import { Listener, type OnEvent } from "@daybook/refresher/Listeners"
import * as OpenedPool from "@daybook/refresher/OpenedPool"
import { Operator } from "@daybook/refresher/Operator"
import { PoolPolicy } from "@daybook/refresher/PoolPolicy"
import * as Recovery from "@daybook/refresher/Recovery"
import { Refresher } from "@daybook/refresher/Refresher"
import { TokenMemory } from "@daybook/refresher/TokenMemory"
import { Uses } from "@daybook/refresher/Uses"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Stash } from "@daybook/vault/Stash"
import { sourcesOf } from "@daybook/vault/StoreSources"
import { type StoreSource, Vault } from "@daybook/vault/Vault"
import { Effect, Layer } from "effect"
import { version } from "./internal/Version.ts"
import { withClientSecret } from "./ClientSecrets.ts"
import { daybookHome, expand } from "./Home.ts"
import { declaredFiles } from "./LoginFiles.ts"

export interface PoolOptions {
  /** Folder of the ledger and of Daybook's own logins; default `DAYBOOK_HOME`, else the user's data folder. */
  readonly home?: string
  /** Path of a hermes `auth.json`, or a list of stores. Daybook's own store, and those the ledger knows, are always there. */
  readonly vault?: string | ReadonlyArray<StoreSource>
  /**
   * Other programs' files, such as `loginFilesOf(openAiCodex)`: if a login of the pool's own is lost, the login of the
   * same account in one of them is used beside it. None unless given, since these files are in a person's home.
   */
  readonly recoverFrom?: ReadonlyArray<StoreSource>
  /** Beside, or in place of, the known ones. */
  readonly providers?: ReadonlyArray<Provider>
  /** Overrides of the default policy; times in milliseconds. */
  readonly policy?: Partial<Policy>
  /** Under which name this program writes; default `daybook`. */
  readonly program?: string
  /**
   * Under which name this machine is recorded, for people; default its own. For a container, whose name says nothing, or
   * for a ledger that is passed on.
   */
  readonly host?: string
  /**
   * How writers of a new ledger exclude each other; default `ofd` where the system has it. Choose `sqlite` for a folder
   * that a system without it shares, such as a container on musl. A ledger of another kind is refused.
   */
  readonly lock?: "ofd" | "sqlite"
  /**
   * Called with every event that comes into the ledger while the pool is open, this process's and others', in order; and
   * with the notice that the event gives rise to, such as a login that died. Nobody waits for it, and what it throws is
   * said once. Without it, notices are said on stderr.
   */
  readonly onEvent?: OnEvent
  /** Opens a home on a network file system all the same. Locks may not hold there, and logins get lost. */
  readonly allowNetworkFileSystem?: boolean
}

export type PoolServices =
  | CredentialPool
  | CredentialUse
  | Fingerprints
  | ImportLogin
  | Leases
  | Ledger
  | LogIn
  | LogOut
  | Operator
  | Providers
  | Refresher
  | Vault

/**
 * Opens the ledger, creating it if need be, enrols what the stores show, and watches them while the layer lives.
 * @throws InvalidPolicy
 */
export const layer = (options: PoolOptions = {}): Layer.Layer<PoolServices, LedgerError | OpenedPool.OpenError> => {
  const home = options.home === undefined ? daybookHome() : expand(options.home)
  const { allowNetworkFileSystem, host, lock, program = "daybook" } = options
  const ledger = FileLedger.layer({ folder: home, program, version, host, lock, allowNetworkFileSystem })
  return protocol(home, options).pipe(Layer.provideMerge(ledger))
}

const protocol = (home: string, options: PoolOptions) =>
  Layer.mergeAll(
    CredentialUse.layer.pipe(Layer.provideMerge(CredentialPool.layer)),
    ImportLogin.layer(home),
    LogIn.layer(home),
    LogOut.layer,
    Operator.layer(home)
  ).pipe(
    Layer.provideMerge(Refresher.layer),
    Layer.provide(Recovery.layer(home)),
    Layer.provideMerge(OpenedPool.layer(home)),
    Layer.provideMerge(edges(home, options)),
    Layer.provide(Layer.succeed(PoolPolicy, checkedPolicy(options.policy))),
    Layer.provide(Layer.succeed(Listener, options.onEvent))
  )

const edges = (home: string, options: PoolOptions) =>
  Layer.mergeAll(
    Stash.layer(home),
    Quarantine.layer(home),
    TokenMemory.layer,
    Leases.layer(home),
    Uses.layer,
    TokenEndpoint.layer,
    AuthorizationCode.layer,
    DeviceFlow.layer,
    UsageEndpoint.layer,
    Revocation.layer,
    vaultLayer(home, options).pipe(
      Layer.provideMerge(
        Providers.layer([...defaultProviders, ...(options.providers ?? [])].map((one) => withClientSecret(one)))
      )
    )
  )

const vaultLayer = (home: string, options: PoolOptions) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { ledger: id } = yield* ledger.head
      const { all } = yield* Providers
      const known = sourcesOf(members(yield* ledger.state), declaredFiles(all))
      const placed = (sources: ReadonlyArray<StoreSource>) => distinct(sources.map((source) => located(source, all)))
      return Vault.layer({
        stores: placed([{ kind: "own" }, ...named(options), ...known.filter(({ kind }) => kind === "hermes")]),
        reach: placed(known.filter(({ kind }) => kind !== "hermes")),
        recoverFrom: placed(options.recoverFrom ?? []),
        folder: home,
        ledger: { id, folder: home }
      })
    })
  )

const named = ({ vault = [] }: PoolOptions): ReadonlyArray<StoreSource> =>
  typeof vault === "string" ? [{ kind: "hermes", path: vault }] : vault

/** With an absolute path; in hermes' file the logins are looked for that may be refreshed there. */
const located = (source: StoreSource, providers: ReadonlyArray<Provider>): StoreSource => {
  if (source.kind === "codex-cli") return { ...source, path: expand(source.path) }
  if (source.kind !== "hermes") return source
  return { providers: sharedWithHermes(providers), ...source, path: expand(source.path) }
}

const distinct = (sources: ReadonlyArray<StoreSource>): ReadonlyArray<StoreSource> =>
  Array.from(new Map(sources.map((source) => [placeOf(source), source])).values())

const placeOf = (source: StoreSource): string => {
  if (source.kind === "file") {
    const { at = [], path, provider } = source.file
    return JSON.stringify(["file", path, provider, ...at])
  }
  return "path" in source ? `${source.kind} ${source.path}` : source.kind
}
