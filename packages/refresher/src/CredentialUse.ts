/**
 * A call that is made with a credential of the pool, and made again with another one if the API refuses the first: pick,
 * try, report what was answered to the very generation that was sent, decide, go on. What no credential can mend ends
 * with the provider's last answer, never with an error of ours in its place.
 */
import type { ApiVerdict } from "@daybook/pool/Verdict"
import { nextStep, type NextStep, withoutRenewal } from "@daybook/pool/decisions/NextStep"
import { Ledger } from "@daybook/ledger/Ledger"
import { Context, Effect, Fiber, FiberSet, Layer, Result } from "effect"
import { CredentialPool, type Token } from "./CredentialPool.ts"
import { Call } from "./internal/Call.ts"
import { Leases } from "./Leases.ts"
import type { TokenError } from "./PoolError.ts"
import type { ApiAnswer } from "./ReportAnswer.ts"
import { type ApiFault, reportFault } from "./ReportFault.ts"
import { inAttemptSpan } from "./Spans.ts"

export interface UseOptions {
  /** Id or label of the one credential to use. */
  readonly credential?: string | undefined
  /** Passes over credentials on which this model is benched. */
  readonly model?: string | undefined
  /** The most requests that are sent for one call, the first included; default 4. */
  readonly maxAttempts?: number | undefined
  /** Whether the request can be sent once more; default true. */
  readonly repeatable?: boolean | undefined
  /** Told what follows from each refusal. */
  readonly onStep?: ((step: Step) => void) | undefined
}

/** A refusal, and what the call did about it. */
export interface Step extends NextStep {
  readonly provider: string
  /** Id of the credential that was refused. */
  readonly credential: string
  readonly label?: string
  readonly verdict: ApiVerdict
  /** How many requests had been sent. */
  readonly sent: number
}

/** What an attempt brought: with a verdict, if it was refused. */
export interface Attempted<A> {
  readonly value: A
  readonly verdict: ApiVerdict | undefined
}

export class CredentialUse extends Context.Service<
  CredentialUse,
  {
    /** Fails as `CredentialPool.getToken` does if there is no credential to begin with. */
    readonly use: <A, E, R>(
      provider: string,
      options: UseOptions,
      attempt: (token: Token) => Effect.Effect<Attempted<A>, E, R>
    ) => Effect.Effect<A, E | TokenError, R>
    /** Counts as a use of the credential for longer than its attempt; see `Leases.hold`. */
    readonly hold: (token: Token) => (() => void) | undefined
    /**
     * Reports an answer, and waits until the pool has concluded from it; whoever stops waiting does not stop that. A ledger
     * that cannot be written is only logged.
     */
    readonly report: (token: Token, answer: ApiAnswer) => Effect.Effect<ApiVerdict | undefined>
    /** Reports an answer that nobody waits for. The pool does before it closes. */
    readonly reportLater: (token: Token, answer: () => ApiAnswer) => Effect.Effect<void>
    /** Records that an answer did not come, or not whole. It says nothing of the credential. */
    readonly faultLater: (token: Token, fault: ApiFault) => Effect.Effect<void>
  }
>()("@daybook/refresher/CredentialUse") {
  static readonly layer = Layer.effect(
    CredentialUse,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const pool = yield* CredentialPool
  const ledger = yield* Ledger
  const leases = yield* Leases
  const underWay = yield* FiberSet.make<unknown, never>()
  yield* Effect.addFinalizer(() => FiberSet.awaitEmpty(underWay))

  const logged = makeLogged()

  const begin = <A>(effect: Effect.Effect<A>) => FiberSet.run(underWay, effect)

  const leased = <A, E, R>({ credential }: Token, attempt: Effect.Effect<A, E, R>) =>
    Effect.acquireUseRelease(
      Effect.sync(() => leases.hold(credential)),
      () => attempt,
      (end) => Effect.sync(() => end?.())
    )

  const heard = (token: Token, answer: ApiAnswer) => logged(token, pool.reportUse(token, answer))

  const use = <A, E, R>(
    provider: string,
    options: UseOptions,
    attempt: (token: Token) => Effect.Effect<Attempted<A>, E, R>
  ) =>
    Effect.gen(function* () {
      const call = new Call(provider, options)
      let token = yield* pool.getToken(provider, call.anyone())
      for (;;) {
        call.sent += 1
        yield* Effect.annotateCurrentSpan({ credential: token.credential, sent: call.sent })
        const { value, verdict } = yield* inAttemptSpan(token, call.sent, leased(token, attempt(token)))
        if (verdict === undefined) return value
        const next = yield* another(call, token, verdict)
        if (next === undefined) return value
        token = next
      }
    }).pipe(Effect.withSpan("CredentialUse.use", { attributes: { provider } }, { captureStackTrace: false }))

  /** The token to go on with. */
  const another = Effect.fnUntraced(function* (call: Call, refused: Token, verdict: ApiVerdict) {
    const tried = call.tried(refused, ledger.known())
    let step = nextStep(verdict, tried)
    yield* call.say(step, refused, verdict)
    if (step.next === "renew") {
      call.renewed.add(refused.credential)
      const renewed = yield* Effect.result(pool.getToken(call.provider, call.renewalOf(refused)))
      if (Result.isSuccess(renewed)) return renewed.success
      step = withoutRenewal(renewed.failure.message, tried)
      yield* call.say(step, refused, verdict)
    }
    if (step.next === "give up") return undefined
    call.refused.push(refused.credential)
    const other = yield* Effect.result(pool.getToken(call.provider, call.anyone()))
    if (Result.isSuccess(other)) return other.success
    yield* call.say({ next: "give up", why: joined(step.why, other.failure.message) }, refused, verdict)
    return undefined
  })

  return CredentialUse.of({
    use,
    hold: ({ credential }) => leases.hold(credential),
    report: (token, answer) => Effect.flatMap(begin(heard(token, answer)), Fiber.join),
    reportLater: (token, answer) => Effect.asVoid(begin(Effect.suspend(() => heard(token, answer())))),
    faultLater: (token, fault) =>
      Effect.asVoid(begin(logged(token, Effect.provideService(reportFault(token, fault), Ledger, ledger))))
  })
})

/** Some reasons are sentences already. */
const joined = (why: string, more: string): string => `${why}${why.endsWith(".") ? " " : "; "}${more}`

/** Says once that the ledger takes nothing, until it does again. */
const makeLogged = () => {
  let failing = false
  return <A>(token: Token, effect: Effect.Effect<A, { readonly message: string }>): Effect.Effect<A | undefined> =>
    Effect.matchEffect(effect, {
      onSuccess: (value) => {
        failing = false
        return Effect.succeed(value)
      },
      onFailure: ({ message }) => {
        const said = failing
        failing = true
        const warning = `What the API answered to ${token.credential} is not in the ledger. ${message}`
        return Effect.as(said ? Effect.void : Effect.logWarning(warning), undefined)
      }
    })
}
