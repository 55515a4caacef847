/**
 * One request on a connection of its own, written at most once: a plain Undici agent repeats nothing that it has
 * written, follows no redirect, and is told not to speak HTTP/2, where a server may ask for a request again.
 */
import { Cause, Effect, Option, type Scope, Stream } from "effect"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientError } from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { type Answer, maxBodyLength, unread } from "../ParseAnswer.ts"

/** `left: false`: the connection never opened, so not a byte of the request was written. */
export interface Fault {
  readonly fault: string
  readonly left: boolean
  readonly status?: number
}

export type Exchange = { readonly _tag: "Answered"; readonly answer: Answer } | ({ readonly _tag: "Fault" } & Fault)

const connectMillis = 10_000

const dispatcher = (limitMillis: number) =>
  NodeHttpClient.makeDispatcherOptions({
    connections: 1,
    pipelining: 0,
    allowH2: false,
    connect: { timeout: Math.max(1, Math.min(connectMillis, limitMillis)) }
  })

/** The transport's own code, however deep it was wrapped. */
const codeOf = (error: unknown): string => {
  for (let cause = error, depth = 0; typeof cause === "object" && cause !== null && depth < 8; depth++) {
    if ("code" in cause && typeof cause.code === "string") return cause.code
    cause = "reason" in cause ? cause.reason : "cause" in cause ? cause.cause : undefined
  }
  return "transport"
}

interface Collected {
  readonly chunks: Array<Uint8Array>
  length: number
}

const readText = (response: HttpClientResponse): Effect.Effect<string, "unread" | "body-cut"> =>
  Number(response.headers["content-length"]) > maxBodyLength
    ? Effect.fail("unread")
    : response.stream.pipe(
        Stream.mapError(() => "body-cut" as const),
        Stream.runFoldEffect(
          (): Collected => ({ chunks: [], length: 0 }),
          (read, chunk) => {
            read.chunks.push(chunk)
            read.length += chunk.length
            return read.length > maxBodyLength ? Effect.fail("unread" as const) : Effect.succeed(read)
          }
        ),
        Effect.map((read) => new TextDecoder().decode(Buffer.concat(read.chunks)))
      )

const answerOf = (response: HttpClientResponse): Effect.Effect<Exchange> => {
  const { headers, status } = response
  return readText(response).pipe(
    Effect.match({
      onSuccess: (body) => ({ _tag: "Answered", answer: { status, headers, body } }),
      onFailure: (why) =>
        why === "unread"
          ? { _tag: "Answered", answer: { status, headers, body: unread } }
          : { _tag: "Fault", fault: why, left: true, status }
    })
  )
}

/** Without a span of its own a request gets no trace headers, and its headers get into no span. */
const untraced = Effect.provideService(HttpClient.TracerDisabledWhen, () => true)

const send = (
  request: HttpClientRequest,
  limitMillis: number,
  opened: () => void
): Effect.Effect<Exchange, HttpClientError, Scope.Scope> =>
  Effect.gen(function* () {
    const connection = yield* dispatcher(limitMillis)
    connection.on("connect", opened)
    const client = yield* Effect.provideService(NodeHttpClient.makeUndici, NodeHttpClient.Dispatcher, connection)
    return yield* Effect.flatMap(client.execute(request), answerOf)
  })

/**
 * Sends `request` once and waits at most `limitMillis` for the whole answer. An interrupt of the caller does not
 * abort what was sent.
 */
export const sendOnce = Effect.fnUntraced(function* (
  request: HttpClientRequest,
  limitMillis: number
): Effect.fn.Return<Exchange> {
  let left = false
  const opened = () => {
    left = true
  }
  const exchange = Effect.scoped(send(request, limitMillis, opened)).pipe(
    untraced,
    Effect.catchCause((cause) =>
      Effect.sync((): Exchange => ({ _tag: "Fault", fault: codeOf(Cause.squash(cause)), left }))
    )
  )
  const outcome = yield* Effect.uninterruptible(Effect.timeoutOption(Effect.interruptible(exchange), limitMillis))
  return Option.getOrElse(outcome, (): Exchange => ({ _tag: "Fault", fault: "timeout", left }))
})
