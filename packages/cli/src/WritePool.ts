/** Opens the pool to get tokens from it: its ledger is begun if there is none, and what its stores show is enrolled. */
import { InvalidProvider, type Provider, providerAt } from "@daybook/oauth/Provider"
import { defaultProviders } from "@daybook/oauth/Providers"
import { lineOf, type Notice } from "@daybook/refresher/PoolNotice"
import type { StoreSource } from "@daybook/vault/Vault"
import { layer as poolLayer, type PoolOptions } from "daybook"
import { Effect, Layer, Option } from "effect"
import { Flag } from "effect/cli"
import * as Deaths from "./Deaths.ts"
import { exitCodes } from "./ExitCode.ts"
import { isMissing, noVault } from "./NamedVault.ts"
import { allowsNetworkFileSystem, type Settings } from "./Settings.ts"
import { Stop } from "./Stop.ts"

/** A sandbox in place of the providers, as the tour leaves one running with `--keep`. */
export const sandboxFlag = Flag.String("sandbox").pipe(
  Flag.withMetavar("ORIGIN"),
  Flag.withDescription("Ask the sandbox at this address in place of the real providers"),
  Flag.optional
)

/** Stores that are opened beside those that the ledger knows, and other programs' files that may be looked at. */
export interface Others extends Pick<PoolOptions, "recoverFrom"> {
  readonly stores?: ReadonlyArray<StoreSource>
}

export const layer = (
  { home, vault }: Pick<Settings, "home" | "vault">,
  sandbox: Option.Option<string>,
  { recoverFrom = [], stores = [] }: Others = {}
) =>
  Layer.unwrap(
    Effect.gen(function* () {
      yield* vaultThere({ vault })
      const providers = yield* providersFor(sandbox)
      const allowNetworkFileSystem = allowsNetworkFileSystem(process.env)
      const named: ReadonlyArray<StoreSource> = vault === undefined ? [] : [{ kind: "hermes", path: vault }]
      return poolLayer({
        home,
        providers,
        allowNetworkFileSystem,
        vault: [...named, ...stores],
        recoverFrom,
        onEvent: keepDeath
      })
    })
  )

const keepDeath = (_event: unknown, notice?: Notice): void => {
  if (notice !== undefined) Deaths.keep(lineOf(notice))
}

/** A file that was named, and is not there. */
export const vaultThere = ({ vault }: Pick<Settings, "vault">): Effect.Effect<void, Stop> =>
  Effect.suspend(() =>
    isMissing(vault) ? Effect.fail(new Stop({ exitCode: exitCodes.error, message: noVault(vault) })) : Effect.void
  )

/** What counts in place of the known definitions. */
export const providersFor = (sandbox: Option.Option<string>): Effect.Effect<ReadonlyArray<Provider>, Stop> =>
  Option.match(sandbox, { onNone: () => Effect.succeed([]), onSome: providersAt })

const providersAt = (origin: string): Effect.Effect<ReadonlyArray<Provider>, Stop> =>
  Effect.try({
    try: () => sandboxProviders(origin),
    catch: (error) => {
      if (!(error instanceof InvalidProvider)) throw error
      return new Stop({ exitCode: exitCodes.usage, message: `--sandbox ${origin}: ${error.message}` })
    }
  })

/** @throws InvalidProvider */
export const sandboxProviders = (origin: string): ReadonlyArray<Provider> =>
  defaultProviders.map((provider) => onAnyPort(providerAt(provider, origin)))

/** The sandbox sends a browser back to any port; those that the providers have registered may be in use. */
const onAnyPort = (provider: Provider): Provider => {
  if (provider.redirect?.kind !== "loopback") return provider
  const { port: _registered, ...redirect } = provider.redirect
  return { ...provider, redirect }
}
