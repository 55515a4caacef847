/**
 * Opens a pool to be looked at: its ledger and its stores, read only. Nothing is sent, nothing is written,
 * and no folder is created.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { defaultProviders, sharedWithHermes } from "@daybook/oauth/Providers"
import { type Credential, members, type PoolState } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import { statusOf } from "@daybook/pool/queries/Status"
import { sourcesOf } from "@daybook/vault/StoreSources"
import { type StoreSource, Vault } from "@daybook/vault/Vault"
import { declaredFiles } from "daybook/LoginFiles"
import { Clock, Effect, Layer } from "effect"
import { version } from "./internal/Version.ts"
import { isMissing, noVault } from "./NamedVault.ts"
import { type PoolView, viewOf } from "./PoolView.ts"
import type { Settings } from "./Settings.ts"

type Where = Pick<Settings, "home" | "vault">

export const layer = (where: Where) => onLedger(where, (state) => vaultLayer(where, state))

/** As a pool that serves sees it: other programs' files are reached, but what else is in them is nobody's business. */
export const servingLayer = (where: Where) =>
  onLedger(where, (state) => {
    const all = storesOf(state, where.vault)
    const isListed = ({ kind }: StoreSource) => kind === "own" || kind === "hermes"
    const reach = all.filter((source) => !isListed(source))
    return Vault.layer({ stores: all.filter(isListed), reach, folder: where.home })
  })

const onLedger = ({ home }: Where, stores: (state: PoolState) => Layer.Layer<Vault>) =>
  Layer.unwrap(Ledger.use((ledger) => Effect.map(ledger.state, stores))).pipe(Layer.provideMerge(ledgerLayer(home)))

/** The stores alone; `state` is empty where there is no ledger. */
export const vaultLayer = ({ home, vault }: Where, state: PoolState) =>
  Vault.layer({ stores: storesOf(state, vault), folder: home })

export const ledgerLayer = (home: string) =>
  FileLedger.layer({ folder: home, program: "daybook", version, readOnly: true })

/** Daybook's own, those that the ledger names, and the one asked for. */
const storesOf = (state: PoolState, vault: string | undefined): ReadonlyArray<StoreSource> => {
  const asked: ReadonlyArray<StoreSource> = vault === undefined ? [] : [{ kind: "hermes", path: vault }]
  const named = sourcesOf(members(state), declaredFiles(defaultProviders))
  const shared = new Map([...asked, ...named].map((source) => [JSON.stringify(source), inHermes(source)]))
  return [{ kind: "own" }, ...shared.values()]
}

const inHermes = (source: StoreSource): StoreSource =>
  source.kind === "hermes" ? { ...source, providers: sharedWithHermes(defaultProviders) } : source

/** The pool as it stands now. A store that was named and is not there is a problem, and hides nothing else. */
export const view = Effect.fnUntraced(function* ({ home, vault }: Pick<Where, "home"> & Partial<Where>) {
  const state = yield* Ledger.use((ledger) => ledger.state)
  const survey = yield* Vault.use((vault) => vault.logins)
  const at = yield* Clock.currentTimeMillis
  const seen: PoolView = viewOf(statusOf(state, at), survey, { home, at, head: state.head })
  return isMissing(vault) ? { ...seen, problems: [...seen.problems, { path: vault, message: noVault(vault) }] } : seen
})

/** Those that have a member, or could have one: the ones of API keys first. */
export const providersIn = Effect.gen(function* () {
  const state = yield* Ledger.use((ledger) => ledger.state)
  return distinctProviders([...members(state), ...(yield* offered)])
})

/** Of the stores alone. */
export const offeredProviders = Effect.suspend(() => Effect.map(offered, distinctProviders))

const offered = Vault.use((vault) =>
  Effect.map(vault.logins, ({ logins }) =>
    logins.filter(
      ({ kind, provider, store, tokens }) =>
        !isBlank(tokens) &&
        (store.kind === "own" || store.kind === "hermes") &&
        (kind === "apiKey" || defaultProviders.some(({ id }) => id === provider))
    )
  )
)

const distinctProviders = (all: ReadonlyArray<Pick<Credential, "kind" | "provider">>): ReadonlyArray<string> => {
  const keys = all.filter(({ kind }) => kind === "apiKey")
  return [...new Set([...keys, ...all].map(({ provider }) => provider))]
}
