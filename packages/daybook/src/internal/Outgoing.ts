/**
 * A request as its caller gave it to `fetch`, and what must be known of it before a credential goes with it.
 */
import { carrying } from "@daybook/oauth/ApiRequest"
import type { Provider } from "@daybook/oauth/Provider"
import type { Token } from "@daybook/refresher/CredentialPool"
import { headersOf } from "./TokenHeaders.ts"

export interface Outgoing {
  readonly input: string | URL | Request
  readonly init: RequestInit | undefined
  readonly url: URL
  readonly signal: AbortSignal | undefined
  /** Whether its body is there after it was sent. */
  readonly repeatable: boolean
}

/** Throws the `TypeError` of `fetch` if there is no URL in it. */
export const outgoing = (input: string | URL | Request, init: RequestInit | undefined): Outgoing => ({
  input,
  init,
  url: new URL(input instanceof Request ? input.url : input),
  signal: init?.signal ?? (input instanceof Request ? input.signal : undefined),
  repeatable: isRepeatable(input, init)
})

/** No redirect is followed: its address was not asked about, and the credential would go along. */
export const send = ({ init, input }: Outgoing, provider: Provider, token: Token): Promise<Response> => {
  const own = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
  const headers = carrying(own, provider, headersOf(provider, token))
  return fetch(input, { ...init, headers, redirect: "manual" })
}

const isRepeatable = (input: string | URL | Request, init: RequestInit | undefined): boolean => {
  const body: unknown = init?.body
  if (body === undefined || body === null) return !(input instanceof Request) || input.body === null
  return typeof body === "string" || kept.some((kind) => body instanceof kind) || ArrayBuffer.isView(body)
}

const kept = [ArrayBuffer, SharedArrayBuffer, URLSearchParams, Blob, FormData]

/** The model that a request asks for in its JSON or its form, if that can be seen without reading a stream. */
export const modelIn = ({ init }: Outgoing): string | undefined => {
  const body: unknown = init?.body
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
