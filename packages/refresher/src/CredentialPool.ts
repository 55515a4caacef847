/**
 * The pool: asked for a token of a provider, it answers one that is worth sending. It serves from memory when it
 * can, refreshes when it must, and goes on to the next credential when one has nothing to give.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import type { AppendError, LedgerError } from "@daybook/ledger/LedgerError"
import { isCarriable } from "@daybook/oauth/ApiRequest"
import { lacksScope } from "@daybook/oauth/Describe"
import { Providers } from "@daybook/oauth/Providers"
import { type GenerationRef, refOf } from "@daybook/pool/Generation"
import type { CredentialId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { type Credential, grantById, type PoolState } from "@daybook/pool/PoolState"
import type { Explanation } from "@daybook/pool/queries/Explain"
import { type PoolStatus, statusOf } from "@daybook/pool/queries/Status"
import type { RefreshError } from "@daybook/pool/RefreshError"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { ApiVerdict } from "@daybook/pool/Verdict"
import { Vault } from "@daybook/vault/Vault"
import { Clock, Context, Effect, Layer, Option, type Redacted, Result } from "effect"
import { dueAt } from "./Freshness.ts"
import { inUse } from "./InUse.ts"
import { makeHeldFor, skewOf, type TokenRequest } from "./HeldFor.ts"
import { keepAlive } from "./KeepAlive.ts"
import { makeServed } from "./Metrics.ts"
import {
  type AmbiguousCredential,
  NoneAvailable,
  type PassedOver,
  type TokenError,
  type UnknownCredential,
  UnknownProvider
} from "./PoolError.ts"
import { makeOrder } from "./Order.ts"
import { makeProbes } from "./ProbeQuota.ts"
import { ReadyTokens } from "./ReadyTokens.ts"
import { Recovery } from "./Recovery.ts"
import { Refresher } from "./Refresher.ts"
import type { RefreshServices } from "./RefreshServices.ts"
import { type ApiAnswer, reportAnswer, reportUse } from "./ReportAnswer.ts"
import { makeSayExhausted } from "./SayExhausted.ts"
import { askedFor, candidates, earliest, memberNamed, withId } from "./Selection.ts"
import { transient } from "./Target.ts"
import type { Held } from "./Held.ts"
import { isTracedIn } from "./Spans.ts"
import { TokenMemory } from "./TokenMemory.ts"
import { relogin } from "./Relogin.ts"

export interface Token {
  readonly token: Redacted.Redacted<string>
  readonly provider: string
  readonly credential: CredentialId
  readonly label: string | undefined
  readonly generation: GenerationRef
  readonly expiresAt: Instant | undefined
  readonly kind: Credential["kind"]
  /** The token once more, and what came with it; never a refresh token. */
  readonly tokens: Omit<TokenSet, "refresh">
}

export class CredentialPool extends Context.Service<
  CredentialPool,
  {
    readonly getToken: (provider: string, request?: TokenRequest) => Effect.Effect<Token, TokenError>
    /** What `getToken` answers, where it has nothing to wait for: it answered so before, and nothing has changed. */
    readonly ready: (provider: string, request?: TokenRequest) => Token | undefined
    /**
     * An operator's refresh of one credential, by id or label: backoff does not hold it back; a dead refresh token does,
     * and a pause.
     */
    readonly refresh: (
      credential: string
    ) => Effect.Effect<Token, RefreshError | UnknownCredential | AmbiguousCredential>
    /** What a model API answered to a token of this pool. The verdict is absent if it was accepted or is not ours. */
    readonly report: (
      provider: string,
      token: Redacted.Redacted<string>,
      answer: ApiAnswer
    ) => Effect.Effect<ApiVerdict | undefined, AppendError | LedgerError | RefreshError>
    /** The same, of a token that this pool has served. */
    readonly reportUse: (
      token: Token,
      answer: ApiAnswer
    ) => Effect.Effect<ApiVerdict | undefined, AppendError | LedgerError | RefreshError>
    readonly status: Effect.Effect<PoolStatus, LedgerError>
    /** Whom `getToken` would ask first now, and why it would pass over each other one. Takes no turn. */
    readonly explain: (
      provider: string,
      asked?: Pick<TokenRequest, "model">
    ) => Effect.Effect<Explanation, LedgerError | UnknownProvider>
  }
>()("@daybook/refresher/CredentialPool") {
  static readonly layer = Layer.effect(
    CredentialPool,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const services = yield* Effect.context<RefreshServices>()
  const refresher = yield* Refresher
  const ledger = yield* Ledger
  const memory = yield* TokenMemory
  const providers = yield* Providers
  const clock = yield* Clock.Clock
  const { heldFor, usable } = yield* makeHeldFor
  const order = yield* makeOrder
  const sayExhausted = yield* makeSayExhausted
  const readyTokens = new ReadyTokens()
  const countServed = yield* makeServed

  /** What is held may be of no use to the provider's API, and an operator may have stopped it meanwhile. */
  const served = Effect.fnUntraced(function* (credential: Credential, held: Held) {
    yield* inUse(ledger.known(), credential)
    if (!isCarriable(held.tokens)) return yield* transient(credential, "Misconfigured", uncarriable)
    const provider = Option.getOrUndefined(providers.get(credential.provider))
    const lack = provider === undefined ? undefined : lacksScope(provider, held.tokens)
    if (provider !== undefined && lack !== undefined) {
      const remedy = relogin(provider, credential)
      return yield* transient(credential, "Denied", `${lack}; log in again with it. ${remedy}`)
    }
    return tokenOf(credential, held)
  })

  const isKnown = (state: PoolState, provider: string): boolean =>
    Option.isSome(providers.get(provider)) || askedFor(state, provider, {}).length > 0

  const unknown = (provider: string) => new UnknownProvider({ provider, known: providers.all.map(({ id }) => id) })

  /** An empty pool says where it looked. */
  const withPlaces = Effect.fnUntraced(function* (error: NoneAvailable | UnknownCredential | AmbiguousCredential) {
    if (error._tag !== "NoneAvailable" || error.passed.length > 0) return yield* error
    const vault = yield* Vault
    const looked = vault.sources.flatMap(({ path }) => (path === undefined ? [] : [path]))
    const { problems } = yield* vault.logins
    const { provider } = error
    if (!isKnown(ledger.known(), provider) && problems.length === 0) return yield* unknown(provider)
    return yield* new NoneAvailable({ provider, passed: [], until: undefined, looked, problems })
  }, Effect.provide(services))

  const probes = yield* makeProbes(usable)
  yield* Effect.forkScoped(keepAlive)

  /** The choice again, once those were asked about whose quota may be free. Other processes may have asked already. */
  const choiceAfterProbes = Effect.fnUntraced(function* (provider: string, request: TokenRequest) {
    const state = yield* Effect.orElseSucceed(ledger.state, () => ledger.known())
    const mayAsk = Option.exists(providers.get(provider), ({ usage }) => usage !== undefined)
    if (mayAsk) yield* probes(askedFor(state, provider, request))
    return candidates(ledger.known(), provider, request, yield* Clock.currentTimeMillis)
  })

  const unaided = Effect.fnUntraced(function* (provider: string, request: TokenRequest) {
    const now = yield* Clock.currentTimeMillis
    const state = ledger.known()
    const first = candidates(state, provider, request, now)
    const choice = Result.isSuccess(first) ? first : yield* choiceAfterProbes(provider, request)
    if (Result.isFailure(choice)) return yield* withPlaces(choice.failure)
    const { eligible, passed } = choice.success
    const errors: Array<RefreshError> = []
    for (const credential of order.next(state, provider, eligible, now)) {
      const asked = Effect.flatMap(heldFor(credential, request), (held) =>
        Effect.map(served(credential, held), (token) => ({ token, held }))
      )
      const answer = yield* Effect.result(asked)
      if (Result.isSuccess(answer)) {
        const { held, token } = answer.success
        const due = dueAt(held, skewOf(providers, credential.provider))
        const ready = { token, held, credential, from: now, dueAt: due }
        if (state === ledger.known() && order.isSteady(eligible)) readyTokens.set(provider, request, state, ready)
        return token
      }
      errors.push(answer.failure)
    }
    if (errors.length === 1 && passed.length === 0) return yield* errors[0]!
    const all = [...passed, ...errors.map(passedBy)]
    return yield* new NoneAvailable({ provider, passed: all, until: earliest(all) })
  })

  const ready = (provider: string, request?: TokenRequest): Token | undefined => {
    const answer = readyTokens.get(provider, request, ledger.known(), clock.currentTimeMillisUnsafe())
    if (answer === undefined || memory.get(answer.credential.grant) !== answer.held) return undefined
    countServed(provider)
    return answer.token
  }

  const waited = Effect.fnUntraced(function* (provider: string, request: TokenRequest) {
    const token = yield* unaided(provider, request).pipe(
      Effect.catch((error) => orRecovered(provider, request, error)),
      Effect.tapError((error) => sayExhausted(error, request))
    )
    countServed(provider)
    return token
  })

  const traced = Effect.fn("CredentialPool.getToken")(function* (provider: string, request: TokenRequest) {
    yield* Effect.annotateCurrentSpan({ provider })
    const token = ready(provider, request) ?? (yield* waited(provider, request))
    yield* Effect.annotateCurrentSpan({ credential: token.credential })
    return token
  })

  /** A span costs more than an answer that is ready. */
  const getToken = (provider: string, request: TokenRequest = {}): Effect.Effect<Token, TokenError> =>
    Effect.withFiber((fiber) => {
      const token = isTracedIn(fiber) ? undefined : ready(provider, request)
      return token === undefined ? traced(provider, request) : Effect.succeed(token)
    })

  const recovery = yield* Recovery
  const orRecovered = Effect.fnUntraced(function* (provider: string, request: TokenRequest, error: TokenError) {
    const found = yield* recovery.recover(provider, request)
    return yield* found === undefined
      ? Effect.fail(error)
      : Effect.mapError(served(found.credential, found.held), () => error)
  })

  return CredentialPool.of({
    getToken,
    ready,
    refresh: Effect.fn("CredentialPool.refresh")(function* (name) {
      const state = yield* ledger.state.pipe(Effect.orElseSucceed(() => ledger.known()))
      const credential = withId(state, name) ?? (yield* Effect.fromResult(memberNamed(state, name)))
      yield* inUse(state, credential)
      const unwanted = grantById(state, credential.grant).current?.access
      const want = { trigger: "operator" as const, ...(unwanted === undefined ? {} : { unwanted }) }
      const refreshed = refresher.refresh(credential, want).pipe(
        Effect.catchReason("RefreshError", "Raced", (_, error) => {
          const held = memory.get(credential.grant)
          return held?.tokens.access === undefined ? Effect.fail(error) : Effect.succeed(held)
        })
      )
      return yield* served(credential, yield* refreshed)
    }),
    report: (provider, token, answer) => reportAnswer(provider, token, answer).pipe(Effect.provide(services)),
    reportUse: ({ generation: { access }, provider, token }, answer) =>
      (access === undefined
        ? reportAnswer(provider, token, answer)
        : reportUse(provider, { token, access }, answer)
      ).pipe(Effect.provide(services)),
    status: Effect.gen(function* () {
      return statusOf(yield* ledger.state, yield* Clock.currentTimeMillis)
    }),
    explain: Effect.fn("CredentialPool.explain")(function* (provider, { model } = {}) {
      const state = yield* ledger.state
      if (!isKnown(state, provider)) return yield* unknown(provider)
      return order.explain(state, provider, model, yield* Clock.currentTimeMillis)
    })
  })
})

const tokenOf = (credential: Credential, held: Held): Token => {
  const { refresh: _kept, ...tokens } = held.tokens
  return {
    token: tokens.access ?? noToken(credential),
    provider: credential.provider,
    credential: credential.id,
    label: credential.label,
    generation: refOf(held.generation),
    expiresAt: held.generation.expiresAt,
    kind: credential.kind,
    tokens
  }
}

/** Whatever tried to send it would show it in its complaint. */
const uncarriable =
  "its token has a line break in it, or another character that no header can carry; put the right one into its store"

/** Everything that answers a held generation has looked for its access token first. */
const noToken = (credential: Credential): never => {
  throw new Error(`${credential.id} was served without an access token`)
}

const passedBy = (error: RefreshError): PassedOver => ({
  credential: error.credential,
  why: error.reason._tag === "Transient" ? `${error.reason.reason}, ${error.reason.detail}` : error.message,
  reason: error.reason._tag === "Raced" ? "Raced" : error.reason.reason,
  until: error.reason._tag === "Transient" ? error.reason.retryAt : undefined
})
