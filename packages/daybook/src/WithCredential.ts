/**
 * A credential lent to a function that makes its own request, and another one if the function says that the API refused
 * the first.
 */
import type { Provider } from "@daybook/oauth/Provider"
import { Providers } from "@daybook/oauth/Providers"
import type { ApiVerdict } from "@daybook/pool/Verdict"
import type { Token } from "@daybook/refresher/CredentialPool"
import { type Attempted, CredentialUse, type UseOptions } from "@daybook/refresher/CredentialUse"
import type { ApiAnswer } from "@daybook/refresher/ReportAnswer"
import { Effect, Redacted } from "effect"
import { withAttempts } from "./internal/Attempts.ts"
import { answerFrom } from "./internal/Incoming.ts"
import { headersOf } from "./internal/TokenHeaders.ts"
import type { Running } from "./internal/Running.ts"

export interface Credential {
  readonly id: string
  readonly label?: string
  readonly provider: string
  /** The access token or API key, in clear. */
  readonly token: string
  /** What a request to the provider's API carries, the token included. Send it to the provider's own origins only. */
  readonly headers: Readonly<Record<string, string>>
  readonly expiresAt?: Date
}

/** Tells the pool what the API answered; of a response only the beginning of a refusal is read, and from a copy. */
export type Report = (answer: Response | ApiAnswer) => Promise<ApiVerdict | undefined>

export type WithCredentialOptions = Omit<UseOptions, "repeatable"> & {
  /** Ends the waiting for a credential, and the calls. */
  readonly signal?: AbortSignal
}

/** What the function came to. */
type Outcome<A> = { readonly value: A } | { readonly thrown: unknown }

export const withCredential = async <A>(
  running: Running<CredentialUse | Providers>,
  id: string,
  use: (credential: Credential, report: Report) => Promise<A>,
  given: WithCredentialOptions = {}
): Promise<A> => {
  const { signal, ...options } = withAttempts(given)
  const lend = Effect.gen(function* () {
    const uses = yield* CredentialUse
    const provider = (yield* Providers).orKeysOnly(id)
    return yield* uses.use(id, options, (token) =>
      Effect.promise(async (): Promise<Attempted<Outcome<A>>> => {
        const reports: Array<ReturnType<Report>> = []
        const report: Report = (answer) => {
          const told = answerFrom(answer, options.model).then((plain) => running.run(uses.report(token, plain)))
          told.catch(() => {}) // whoever waits for it is told all the same
          reports.push(told)
          return told
        }
        const value = await outcomeOf(() => use(lent(token, provider), report))
        const said = await lastOf(reports)
        return { value, verdict: "thrown" in value ? said : undefined }
      })
    )
  })
  const outcome = await running.run(lend, signal)
  if ("thrown" in outcome) throw outcome.thrown
  return outcome.value
}

const outcomeOf = async <A>(use: () => Promise<A>): Promise<Outcome<A>> => {
  try {
    return { value: await use() }
  } catch (thrown) {
    return { thrown }
  }
}

/** `use` need not wait for what it reports. */
const lastOf = async (reports: ReadonlyArray<ReturnType<Report>>): Promise<ApiVerdict | undefined> => {
  const last = (await Promise.allSettled(reports)).at(-1)
  return last?.status === "fulfilled" ? last.value : undefined
}

const lent = (token: Token, provider: Provider): Credential => ({
  id: token.credential,
  ...(token.label === undefined ? {} : { label: token.label }),
  provider: token.provider,
  token: Redacted.value(token.token),
  headers: headersOf(provider, token),
  ...(token.expiresAt === undefined ? {} : { expiresAt: new Date(token.expiresAt) })
})
