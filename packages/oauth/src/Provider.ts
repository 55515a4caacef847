/**
 * A provider as a declaration: where its token endpoint is, how it is spoken to, where its tokens may go,
 * what its answers mean beyond the common rules. Everything that acts on a provider reads it from here.
 */
import { Data } from "effect"
import type { Instant } from "@daybook/pool/Instant"
import type { ReplayPolicy } from "@daybook/pool/ReplayPolicy"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { describeTokens } from "./internal/Describe.ts"
import { defined } from "./internal/Defined.ts"
import { isConfidential } from "./internal/Loopback.ts"
import type { Rule } from "./Rule.ts"

/** What tokens say about themselves, unverified and in clear: fingerprint `subject` and `email` before recording. */
export interface Description {
  readonly expiresAt?: Instant
  readonly issuedAt?: Instant
  /** The provider's stable name of the account. */
  readonly subject?: string
  readonly email?: string
  /** When the whole grant ends, whatever is refreshed. */
  readonly deadline?: Instant
}

export interface Provider {
  readonly id: string
  readonly name: string
  /** RFC 6749 section 3.2. */
  readonly tokenEndpoint: string
  /** How the body of a token request is written. */
  readonly encoding: "form" | "json"
  readonly clientId?: string
  readonly scope?: string
  /** Sent with every token request. */
  readonly headers?: Readonly<Record<string, string>>
  /** The only origins its access tokens may be sent to. Callers check with `mayReceiveTokens`; nothing else does. */
  readonly apiOrigins: ReadonlyArray<string>
  /** When a refresh token whose answer was lost may be sent once more. */
  readonly replay: ReplayPolicy
  /** How long before its end an access token counts as ended. */
  readonly skewMillis: number
  /** Tried before the common rules. */
  readonly rules: ReadonlyArray<Rule>
  readonly describe: (tokens: TokenSet, now: Instant) => Description
  /** What a person does to log in again, as a sentence. */
  readonly relogin: string
  /** What a model API wants beside the token. */
  readonly apiHeaders?: (tokens: TokenSet) => Record<string, string>
}

export type ProviderOptions = Pick<Provider, "id" | "tokenEndpoint"> & Partial<Provider>

/** A definition that would put tokens at risk, or that nothing could be recorded under. */
export class InvalidProvider extends Data.TaggedError("InvalidProvider")<{
  readonly provider: string
  readonly field: "id" | "tokenEndpoint" | "apiOrigins"
  readonly reason: "Blank" | "Malformed" | "Insecure"
  readonly value: string
}> {
  override get message(): string {
    return `Provider "${this.provider}": ${this.field} "${this.value}" ${advice[this.reason]}`
  }
}

const advice = {
  Blank: "is blank. Name it.",
  Malformed: "is malformed. Ids use up to 64 of A-Z a-z 0-9 _ . : - and addresses are absolute URLs.",
  Insecure: "would send tokens in clear. Use https (http only on loopback), without user name or fragment."
} as const

const checkedUrl = (provider: string, field: "tokenEndpoint" | "apiOrigins", value: string): URL => {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined) throw new InvalidProvider({ provider, field, reason: "Malformed", value })
  if (!isConfidential(url) || url.username !== "" || url.password !== "" || url.hash !== "") {
    throw new InvalidProvider({ provider, field, reason: "Insecure", value: url.origin })
  }
  return url
}

const checkedId = (id: string): string => {
  if (id.trim() === "") throw new InvalidProvider({ provider: id, field: "id", reason: "Blank", value: id })
  if (!/^[A-Za-z0-9_.:-]{1,64}$/.test(id)) {
    throw new InvalidProvider({ provider: id, field: "id", reason: "Malformed", value: id })
  }
  return id
}

/**
 * Fills what is not said with what RFC 6749 suggests: a form-encoded body, expiry as announced, replay only after
 * expiry. A bad definition is a mistake of the program that writes it, so it throws.
 * @throws InvalidProvider
 */
export const defineProvider = (options: ProviderOptions): Provider => {
  const id = checkedId(options.id)
  const name = options.name ?? id
  return {
    encoding: "form",
    replay: { _tag: "afterExpiry" },
    skewMillis: 120_000,
    rules: [],
    describe: describeTokens,
    relogin: `Log in to ${name} again.`,
    ...defined(options),
    id,
    name,
    tokenEndpoint: checkedUrl(id, "tokenEndpoint", options.tokenEndpoint).href,
    apiOrigins: (options.apiOrigins ?? []).map((origin) => checkedUrl(id, "apiOrigins", origin).origin)
  }
}

/** Whether an access token of this provider may be sent to `url`. Ask before each request, and after no redirect. */
export const mayReceiveTokens = (provider: Provider, url: string | URL): boolean => {
  const target = URL.canParse(String(url)) ? new URL(url) : undefined
  return target !== undefined && isConfidential(target) && provider.apiOrigins.includes(target.origin)
}
