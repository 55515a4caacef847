/**
 * Plain clients of the sandbox, as a program under test would be: `fetch`, and node:http where the socket itself
 * matters.
 */
import { Effect, Schema } from "effect"
import { type ClientRequest, type IncomingMessage, request } from "node:http"

const Members = Schema.Record(Schema.String, Schema.Unknown)

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON members; empty if it is something else. */
  readonly body: Readonly<Record<string, unknown>>
}

const read = async (response: Response): Promise<Reply> => {
  const text = await response.text()
  const body = response.headers.get("content-type")?.startsWith("application/json")
    ? Schema.decodeUnknownSync(Schema.fromJsonString(Members))(text)
    : {}
  return { status: response.status, headers: response.headers, text, body }
}

export const send = (url: string, init: RequestInit): Effect.Effect<Reply, { readonly _tag: "Broken" }> =>
  Effect.tryPromise({
    try: async (signal) => read(await fetch(url, { redirect: "manual", ...init, signal })),
    catch: () => ({ _tag: "Broken" as const })
  })

const form = "application/x-www-form-urlencoded"

type Texts = Readonly<Record<string, string>>

export const postForm = (url: string, parameters: Texts, headers: Texts = {}) =>
  send(url, {
    method: "POST",
    headers: { "content-type": form, ...headers },
    body: new URLSearchParams(parameters).toString()
  })

export const postJson = (url: string, body: unknown, headers: Texts = {}) =>
  send(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body)
  })

/** A refresh with a form body. */
export const refresh = (origin: string, refresh_token: string, more: Texts = {}) =>
  postForm(
    `${origin}/oauth/token`,
    { grant_type: "refresh_token", refresh_token, ...more },
    { "x-sandbox-client": "test" }
  )

export const refreshJson = (origin: string, body: unknown) => postJson(`${origin}/oauth/token`, body)

export const revoke = (origin: string, token: string) => postForm(`${origin}/oauth/revoke`, { token })

export const callApi = (origin: string, token: string) =>
  postJson(`${origin}/v1/responses`, { model: "gpt-x", input: "hi" }, { authorization: `Bearer ${token}` })

export const get = (url: string, token: string) => send(url, { headers: { authorization: `Bearer ${token}` } })

/** Sends a refresh on its own socket and waits for nothing; destroying it is what a killed process looks like. */
export const postRaw = (origin: string, refreshToken: string): ClientRequest => {
  const client = request(`${origin}/oauth/token`, { method: "POST", agent: false, headers: { "content-type": form } })
  client.on("error", () => {})
  client.end(new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken }).toString())
  return client
}

/** The headers of the answer to a raw request, its body still unread. */
export const responseOf = (client: ClientRequest): Effect.Effect<IncomingMessage> =>
  Effect.callback((resume) => {
    client.once("response", (response) => resume(Effect.succeed(response)))
  })

/** The first bytes of a body. */
export const firstBytes = (response: IncomingMessage): Effect.Effect<string> =>
  Effect.callback((resume) => {
    response.on("error", () => {})
    response.once("data", (bytes: Buffer) => resume(Effect.succeed(bytes.toString())))
  })

/** A member of a reply that must be text. */
export const textOf = (reply: Reply, name: string): string => Schema.decodeUnknownSync(Schema.String)(reply.body[name])
