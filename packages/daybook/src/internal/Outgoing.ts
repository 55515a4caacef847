/**
 * A request as its caller gave it to `fetch`, and what must be known of it before a credential goes with it.
 */
import { carrying } from "@daybook/oauth/ApiRequest"
import type { Provider } from "@daybook/oauth/Provider"
import type { Token } from "@daybook/refresher/CredentialPool"
import { headersOf } from "./TokenHeaders.ts"

/** Taken down when it is called, as `fetch` does: its caller may go on with the same objects. */
export interface Outgoing {
  readonly input: string | Request
  readonly init: RequestInit
  readonly headers: Headers
  /** What sends it. */
  readonly bare: typeof fetch
  readonly url: URL
  readonly signal: AbortSignal | undefined
  /** Whether its body is there after it was sent. */
  readonly repeatable: boolean
}

/** Throws the `TypeError` of `fetch` if there is no URL in it. */
export const outgoing = (
  input: string | URL | Request,
  init: RequestInit | undefined,
  bare: typeof fetch
): Outgoing => {
  const request = input instanceof Request ? input : undefined
  const url = new URL(input instanceof Request ? input.url : input)
  return {
    input: request ?? url.href,
    init: { ...init },
    headers: new Headers(init?.headers ?? request?.headers),
    bare,
    url,
    signal: (init?.signal === undefined ? request?.signal : init.signal) ?? undefined,
    repeatable: isRepeatable(input, init)
  }
}

/** No redirect is followed: its address was not asked about, and the credential would go along. `ended` ends it too. */
export const send = (
  { bare, headers: own, init, input, signal }: Outgoing,
  provider: Provider,
  token: Token,
  ended: AbortSignal
): Promise<Response> => {
  const headers = carrying(own, provider, headersOf(provider, token))
  const until = signal === undefined ? ended : AbortSignal.any([signal, ended])
  return bare(input, { ...init, headers, redirect: "manual", signal: until })
}

const isRepeatable = (input: string | URL | Request, init: RequestInit | undefined): boolean => {
  const body: unknown = init?.body
  if (body === undefined || body === null) return !(input instanceof Request) || input.body === null
  return typeof body === "string" || kept.some((kind) => body instanceof kind) || ArrayBuffer.isView(body)
}

const kept = [ArrayBuffer, SharedArrayBuffer, URLSearchParams, Blob, FormData]

/** The model that a request asks for in its JSON or its form, if that can be seen without reading a stream. */
export const modelIn = ({ init }: Outgoing): string | undefined => {
  const body: unknown = init.body
  if (body instanceof FormData || body instanceof URLSearchParams) return textOf(body.get("model"))
  if (typeof body !== "string") return undefined
  const [, first] = /^\s*\{\s*"model"\s*:\s*"([^"\\]*)"/.exec(body) ?? []
  return first ?? (body.includes('"model"') ? memberOf(body) : undefined)
}

const memberOf = (body: string): string | undefined => {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === "object" && parsed !== null && "model" in parsed ? textOf(parsed.model) : undefined
  } catch {
    return undefined
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)
