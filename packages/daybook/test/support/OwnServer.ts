/** A plain server on loopback for what the sandbox does not do: it answers as a test says, and remembers what came. */
import { Effect } from "effect"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export interface OwnServer {
  readonly origin: string
  readonly requests: ReadonlyArray<IncomingMessage["headers"]>
}

export const make = (answer: (response: ServerResponse, request: IncomingMessage) => void) =>
  Effect.acquireRelease(
    Effect.callback<OwnServer & { readonly close: () => void }>((resume) => {
      const requests: Array<IncomingMessage["headers"]> = []
      const server = createServer((request, response) => {
        requests.push(request.headers)
        answer(response, request)
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const close = () => {
          server.close()
          server.closeAllConnections()
        }
        resume(Effect.succeed({ origin: `http://127.0.0.1:${port}`, requests, close }))
      })
    }),
    (server) => Effect.sync(server.close)
  )
