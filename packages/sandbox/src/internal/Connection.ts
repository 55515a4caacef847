/**
 * One HTTP request with the socket under it, seen so that a client's departure is noticed before the next step is
 * taken.
 */
import { Data, Deferred, Effect } from "effect"
import { type IncomingMessage, type ServerResponse } from "node:http"
import { buffer } from "node:stream/consumers"
import { type Answer } from "./Answer.ts"

/** The client closed its side, or the socket broke. */
export class Gone extends Data.TaggedError("Gone") {}

export interface Connection {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  readonly departure: Deferred.Deferred<never, Gone>
}

export const make = (request: IncomingMessage, response: ServerResponse): Connection => {
  const departure = Deferred.makeUnsafe<never, Gone>()
  const leave = () => {
    Deferred.doneUnsafe(departure, Effect.fail(new Gone()))
  }
  request.socket.once("end", leave)
  response.once("close", () => {
    request.socket.off("end", leave)
    if (!response.writableFinished) leave()
  })
  return { request, response, path: (request.url ?? "/").replace(/\?.*$/, ""), departure }
}

export const header = (connection: Connection, name: string): string | null => {
  const value = connection.request.headers[name]
  return typeof value === "string" ? value : null
}

/** The sandbox's own origin, which this request was sent to. */
export const origin = ({ request }: Connection): string => `http://127.0.0.1:${request.socket.localPort}`

/** The bearer token of RFC 6750 section 2.1. */
export const bearer = (connection: Connection): string | null =>
  /^bearer +(\S+)$/i.exec(header(connection, "authorization") ?? "")?.[1] ?? null

/** Where a model API looks for a credential: a bearer token, or an API key by itself. */
export const credential = (connection: Connection): { readonly token: string; readonly header: string } | null => {
  const token = bearer(connection)
  if (token !== null) return { token, header: "authorization" }
  const name = keyHeaders.find((name) => header(connection, name) !== null)
  return name === undefined ? null : { token: header(connection, name) ?? "", header: name }
}

const keyHeaders = ["x-api-key", "x-goog-api-key"]

export const isGone = (connection: Connection): boolean => Deferred.isDoneUnsafe(connection.departure)

/** Runs the effect, but not longer than the client stays. */
export const whileThere = <A, E>(connection: Connection, effect: Effect.Effect<A, E>): Effect.Effect<A, E | Gone> =>
  Effect.raceFirst(effect, Deferred.await(connection.departure))

/** The body as UTF-8, a byte order mark included. */
export const readBody = (connection: Connection): Effect.Effect<string, Gone> =>
  whileThere(
    connection,
    Effect.tryPromise({ try: async () => (await buffer(connection.request)).toString(), catch: () => new Gone() })
  )

const turn = Effect.callback<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/**
 * Lets the event loop deliver what the kernel already knows: a client that died before a test said "go on" is then seen
 * as gone, even if both pieces of news arrive in one poll.
 */
export const lookAgain = (connection: Connection): Effect.Effect<void, Gone> =>
  Effect.andThen(
    Effect.repeat(turn, { times: 1 }),
    Effect.suspend(() => (isGone(connection) ? Effect.fail(new Gone()) : Effect.void))
  )

const write = (connection: Connection, bytes: Buffer): Effect.Effect<void, Gone> =>
  bytes.length === 0
    ? Effect.void
    : whileThere(
        connection,
        Effect.callback<void, Gone>((resume) => {
          connection.response.write(bytes, (error) => resume(error ? Effect.fail(new Gone()) : Effect.void))
        })
      )

const finish = (connection: Connection, onFlushed: () => void): Effect.Effect<void, Gone> =>
  whileThere(
    connection,
    Effect.callback<void>((resume) => {
      connection.response.once("finish", () => {
        if (!isGone(connection)) onFlushed()
        resume(Effect.void)
      })
      connection.response.end()
    })
  )

/** What happens between the pieces of an answer. */
export interface Pauses {
  readonly afterHeaders: Effect.Effect<void, Gone>
  readonly midBody: Effect.Effect<void, Gone>
  /** Called, synchronously, once the operating system has taken the last byte. */
  readonly onFlushed: () => void
}

const noPauses: Pauses = { afterHeaders: Effect.void, midBody: Effect.void, onFlushed: () => {} }

/** Delivers an answer as its `ending` says. */
export const send = Effect.fnUntraced(function* (
  connection: Connection,
  answer: Answer,
  pauses: Pauses = noPauses
): Effect.fn.Return<"answered" | "cut" | "reset", Gone> {
  const { request, response } = connection
  if (isGone(connection)) return yield* new Gone()
  if (answer.ending === "reset") {
    request.socket.resetAndDestroy()
    return "reset"
  }
  const bytes = Buffer.from(answer.body)
  const middle = Math.floor(bytes.length / 2)
  const length = answer.framing === "length" ? { "content-length": bytes.length } : {}
  response.writeHead(answer.status, { ...answer.headers, ...length })
  response.flushHeaders()
  yield* pauses.afterHeaders
  yield* write(connection, bytes.subarray(0, middle))
  yield* pauses.midBody
  if (answer.ending === "cut") {
    request.socket.destroy()
    return "cut"
  }
  yield* write(connection, bytes.subarray(middle))
  yield* finish(connection, pauses.onFlushed)
  return "answered"
})
