/** A server on 127.0.0.1 that lives as long as its scope, and runs one effect for each request for as long as somebody waits for it. */
import { Effect, FiberSet, type Scope } from "effect"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { exitCodes } from "../ExitCode.ts"
import { Stop } from "../Stop.ts"

const address = "127.0.0.1"

/** As browsers write it in an address and in `Host`: they leave out the port that every address has. */
export const hostAt = (port: number): string => new URL(`http://${address}:${port}`).host

export type Serve = (request: IncomingMessage, response: ServerResponse) => Effect.Effect<void>

/** A connection on which nobody says anything is dropped after a few seconds. */
const patience = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000 }

export interface Listener {
  readonly port: number
  /** Requests are answered from now on. */
  readonly serve: (serve: Serve) => void
}

/** Port 0 stands for a free one. */
export const listen = Effect.fnUntraced(function* (wanted: number): Effect.fn.Return<Listener, Stop, Scope.Scope> {
  const server = createServer({ ...patience, maxHeaderSize: 65_536 })
  yield* Effect.acquireRelease(open(server, wanted), close)
  const fork = yield* FiberSet.makeRuntime()
  const { port } = server.address() as AddressInfo
  return {
    port,
    serve: (serve) =>
      void server.on("request", (request: IncomingMessage, response: ServerResponse) => {
        response.on("error", () => {}) // whoever asked has gone, which is told by its closing
        const fiber = fork(Effect.catchDefect(serve(request, response), broken(response)))
        response.once("close", () => fiber.interruptUnsafe())
      })
  }
})

/** Whoever has got half of an answer is not to take it for the whole. */
const broken = (response: ServerResponse) => (defect: unknown) =>
  Effect.andThen(
    Effect.logError("The page asked for something and Daybook failed at it", defect),
    Effect.sync(() => response.destroy())
  )

const open = (server: Server, port: number): Effect.Effect<Server, Stop> =>
  Effect.callback((resume) => {
    server.once("error", (error: NodeJS.ErrnoException) => resume(Effect.fail(notOpen(port, error))))
    server.listen({ port, host: address, exclusive: true }, () => resume(Effect.succeed(server)))
  })

const notOpen = (port: number, { code = "unknown" }: NodeJS.ErrnoException): Stop =>
  new Stop({
    exitCode: exitCodes.error,
    message:
      code === "EADDRINUSE"
        ? `Port ${port} of this machine is in use. Name another with --port, or leave it out: a free one is found.`
        : `This machine lets nobody listen on port ${port} (${code}). Name another with --port, or leave it out.`
  })

/** Followers stay until they are sent away. */
const close = (server: Server): Effect.Effect<void> =>
  Effect.callback((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })
