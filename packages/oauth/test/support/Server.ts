/** A loopback server that remembers what reached it: connections, requests, and how each of them ended. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer, type Socket } from "node:net"
import { Effect, type Scope } from "effect"

export interface Seen {
  readonly method: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

export interface TestServer {
  readonly origin: string
  readonly port: number
  readonly connections: () => number
  readonly requests: ReadonlyArray<Seen>
  /** Answers that the client took to the end. */
  readonly finished: () => number
}

const listen = <S extends TcpServer>(server: S): Effect.Effect<S, never, Scope.Scope> => {
  const sockets = new Set<Socket>()
  server.on("connection", (socket: Socket) => sockets.add(socket))
  return Effect.acquireRelease(
    Effect.callback<S>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      })
  )
}

const portOf = (server: TcpServer): number => (server.address() as AddressInfo).port

/** `answer` is called once the whole request was read. */
export const httpServer = Effect.fnUntraced(function* (
  answer: (response: ServerResponse, seen: Seen) => void
): Effect.fn.Return<TestServer, never, Scope.Scope> {
  const requests: Array<Seen> = []
  let connections = 0
  let finished = 0
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const seen = { method: request.method ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() }
      requests.push(seen)
      response.on("finish", () => (finished += 1))
      answer(response, seen)
    })
  })
  server.on("connection", () => (connections += 1))
  const port = portOf(yield* listen(server))
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    connections: () => connections,
    requests,
    finished: () => finished
  }
})

/** Accepts connections and does with them what `onConnection` says. */
export const tcpServer = Effect.fnUntraced(function* (
  onConnection: (socket: Socket) => void
): Effect.fn.Return<number, never, Scope.Scope> {
  return portOf(yield* listen(createTcpServer(onConnection)))
})

export const answerJson =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body))
  }

/** A port of this machine on which nobody listens. */
export const freePort = Effect.scoped(tcpServer((socket) => socket.destroy()))
