/**
 * One program with a pool of its own: everything real, in this process, on the home and the stores of a scene.
 * Several of them are to each other what processes are: they share files, and nothing else.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { AuthorizationCode } from "@daybook/oauth/AuthorizationCode"
import { DeviceFlow } from "@daybook/oauth/DeviceFlow"
import type { Provider } from "@daybook/oauth/Provider"
import { Providers } from "@daybook/oauth/Providers"
import { Revocation } from "@daybook/oauth/Revocation"
import { TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import { UsageEndpoint } from "@daybook/oauth/UsageEndpoint"
import type { Policy } from "@daybook/pool/Policy"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import { grantById, type Grant, members } from "@daybook/pool/PoolState"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Stash } from "@daybook/vault/Stash"
import { type StoreSource, Vault } from "@daybook/vault/Vault"
import { Context, Effect, Exit, Layer, Random, Redacted, Scope } from "effect"
import { CredentialPool } from "@daybook/refresher/CredentialPool"
import type { TokenRequest } from "@daybook/refresher/HeldFor"
import { Leases } from "@daybook/refresher/Leases"
import { LogIn } from "@daybook/refresher/LogIn"
import { ImportLogin } from "@daybook/refresher/ImportLogin"
import { LogOut } from "@daybook/refresher/LogOut"
import * as OpenedPool from "@daybook/refresher/OpenedPool"
import { Operator } from "@daybook/refresher/Operator"
import type { TokenError } from "@daybook/refresher/PoolError"
import { PoolPolicy } from "@daybook/refresher/PoolPolicy"
import * as Recovery from "@daybook/refresher/Recovery"
import { Refresher } from "@daybook/refresher/Refresher"
import { TokenMemory } from "@daybook/refresher/TokenMemory"
import { Uses } from "@daybook/refresher/Uses"
import * as Interposed from "./Interposed.ts"

export interface InstanceOptions {
  readonly home: string
  readonly stores: ReadonlyArray<StoreSource>
  readonly recoverFrom?: ReadonlyArray<StoreSource> | undefined
  readonly providers: ReadonlyArray<Provider>
  readonly policy: Policy
}

export interface Instance {
  readonly edges: Interposed.Edges
  readonly logIn: LogIn["Service"]["logIn"]
  readonly pool: CredentialPool["Service"]
  readonly operator: Operator["Service"]
  readonly imports: ImportLogin["Service"]
  readonly logOut: LogOut["Service"]["logOut"]
  readonly leases: Leases["Service"]
  readonly ledger: Ledger["Service"]
  readonly vault: Vault["Service"]
  readonly stash: Stash["Service"]
  readonly quarantine: Quarantine["Service"]
  readonly fingerprints: Fingerprints["Service"]
  /** The access token of an answer, in clear. */
  readonly token: (request?: Request) => Effect.Effect<string, TokenError>
  /** The first member's grant, caught up. */
  readonly grant: Effect.Effect<Grant>
  readonly close: Effect.Effect<void>
}

/** As of a pool, with the refused token in clear. */
export interface Request extends Omit<TokenRequest, "failedToken"> {
  readonly failedToken?: string
  readonly provider?: string
}

export const codex = "openai-codex"

/** Closed with the scope, unless it was closed before. */
export const open = Effect.fnUntraced(function* (options: InstanceOptions) {
  const edges = Interposed.make()
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
  const context = yield* Layer.buildWithMemoMap(layer(options, edges), Layer.makeMemoMapUnsafe(), scope).pipe(
    Effect.provideService(Random.Random, evenHanded)
  )
  const pool = Context.get(context, CredentialPool)
  const ledger = Context.get(context, Ledger)
  return {
    edges,
    logIn: Context.get(context, LogIn).logIn,
    pool,
    operator: Context.get(context, Operator),
    imports: Context.get(context, ImportLogin),
    logOut: Context.get(context, LogOut).logOut,
    leases: Context.get(context, Leases),
    ledger,
    vault: Context.get(context, Vault),
    stash: Context.get(context, Stash),
    quarantine: Context.get(context, Quarantine),
    fingerprints: Context.get(context, Fingerprints),
    token: ({ failedToken, provider = codex, ...request } = {}) =>
      pool
        .getToken(provider, {
          ...request,
          ...(failedToken === undefined ? {} : { failedToken: Redacted.make(failedToken) })
        })
        .pipe(Effect.map(({ token }) => Redacted.value(token))),
    grant: Effect.orDie(
      Effect.map(ledger.state, (state) => {
        const [first] = members(state)
        if (first === undefined) throw new Error("the pool has no member")
        return grantById(state, first.grant)
      })
    ),
    close: Scope.close(scope, Exit.void)
  } satisfies Instance
})

/** Half of each range, so that a backoff's length is known. */
const evenHanded = { nextDoubleUnsafe: () => 0.5, nextIntUnsafe: () => 0 }

const layer = (options: InstanceOptions, edges: Interposed.Edges) => {
  const { home, policy } = options
  return Layer.mergeAll(
    CredentialPool.layer,
    ImportLogin.layer(home),
    LogIn.layer(home),
    LogOut.layer,
    Operator.layer(home)
  ).pipe(
    Layer.provideMerge(Refresher.layer),
    Layer.provide(Recovery.layer(home)),
    Layer.provideMerge(OpenedPool.layer(home)),
    Layer.provideMerge(around(options, edges)),
    Layer.provideMerge(Interposed.ledger(edges)(FileLedger.layer({ folder: home, program: "test", version: "1" }))),
    Layer.provide(Layer.succeed(PoolPolicy, policy))
  )
}

const around = ({ home, providers, recoverFrom, stores }: InstanceOptions, edges: Interposed.Edges) =>
  Layer.mergeAll(
    Interposed.vault(edges)(vaultOf(home, stores, recoverFrom)),
    Interposed.stash(edges)(Stash.layer(home)),
    Interposed.quarantine(edges)(Quarantine.layer(home)),
    Interposed.tokenEndpoint(edges)(TokenEndpoint.layer),
    TokenMemory.layer,
    Leases.layer(home),
    Uses.layer,
    AuthorizationCode.layer,
    DeviceFlow.layer,
    Interposed.usageEndpoint(edges)(UsageEndpoint.layer),
    Interposed.revocation(edges)(Revocation.layer),
    Providers.layer(providers)
  )

const vaultOf = (folder: string, stores: ReadonlyArray<StoreSource>, recoverFrom: ReadonlyArray<StoreSource> = []) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { ledger: id } = yield* (yield* Ledger).head
      return Vault.layer({ stores, recoverFrom, folder, ledger: { id, folder } })
    })
  )
