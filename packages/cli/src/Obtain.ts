/**
 * A token for another program. What may be served as it stands in its store is; everything else, a refresh above all, is
 * done by a process of its own, which outlives ours if somebody kills us while it waits for the provider.
 */
import type { Provider } from "@daybook/oauth/Provider"
import { defaultProviders, Providers } from "@daybook/oauth/Providers"
import { empty } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import { makeServed } from "@daybook/refresher/Metrics"
import { NoneAvailable } from "@daybook/refresher/PoolError"
import { storedToken } from "@daybook/refresher/StoredToken"
import { Vault } from "@daybook/vault/Vault"
import { Effect, Layer, Option } from "effect"
import { nowhere, servedFrom, unread } from "./AskPool.ts"
import * as Detached from "./handover/Detached.ts"
import type { Task } from "./handover/Task.ts"
import * as Output from "./Output.ts"
import * as ReadPool from "./ReadPool.ts"
import type { Settings } from "./Settings.ts"
import { providersFor, vaultThere } from "./WritePool.ts"

export interface Request {
  readonly provider: string
  readonly credential: Option.Option<string>
  readonly model: Option.Option<string>
  readonly recover: boolean
  readonly sandbox: Option.Option<string>
}

export const obtain = Effect.fnUntraced(function* (told: Settings, request: Request) {
  yield* vaultThere(told)
  const providers = yield* providersFor(request.sandbox)
  const task = taskOf(told, request)
  const found = yield* look(told, task, providers).pipe(
    Effect.catchReason("LedgerError", "Missing", () => Effect.as(somethingToBegin(told, request.provider), undefined)),
    Effect.catchTag("LedgerError", () => Effect.succeed(undefined)) // said again, in full, by whoever opens it to write
  )
  if (found === undefined) return yield* Detached.answerOf(task)
  if (found.isDue) yield* Detached.begin({ ...task, credential: found.credential.id, unattended: true })
  const countServed = yield* makeServed // no pool is open that would
  countServed(found.served.provider)
  return found.served
})

const taskOf = ({ home, vault }: Settings, { credential, model, provider, recover, sandbox }: Request): Task => ({
  home,
  provider,
  recover,
  unattended: false,
  ...(vault === undefined ? {} : { vault }),
  ...Option.match(sandbox, { onNone: () => ({}), onSome: (sandbox) => ({ sandbox }) }),
  ...Option.match(credential, { onNone: () => ({}), onSome: (credential) => ({ credential }) }),
  ...Option.match(model, { onNone: () => ({}), onSome: (model) => ({ model }) })
})

const look = (told: Settings, { provider, ...wanted }: Task, providers: ReadonlyArray<Provider>) =>
  Effect.gen(function* () {
    const found = yield* storedToken(provider, wanted)
    const access = found?.held.tokens.access
    if (found === undefined || access === undefined) return undefined
    const { credential, held } = found
    const { id, kind, label } = credential
    const { expiresAt } = held.generation
    const served = { provider, credential: id, kind, label, expiresAt, token: access, tokens: held.tokens }
    return { ...found, served: servedFrom(served) }
  }).pipe(
    Effect.provide(Layer.mergeAll(ReadPool.servingLayer(told), Providers.layer([...defaultProviders, ...providers])))
  )

/** Where no store has anything of the provider, no ledger is begun to say so. */
const somethingToBegin = Effect.fnUntraced(
  function* (_told: Settings, provider: string) {
    const vault = yield* Vault
    const { logins, problems } = yield* vault.logins
    if (logins.some((login) => login.provider === provider && !isBlank(login.tokens))) return
    yield* Output.warnings(problems)
    if (problems.length > 0) return yield* unread(provider)
    const looked = vault.sources.flatMap(({ path }) => (path === undefined ? [] : [path]))
    return yield* nowhere(new NoneAvailable({ provider, passed: [], until: undefined, looked }), logins)
  },
  (effect, told) => Effect.provide(effect, ReadPool.vaultLayer(told, empty))
)
