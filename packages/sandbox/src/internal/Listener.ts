/** A node:http server on 127.0.0.1 that lives as long as its scope and runs one effect for each request. */
import { Effect, FiberSet, Predicate, type Scope } from "effect"
import { createServer, type Server } from "node:http"
import { ListenFailed, PortInUse, SandboxError } from "../SandboxError.ts"
import * as Connection from "./Connection.ts"

export type Handler = (connection: Connection.Connection) => Effect.Effect<void, Connection.Gone>

const refused = (port: number, cause: unknown) =>
  new SandboxError({
    reason:
      Predicate.hasProperty(cause, "code") && cause.code === "EADDRINUSE"
        ? new PortInUse({ port })
        : new ListenFailed({ port, cause })
  })

const open = (server: Server, port: number): Effect.Effect<Server, SandboxError> =>
  Effect.callback((resume) => {
    server.once("error", (cause) => resume(Effect.fail(refused(port, cause))))
    server.listen({ port, host: "127.0.0.1" }, () => resume(Effect.succeed(server)))
  })

const close = (server: Server): Effect.Effect<void> =>
  Effect.callback((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })

/** Starts a server and answers its origin. A handler that breaks has its connection destroyed and the defect logged. */
export const listen = Effect.fnUntraced(function* (
  port: number,
  handler: Handler
): Effect.fn.Return<string, SandboxError, Scope.Scope> {
  const fork = yield* FiberSet.makeRuntime()
  const server = createServer((request, response) => {
    fork(
      handler(Connection.make(request, response)).pipe(
        Effect.catchTag("Gone", () => Effect.void),
        Effect.catchDefect((defect) =>
          Effect.andThen(
            Effect.logError("The sandbox failed at a request", defect),
            Effect.sync(() => response.destroy())
          )
        )
      )
    )
  })
  yield* Effect.acquireRelease(open(server, port), close)
  const address = server.address()
  const bound = address !== null && typeof address === "object" ? address.port : port
  return `http://127.0.0.1:${bound}`
})
