/**
 * The real services at the protocol's edges, with a test's hooks around each of their steps.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import type { AppendError } from "@daybook/ledger/LedgerError"
import { Revocation } from "@daybook/oauth/Revocation"
import { TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import { UsageEndpoint } from "@daybook/oauth/UsageEndpoint"
import type { Authority } from "@daybook/vault/Authority"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Stash } from "@daybook/vault/Stash"
import type { StoreError } from "@daybook/vault/StoreError"
import { Vault } from "@daybook/vault/Vault"
import { Context, Effect, Layer } from "effect"
import { Hooks } from "./Hooks.ts"

export interface Edges {
  /** Steps: `append <type of event>`, for each event of an append. */
  readonly ledger: Hooks<AppendError>
  /** Steps: `lock`, `read`, `store`, `clear` of an authority; `reserve`, `stash`, `find` of the stash; `put` of the quarantine. */
  readonly stores: Hooks<StoreError>
  /** Steps: `post` of a refresh, `usage` of a question about a quota, `revoke` of a revocation. */
  readonly network: Hooks<never>
  /** The steps taken so far. */
  readonly trace: Array<string>
}

export const make = (): Edges => {
  const trace: Array<string> = []
  return { ledger: new Hooks(trace), stores: new Hooks(trace), network: new Hooks(trace), trace }
}

const around =
  <I, S>(service: Context.Key<I, S>, wrap: (real: S) => S) =>
  <RIn, E, ROut>(layer: Layer.Layer<ROut | I, E, RIn>): Layer.Layer<ROut | I, E, RIn> =>
    Layer.effectContext(
      Effect.map(Layer.build(layer), (context) =>
        Context.add(context, service, wrap(Context.getUnsafe(context, service)))
      )
    ) as Layer.Layer<ROut | I, E, RIn>

export const ledger = ({ ledger }: Edges) =>
  around(Ledger, (real) => ({
    ...real,
    append: (events, options) =>
      ledger.around(
        events.map(({ type }) => `append ${type}`),
        real.append(events, options)
      )
  }))

export const vault = ({ stores }: Edges) => {
  const watched = (real: Authority): Authority => ({
    ...real,
    lock: (wait) => stores.around(["lock"], real.lock(wait)),
    read: stores.around(["read"], real.read),
    store: (next, replaces) => stores.around(["store"], real.store(next, replaces)),
    clear: (isDead, note) => stores.around(["clear"], real.clear(isDead, note))
  })
  return around(Vault, (real) => ({ ...real, authority: (ref) => Effect.map(real.authority(ref), watched) }))
}

export const stash = ({ stores }: Edges) =>
  around(Stash, (real) => ({
    ...real,
    reserve: (consumed) =>
      stores.around(["reserve"], real.reserve(consumed)).pipe(
        Effect.map((reservation) => ({
          commit: (tokens, about) => stores.around(["stash"], reservation.commit(tokens, about))
        }))
      ),
    find: (consumed) => stores.around(["find"], real.find(consumed))
  }))

export const quarantine = ({ stores }: Edges) =>
  around(Quarantine, (real) => ({
    ...real,
    put: (fingerprint, dead) => stores.around(["put"], real.put(fingerprint, dead))
  }))

export const tokenEndpoint = ({ network }: Edges) =>
  around(TokenEndpoint, (real) => ({
    refresh: (provider, token, options) => network.around(["post"], real.refresh(provider, token, options))
  }))

export const usageEndpoint = ({ network }: Edges) =>
  around(UsageEndpoint, (real) => ({
    read: (provider, tokens, timeLimit) => network.around(["usage"], real.read(provider, tokens, timeLimit))
  }))

export const revocation = ({ network }: Edges) =>
  around(Revocation, (real) => ({
    revoke: (provider, token, options) => network.around(["revoke"], real.revoke(provider, token, options))
  }))
