/**
 * The pool for programs that use promises. Every method rejects with one of Daybook's typed errors;
 * branch on `error._tag` and, for a `RefreshError`, on `error.reason._tag`.
 */
import type { Recorded } from "@daybook/pool/Recorded"
import type { Explanation } from "@daybook/pool/queries/Explain"
import type { PoolStatus } from "@daybook/pool/queries/Status"
import { CredentialPool, type Token as HeldToken } from "@daybook/refresher/CredentialPool"
import { Ledger } from "@daybook/ledger/Ledger"
import type { ApiAnswer } from "@daybook/refresher/ReportAnswer"
import * as Spans from "@daybook/refresher/Spans"
import type { ApiVerdict } from "@daybook/pool/Verdict"
import { Layer, ManagedRuntime, Redacted, Stream } from "effect"
import { type FetchOptions, poolFetch } from "./Fetch.ts"
import { accessTokenFunction, type AccessTokenFunction, keyFunction, type KeyOptions } from "./KeyFunctions.ts"
import { firstEvent } from "./internal/FirstEvent.ts"
import { answerFrom } from "./internal/Incoming.ts"
import { running } from "./internal/Running.ts"
import { warnings } from "./internal/Warnings.ts"
import * as Otlp from "./Otlp.ts"
import { layer, type PoolOptions } from "./PoolLayer.ts"
import type { ProviderId } from "./ProviderId.ts"
import { type Credential, type Report, withCredential, type WithCredentialOptions } from "./WithCredential.ts"

export interface Token {
  /** The access token or API key, in clear: hand it to the request and let go of it. */
  readonly token: string
  readonly provider: string
  /** Id of the credential that gave it. */
  readonly credential: string
  readonly label?: string
  readonly expiresAt?: Date
}

export interface GetTokenOptions {
  /** An access token that the API refused: it is not served again. */
  readonly failedToken?: string
  /** Wants a token other than the one held now. */
  readonly forceRefresh?: boolean
  /** Id or label of the one credential to use. */
  readonly credential?: string
  /** Passes over credentials on which this model is benched. */
  readonly model?: string
}

export type ExplainOptions = Pick<GetTokenOptions, "model">

export interface Pool extends AsyncDisposable {
  /** A token worth sending; refreshed first if it must be. */
  readonly getToken: (provider: ProviderId, options?: GetTokenOptions) => Promise<Token>
  /** For a client library that takes a function as its key. */
  readonly apiKey: (provider: ProviderId, options?: KeyOptions) => () => Promise<string>
  /** For `@anthropic-ai/sdk`, which takes a function as its `credentials`. */
  readonly credentials: (provider: ProviderId, options?: KeyOptions) => AccessTokenFunction
  /**
   * Lends a credential to `use`. If `use` throws after it reported a refusal, it is called again with the next token or
   * the next credential, as long as there is one that may help.
   */
  readonly withCredential: <A>(
    provider: ProviderId,
    use: (credential: Credential, report: Report) => Promise<A>,
    options?: WithCredentialOptions
  ) => Promise<A>
  /**
   * A `fetch` for this provider's API, to be handed to any client that takes one: it carries a credential of the pool,
   * and another one if the API refuses the first.
   */
  readonly fetch: (provider: ProviderId, options?: FetchOptions) => typeof fetch
  /** An operator's refresh of one credential, by id or label. */
  readonly refresh: (credential: string) => Promise<Token>
  /**
   * Tells the pool what an API answered, so that a revoked login is known as such. Of a `Response` only the beginning of a
   * refusal is read, and from a copy.
   */
  readonly report: (
    provider: ProviderId,
    token: string,
    answer: Response | ApiAnswer
  ) => Promise<ApiVerdict | undefined>
  /** Which credential the next call would get, and why not each other one. It takes no turn, and sends nothing. */
  readonly explain: (provider: ProviderId, options?: ExplainOptions) => Promise<Explanation>
  readonly status: () => Promise<PoolStatus>
  /** Everything in the ledger, from a `seq` or the oldest event that was not archived, and then whatever comes until it closes. */
  readonly events: (from?: number) => AsyncIterable<Recorded>
  /** Waits for a refresh under way, stores what is unsaved, and lets go of every file. */
  readonly close: () => Promise<void>
}

/**
 * Opens the pool in a home folder, creating its ledger if there is none.
 *
 * @example
 * await using pool = await openPool({ vault: "~/.hermes/auth.json" })
 * const { token } = await pool.getToken("openai-codex")
 */
export const openPool = async (options: PoolOptions = {}): Promise<Pool> => {
  const runtime = ManagedRuntime.make(
    layer(options).pipe(Layer.provideMerge(Otlp.layer(options.program ?? "daybook")), Layer.provideMerge(warnings))
  )
  const open = running(runtime)
  try {
    const pool = await runtime.runPromise(CredentialPool)
    const ledger = await runtime.runPromise(Ledger)
    const { check, close, closing, isOpen, run } = open
    const isTraced = await run(Spans.isTraced)
    const getToken = (provider: string, request?: GetTokenOptions): Promise<Token> => {
      const wanted = request === undefined ? undefined : redacted(request)
      const ready = isTraced || !isOpen() ? undefined : pool.ready(provider, wanted)
      return ready === undefined ? run(pool.getToken(provider, wanted)).then(shown) : shown(ready)
    }
    return {
      getToken,
      apiKey: (provider, request) => keyFunction((more) => getToken(provider, more), request),
      credentials: (provider, request) => accessTokenFunction((more) => getToken(provider, more), request),
      fetch: (provider, request) => poolFetch(open, provider, request),
      withCredential: (provider, use, request) => withCredential(open, provider, use, request),
      refresh: (credential) => run(pool.refresh(credential)).then(shown),
      report: async (provider, token, answer) => {
        check()
        return run(pool.report(provider, Redacted.make(token), await answerFrom(answer)))
      },
      explain: (provider, request) => run(pool.explain(provider, request)),
      status: () => run(pool.status),
      events: (from) => {
        check()
        const events = ledger.tail(firstEvent(from))
        return Stream.toAsyncIterable(Stream.interruptWhen(events, closing))
      },
      close,
      [Symbol.asyncDispose]: close
    }
  } catch (error) {
    await open.close()
    throw error
  }
}

const redacted = ({ failedToken, ...request }: GetTokenOptions) =>
  failedToken === undefined ? request : { ...request, failedToken: Redacted.make(failedToken) }

/** A token is often answered a thousand times: the answer is made once and frozen, with the promise of it. */
const answers = new WeakMap<HeldToken, Promise<Token>>()

const shown = (held: HeldToken): Promise<Token> => {
  const before = answers.get(held)
  if (before !== undefined) return before
  const answer = Promise.resolve(toToken(held))
  answers.set(held, answer)
  return answer
}

const toToken = ({ credential, expiresAt, label, provider, token }: HeldToken): Token =>
  Object.freeze({
    token: Redacted.value(token),
    provider,
    credential,
    ...(label === undefined ? {} : { label }),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) })
  })
