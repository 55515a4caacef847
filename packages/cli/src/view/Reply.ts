/** Answers over HTTP, all with the same strict headers: a page that runs only what came with it, and asks only us. */
import { scriptPolicy } from "@daybook/viewer/Wire"
import { Effect } from "effect"
import type { OutgoingHttpHeaders, ServerResponse } from "node:http"

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  `trusted-types ${scriptPolicy}`
].join("; ")

const strict: OutgoingHttpHeaders = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cache-control": "no-store"
}

export const types = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  script: "text/javascript; charset=utf-8",
  json: "application/json",
  text: "text/plain; charset=utf-8",
  events: "text/event-stream"
} as const

export type Type = (typeof types)[keyof typeof types]

export interface Answer {
  readonly status: number
  readonly type: Type
  readonly body: string | Uint8Array
  readonly headers?: OutgoingHttpHeaders
}

/** A sentence that says what is wrong. */
export const sentence = (status: number, body: string, headers: OutgoingHttpHeaders = {}): Answer => ({
  status,
  type: types.text,
  body: `${body}\n`,
  headers
})

export const send = (response: ServerResponse, { body, headers, status, type }: Answer): Effect.Effect<void> =>
  Effect.sync(() => {
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.length
    response.writeHead(status, { ...strict, ...headers, "content-type": type, "content-length": length }).end(body)
  })

/** Piece by piece: whoever writes waits until the connection takes more, and for ever if it is gone. */
export type Write = (text: string) => Effect.Effect<void>

export const begin = (response: ServerResponse, type: Type): Effect.Effect<Write> =>
  Effect.sync(() => {
    response.writeHead(200, { ...strict, "content-type": type })
    response.flushHeaders()
    return (text) =>
      Effect.callback<void>((resume) => {
        if (response.write(text)) return resume(Effect.void)
        const go = () => resume(Effect.void)
        response.once("drain", go)
        return Effect.sync(() => response.off("drain", go))
      })
  })
