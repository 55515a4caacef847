/**
 * One pool for many workers on this machine. They send their requests here and have no credentials of their own; the proxy
 * puts one in, hands both bodies on as they come, and ends a request upstream when its worker goes away.
 *
 *   node examples/proxy.ts [PORT] [ORIGIN]
 *   OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=unused node worker.ts
 *
 * Whoever reaches it uses the logins. So it listens on loopback only, and answers no web page that runs in a browser here.
 */
import { isDaybookError, openAiCodex, openPool, providerAt } from "daybook"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Readable } from "node:stream"
import { arrayBuffer } from "node:stream/consumers"
import { pipeline } from "node:stream/promises"

const [port = "8080", origin] = process.argv.slice(2)
const upstream = origin ?? "https://api.openai.com"

await using pool = await openPool(origin === undefined ? {} : { providers: [providerAt(openAiCodex, origin)] })
const send = pool.fetch("openai-codex")

const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  if (!isFromProgram(request)) return void response.writeHead(403).end("This proxy is for programs on this machine.\n")
  const gone = new AbortController()
  response.once("close", () => gone.abort())
  const { method = "GET", url = "/" } = request
  const answer = await send(new URL(url, upstream), {
    method,
    headers: handedOn(
      Object.entries(request.headers).flatMap(([name, value]) => (value ? [[name, String(value)]] : []))
    ),
    body: method === "GET" || method === "HEAD" ? null : await bodyOf(request),
    duplex: "half",
    signal: gone.signal
  })
  response.writeHead(answer.status, handedOn([...answer.headers]))
  await pipeline(answer.body === null ? [] : Readable.fromWeb(answer.body), response)
}

/** A browser says who asks, or at least that it is one; a page that gave this address another name has another host. */
const isFromProgram = ({ headers }: IncomingMessage): boolean =>
  headers.origin === undefined &&
  headers["sec-fetch-site"] === undefined &&
  /^(127\.0\.0\.1|localhost):\d+$/.test(headers.host ?? "")

/** A short body is read first: it can be sent again with another credential. A long one, or one of unknown length, cannot. */
const bodyOf = async (request: IncomingMessage): Promise<NonNullable<RequestInit["body"]>> =>
  Number(request.headers["content-length"] ?? Infinity) <= 1_000_000
    ? arrayBuffer(request)
    : (Readable.toWeb(request) as ReadableStream)

/** What concerns one connection is not for the next; lengths and encodings change on the way. */
const ofOneHop = new Set(
  `accept-encoding connection content-encoding content-length expect host keep-alive
   proxy-authorization proxy-connection te trailer transfer-encoding upgrade`.split(/\s+/)
)

const handedOn = (headers: ReadonlyArray<ReadonlyArray<string>>): Array<[string, string]> =>
  headers.flatMap(([name = "", value = ""]) => (ofOneHop.has(name) ? [] : [[name, value]]))

/** What no credential could mend comes from upstream as it is; this is for what never got there. */
const excuse = (error: unknown, response: ServerResponse): void => {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const type = isDaybookError(error) ? error._tag : "Unreachable"
  const message = error instanceof Error ? error.message : String(error)
  response
    .writeHead(type === "Unreachable" ? 502 : 503, { "content-type": "application/json", ...retryAfter(error) })
    .end(JSON.stringify({ error: { type, message } }))
}

const retryAfter = (error: unknown): Record<string, string> =>
  isDaybookError(error) && error._tag === "NoneAvailable" && error.until !== undefined
    ? { "retry-after": String(Math.max(1, Math.ceil((error.until - Date.now()) / 1000))) }
    : {}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => excuse(error, response))
})
server.listen(Number(port), "127.0.0.1")
await once(server, "listening")
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)

await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")])
server.close()
server.closeAllConnections()
