/**
 * Receives the answer of a login in a browser on this machine (RFC 8252 section 7.3). It serves one path, to one login,
 * and the first answer to that login is the only one that counts; whatever else comes by is turned away and waited out.
 */
import { Data, Deferred, Effect, type Scope } from "effect"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { AuthorizationRequest } from "./AuthorizationRequest.ts"
import { type AuthorizationResponse, responseIn } from "./AuthorizationResponse.ts"
import * as Page from "./internal/RedirectPage.ts"
import type { Redirect } from "./Provider.ts"

export type LoopbackRedirect = Extract<Redirect, { readonly kind: "loopback" }>

/** An answer to this login. */
export type TerminalResponse = Exclude<AuthorizationResponse, { readonly _tag: "NoAnswer" | "WrongState" }>

export interface RedirectListener {
  readonly redirectUri: string
  /** `ignored` is told, at once, of each answer to another login. Interruptible. */
  readonly response: (request: AuthorizationRequest, ignored?: Effect.Effect<void>) => Effect.Effect<TerminalResponse>
}

export class RedirectListenerError extends Data.TaggedError("RedirectListenerError")<{
  /** 0 if any would have done. */
  readonly port: number
  readonly reason: "PortInUse" | "Unavailable"
  readonly code: string
}> {
  override get message(): string {
    return this.reason === "PortInUse"
      ? `Port ${this.port} of this machine is in use, and this provider answers to no other. End the program that has it, or paste the answer by hand.`
      : `This machine lets nobody listen on port ${this.port} (${this.code}). Paste the answer by hand, or log in as a device.`
  }
}

interface Asked {
  readonly request: AuthorizationRequest
  readonly answer: Deferred.Deferred<TerminalResponse>
  readonly ignored: () => void
}

/** Listens until the scope ends. Before `response` is asked for, nobody is expected, and everybody is turned away. */
export const listen = Effect.fnUntraced(function* (
  redirect: LoopbackRedirect
): Effect.fn.Return<RedirectListener, RedirectListenerError, Scope.Scope> {
  const desk: { asked?: Asked } = {}
  const serve = (request: IncomingMessage, response: ServerResponse) => receive(redirect, desk, request, response)
  const server = yield* open(serve, redirect.port ?? 0, "127.0.0.1")
  const { port } = server.address() as AddressInfo
  if (redirect.host === "localhost") yield* alsoOnIPv6(serve, port)
  return {
    redirectUri: `http://${redirect.host}:${port}${redirect.path}`,
    response: Effect.fnUntraced(function* (request, ignored = Effect.void) {
      const context = yield* Effect.context<never>()
      const answer = yield* Deferred.make<TerminalResponse>()
      desk.asked = { request, answer, ignored: () => void Effect.runForkWith(context)(ignored) }
      return yield* Deferred.await(answer)
    })
  }
})

type Serve = (request: IncomingMessage, response: ServerResponse) => void

/** A browser may take `localhost` for ::1; a program that listens there would get the answer in our place. */
const alsoOnIPv6 = (serve: Serve, port: number): Effect.Effect<void, RedirectListenerError, Scope.Scope> =>
  open(serve, port, "::1").pipe(
    Effect.asVoid,
    Effect.catch((error) => (error.reason === "PortInUse" ? Effect.fail(error) : Effect.void))
  )

/** A connection on which nobody says anything is dropped after a few seconds. */
const patience = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000 }

const open = (serve: Serve, port: number, host: string): Effect.Effect<Server, RedirectListenerError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Server, RedirectListenerError>((resume) => {
      const server = createServer({ ...patience, maxHeaderSize: 65_536 }, serve)
      server.once("error", (error: NodeJS.ErrnoException) => resume(Effect.fail(failure(port, error))))
      server.listen({ port, host, exclusive: true }, () => resume(Effect.succeed(server)))
    }),
    close
  )

const failure = (port: number, { code = "unknown" }: NodeJS.ErrnoException): RedirectListenerError =>
  new RedirectListenerError({ port, reason: code === "EADDRINUSE" ? "PortInUse" : "Unavailable", code })

/** A page that is on its way may still arrive; nobody is waited for longer than this. */
const lastMillis = 500

const close = (server: Server): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const late = setTimeout(() => server.closeAllConnections(), lastMillis)
    server.close(() => {
      clearTimeout(late)
      resume(Effect.void)
    })
    server.closeIdleConnections()
  })

const receive = (
  redirect: LoopbackRedirect,
  desk: { asked?: Asked },
  request: IncomingMessage,
  response: ServerResponse
): void => {
  const cors = corsFor(redirect, request)
  const say = (status: number, page: string) => void response.writeHead(status, { ...Page.headers, ...cors }).end(page)
  const url = URL.parse(request.url ?? "", "http://loopback")
  if (url === null || !isForUs(request)) return say(400, Page.foreign)
  if (url.pathname !== redirect.path) return say(404, Page.foreign)
  if (request.method === "OPTIONS") return void response.writeHead(204, { ...Page.headers, ...cors }).end()
  if (request.method !== "GET") return say(405, Page.foreign)
  return answer(desk, url.searchParams, say)
}

const answer = (desk: { asked?: Asked }, query: URLSearchParams, say: (status: number, page: string) => void): void => {
  const { asked } = desk
  if (asked === undefined) return say(400, Page.foreign)
  const found = responseIn(asked.request, query)
  if (found._tag === "NoAnswer") return say(400, Page.foreign)
  if (found._tag === "WrongState") {
    asked.ignored()
    return say(400, Page.foreign)
  }
  if (!Deferred.doneUnsafe(asked.answer, Effect.succeed(found))) return say(400, Page.foreign)
  return found._tag === "Code" ? say(200, Page.received) : say(200, Page.refused)
}

/** A page elsewhere that has its own name point to this machine is no redirect of ours. */
const isForUs = ({ headers, socket }: IncomingMessage): boolean =>
  ["127.0.0.1", "localhost", "[::1]"].some((host) => headers.host === `${host}:${socket.localPort}`)

/** For pages that the provider's definition names, and no others. */
const corsFor = ({ origins = [] }: LoopbackRedirect, { headers }: IncomingMessage): Record<string, string> =>
  headers.origin === undefined || !origins.includes(headers.origin)
    ? {}
    : {
        "access-control-allow-origin": headers.origin,
        "access-control-allow-methods": "GET",
        "access-control-allow-private-network": "true",
        vary: "origin"
      }
