/** A line between a browser and the command that is not to be trusted: it passes all on, unless a test does something to it. */
import { once } from "node:events"
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** Whether it takes care of an answer; `path` is what was asked for, below the page's own folder. */
export type Meddle = (path: string, answer: IncomingMessage, to: ServerResponse) => boolean

export interface Between {
  readonly address: string
  readonly end: () => Promise<void>
}

/** For the address that the command has printed. */
export const between = async (printed: string, meddle: Meddle): Promise<Between> => {
  const { host, port, pathname, search } = new URL(printed)
  const server = createServer((asked, response) => {
    const { origin: _origin, ...headers } = asked.headers
    const own = { host: "127.0.0.1", port, method: asked.method, path: asked.url, agent: false as const }
    const sent = request({ ...own, headers: { ...headers, host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on("error", () => response.destroy())
      if (!meddle(asked.url?.replace(/^\/[^/]*/, "") ?? "", answer, response)) answer.pipe(response)
    })
    sent.on("error", () => response.destroy())
    response.on("close", () => sent.destroy())
    sent.end()
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}${search}`,
    end: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    }
  }
}
