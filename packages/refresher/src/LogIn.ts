/**
 * Logs a person in and makes the login a member of the pool, or a member's new login. What it needs of the person it
 * asks through `Person`; nothing is sent, and nobody is asked, before it is clear where the tokens will go.
 */
import { AuthorizationCode } from "@daybook/oauth/AuthorizationCode"
import { DeviceFlow } from "@daybook/oauth/DeviceFlow"
import { Ledger } from "@daybook/ledger/Ledger"
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { type LoginMethod, loginMethods } from "@daybook/oauth/LoginMethods"
import type { Provider } from "@daybook/oauth/Provider"
import { Providers } from "@daybook/oauth/Providers"
import type { Credential } from "@daybook/pool/PoolState"
import type { RefreshError } from "@daybook/pool/RefreshError"
import type { StoreError } from "@daybook/vault/StoreError"
import { Context, Effect, Layer, Option } from "effect"
import { keepLogin, type Kept, type Place, prepare } from "./KeepLogin.ts"
import { LogInError, type LogInReason } from "./LogInError.ts"
import { obtainTokens } from "./ObtainTokens.ts"
import type { Person } from "./Person.ts"
import type { AmbiguousCredential, UnknownCredential } from "./PoolError.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import type { RefreshServices } from "./RefreshServices.ts"
import { memberNamed } from "./Selection.ts"
import { targetOf } from "./Target.ts"

export interface Wish {
  /** The first that the provider has, unless given. */
  readonly method?: LoginMethod | undefined
  readonly label?: string | undefined
  /** Id or label of the credential to log in to. */
  readonly credential?: string | undefined
  /** A credential of its own, though the pool may have another of the same account. */
  readonly isNew?: boolean
  /** How long the person may take where the server names no end; ten minutes unless given. */
  readonly patienceMillis?: number
}

export type LogInFailure =
  | LogInError
  | AmbiguousCredential
  | UnknownCredential
  | RefreshError
  | StoreError
  | LedgerError

export class LogIn extends Context.Service<
  LogIn,
  {
    /**
     * Interruptible while it waits for the person; from the answer on, the tokens are on disk before anything else
     * happens to them.
     */
    readonly logIn: (provider: string, person: Person, wish?: Wish) => Effect.Effect<Kept, LogInFailure>
  }
>()("@daybook/refresher/LogIn") {
  /** `home` is the folder of the ledger. */
  static readonly layer = (home: string) =>
    Layer.effect(
      LogIn,
      Effect.suspend(() => make(home))
    )
}

const tenMinutes = 600_000

const make = Effect.fnUntraced(function* (home: string) {
  const services = yield* Effect.context<RefreshServices | AuthorizationCode | DeviceFlow>()
  return LogIn.of({
    logIn: Effect.fn("LogIn.logIn")(
      function* (id: string, person: Person, wish: Wish = {}) {
        const provider = yield* find(id)
        const method = yield* choose(provider, wish.method)
        const credential = wish.credential === undefined ? undefined : yield* named(provider, wish.credential)
        const { label, isNew = false, patienceMillis = tenMinutes } = wish
        const prepared = yield* prepare({ home, provider, label, credential, isNew } satisfies Place)
        const { timeLimit: timeLimitMillis } = yield* PoolPolicy
        const about = { provider, person, timeLimitMillis, patienceMillis }
        return yield* obtainTokens(method, about, (tokens) => keepLogin(prepared, tokens))
      },
      Effect.scoped,
      Effect.provide(services)
    )
  })
})

const fail = (provider: string, reason: LogInReason) => Effect.fail(new LogInError({ provider, reason }))

const find = Effect.fnUntraced(function* (id: string) {
  const { all, get } = yield* Providers
  const known = all.filter((provider) => loginMethods(provider).length > 0)
  return yield* Option.match(get(id), {
    onNone: () => fail(id, { _tag: "UnknownProvider", known: known.map((provider) => provider.id) }),
    onSome: (provider) => Effect.succeed(provider)
  })
})

const choose = Effect.fnUntraced(function* (provider: Provider, wished: LoginMethod | undefined) {
  const has = loginMethods(provider)
  const method = wished === undefined ? has[0] : has.find((one) => one === wished)
  return method ?? (yield* fail(provider.id, { _tag: "NoMethod", wished, has, relogin: provider.relogin }))
})

/** Whether its tokens can be replaced is asked before anybody logs in. */
const named = Effect.fnUntraced(function* (provider: Provider, name: string) {
  const state = yield* Ledger.use((ledger) => ledger.state)
  const credential = yield* Effect.fromResult(memberNamed(state, name))
  const why = yield* whyNot(provider, credential)
  return why === undefined ? credential : yield* fail(provider.id, { _tag: "NotOurs", credential: credential.id, why })
})

const whyNot = Effect.fnUntraced(function* (provider: Provider, credential: Credential) {
  const { kind, ownership, provider: its } = credential
  if (its !== provider.id) return `it is a login of ${its}. Log in to that.`
  if (kind === "apiKey") return "it is an API key. Put a new one in its place."
  if (ownership === "borrowed") return `another program owns it. ${provider.relogin}`
  const { authority } = yield* targetOf(credential)
  return authority.writable ? undefined : `its store is only read: ${authority.whyReadOnly ?? "it is not ours"}.`
})
