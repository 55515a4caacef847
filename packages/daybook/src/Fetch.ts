/**
 * A `fetch` that carries credentials of the pool, and carries another one when the API refuses the first. What the
 * provider answers last is what its caller gets.
 */
import { mayReceiveTokens, type Provider } from "@daybook/oauth/Provider"
import { Providers } from "@daybook/oauth/Providers"
import { CredentialPool, type Token } from "@daybook/refresher/CredentialPool"
import { type Attempted, CredentialUse, type UseOptions } from "@daybook/refresher/CredentialUse"
import { ForbiddenOrigin } from "@daybook/refresher/PoolError"
import { Data, Effect, Option } from "effect"
import { withAttempts } from "./internal/Attempts.ts"
import { faultIn, mayHaveLeft } from "./internal/Broken.ts"
import { answerOf, discard, headOf, isAccepted, watched } from "./internal/Incoming.ts"
import { modelIn, type Outgoing, outgoing, send } from "./internal/Outgoing.ts"
import type { Running } from "./internal/Running.ts"

export type FetchOptions = Omit<UseOptions, "repeatable">

export const poolFetch = (
  { run }: Running<CredentialPool | CredentialUse | Providers>,
  provider: string,
  given: FetchOptions = {}
): typeof fetch => {
  const options = withAttempts(given)
  const before = globalThis.fetch
  const own: typeof fetch = async (input, init) => {
    const { fetch } = globalThis
    const request = outgoing(input, init, fetch === own ? before : fetch) // a program may put this one in its place
    const meanwhile = (effect: Effect.Effect<void>) => void run(effect).catch(() => {})
    return run(exchange(provider, options, request, meanwhile), request.signal).catch(asThrown)
  }
  return own
}

/** Starts something that nobody waits for. */
type Meanwhile = (effect: Effect.Effect<void>) => void

/** What all requests of one call have in common. */
interface Call {
  readonly request: Outgoing
  readonly provider: Provider
  readonly model: string | undefined
  readonly uses: CredentialUse["Service"]
  readonly meanwhile: Meanwhile
}

const exchange = Effect.fnUntraced(function* (
  id: string,
  options: FetchOptions,
  request: Outgoing,
  meanwhile: Meanwhile
) {
  const provider = yield* allowed(id, request)
  const uses = yield* CredentialUse
  const model = options.model ?? modelIn(request)
  const call = { request, provider, model, uses, meanwhile }
  let last: Response | undefined
  const leaveLast = () => {
    if (last !== undefined) discard(last)
  }
  const answer = uses.use(id, { ...options, model, repeatable: request.repeatable }, (token) =>
    Effect.gen(function* () {
      leaveLast()
      yield* Effect.annotateCurrentSpan({ "server.address": request.url.hostname })
      last = yield* answered(call, token)
      yield* Effect.annotateCurrentSpan({ "http.response.status_code": last.status })
      usedFor.set(last, token)
      return yield* attempted(call, token, last)
    })
  )
  return yield* Effect.onInterrupt(answer, () => Effect.sync(leaveLast))
})

/** The provider, if its credentials may go where this request goes. What nobody has heard of is said to be unknown. */
const allowed = Effect.fnUntraced(function* (id: string, { url }: Outgoing) {
  const providers = yield* Providers
  const provider = providers.orKeysOnly(id)
  if (mayReceiveTokens(provider, url)) return provider
  if (Option.isNone(providers.get(id))) yield* CredentialPool.use((pool) => pool.getToken(id))
  return yield* new ForbiddenOrigin({ provider: id, origin: url.origin, allowed: provider.apiOrigins })
})

/** What was thrown is thrown on as it is. */
const answered = (call: Call, token: Token) =>
  Effect.tryPromise({
    try: (ended) => send(call.request, call.provider, token, ended),
    catch: (error) => new Thrown({ error })
  }).pipe(Effect.tapError(({ error }) => broken(call, token, error)))

/** What the transport says is recorded; an abort by the caller is not. */
const broken = ({ model, request, uses }: Call, token: Token, error: unknown, status?: number): Effect.Effect<void> => {
  const fault = request.signal?.aborted === true ? undefined : faultIn(error)
  if (fault === undefined) return Effect.void
  const left = status !== undefined || mayHaveLeft(fault)
  const about = { ...(status === undefined ? {} : { status }), ...(model === undefined ? {} : { model }) }
  return uses.faultLater(token, { fault, left, ...about })
}

/** A refusal is reported before anything else happens, since the next step depends on it. */
const attempted = Effect.fnUntraced(function* (
  call: Call,
  token: Token,
  response: Response
): Effect.fn.Return<Attempted<Response>> {
  const { meanwhile, model, uses } = call
  if (!isAccepted(response)) {
    const head = yield* Effect.promise(() => headOf(response))
    return { value: response, verdict: yield* uses.report(token, answerOf(response, head, model)) }
  }
  yield* uses.reportLater(token, () => answerOf(response, "", model))
  const cut = (error: unknown) => meanwhile(broken(call, token, error, response.status))
  const value = watched(response, cut, response.body === null ? undefined : uses.hold(token))
  return { value, verdict: undefined }
})

class Thrown extends Data.TaggedError("Thrown")<{ readonly error: unknown }> {}

const asThrown = (error: unknown): never => {
  throw error instanceof Thrown ? error.error : error
}

const usedFor = new WeakMap<Response, Token>()

/** The credential that an answer of `pool.fetch` was got with. */
export const credentialOf = (
  response: Response
): { readonly credential: string; readonly label?: string; readonly provider: string } | undefined => {
  const token = usedFor.get(response)
  if (token === undefined) return undefined
  const { credential, label, provider } = token
  return { credential, ...(label === undefined ? {} : { label }), provider }
}
