/**
 * Named steps of a refresh, and a pool that stops at the one it was told: it says so, and never goes on. The pool is
 * the library's own; its services are wrapped in place, each call of theirs being the real one.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import { Stash } from "@daybook/vault/Stash"
import { Vault } from "@daybook/vault/Vault"
import type { PoolServices } from "daybook"
import { Context, Effect } from "effect"

export const steps = [
  "before the intent",
  "after the intent",
  "after the answer",
  "after the stash",
  "after the store",
  "after the success",
  "before the verdict"
] as const
export type Step = (typeof steps)[number]

/** What the library's layer holds besides what it shows. */
type Edges = PoolServices | Stash | TokenEndpoint

/** Gives each step to `at`, which ends for those that the pool is to go past. */
export const watchSteps = (context: Context.Context<PoolServices>, at: (step: Step) => Effect.Effect<void>): void => {
  const all = context as Context.Context<Edges>
  watchLedger(Context.get(all, Ledger), at)
  watchEndpoint(Context.get(all, TokenEndpoint), at)
  watchStash(Context.get(all, Stash), at)
  watchVault(Context.get(all, Vault), at)
}

type At = (step: Step) => Effect.Effect<void>

const watchLedger = (ledger: Ledger["Service"], at: At) => {
  const { append } = ledger
  const watched: typeof append = (events, options) => {
    const has = (type: string) => events.some((event) => event.type === type)
    const when = (type: string, step: Step) => (has(type) ? at(step) : Effect.void)
    return when("RefreshStarted", "before the intent").pipe(
      Effect.andThen(append(events, options)),
      Effect.tap(() => when("RefreshStarted", "after the intent")),
      Effect.tap(() => when("RefreshSucceeded", "after the success")),
      Effect.tap(() => when("RefreshFailed", "before the verdict"))
    )
  }
  Object.assign(ledger, { append: watched })
}

const watchEndpoint = (endpoint: TokenEndpoint["Service"], at: At) => {
  const { refresh } = endpoint
  const watched: typeof refresh = (...request) =>
    Effect.tap(refresh(...request), ({ _tag }) => (_tag === "Granted" ? at("after the answer") : Effect.void))
  Object.assign(endpoint, { refresh: watched })
}

const watchStash = (stash: Stash["Service"], at: At) => {
  const { reserve } = stash
  const watched: typeof reserve = (consumed) =>
    Effect.map(reserve(consumed), ({ commit }) => ({
      commit: (...successor) => Effect.tap(commit(...successor), () => at("after the stash"))
    }))
  Object.assign(stash, { reserve: watched })
}

const watchVault = (vault: Vault["Service"], at: At) => {
  const { authority } = vault
  const watched: typeof authority = (ref) =>
    Effect.map(authority(ref), (found) => ({
      ...found,
      store: (...successor) => Effect.tap(found.store(...successor), () => at("after the store"))
    }))
  Object.assign(vault, { authority: watched })
}
