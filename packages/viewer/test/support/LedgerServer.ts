/**
 * A ledger over HTTP on loopback, as the page asks for it. It can grow, skip what it should tell,
 * break off in the midst of it, end and begin again.
 */
import { fold } from "@daybook/pool/Evolve"
import * as StateSnapshot from "@daybook/pool/StateSnapshot"
import { eventIn } from "@daybook/viewer/model/Lines"
import { paths } from "@daybook/viewer/Wire"
import { once } from "node:events"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { aboutOf } from "./Read.ts"

export class LedgerServer {
  readonly lines: Array<string>
  /** Paths that were asked, in order. */
  readonly asked: Array<string> = []
  readonly #live = new Set<ServerResponse>()
  #server: Server | undefined
  #torn: "broken off" | "ended" | undefined
  #port = 0

  constructor(lines: ReadonlyArray<string>) {
    this.lines = [...lines]
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async begin(): Promise<this> {
    this.#server = createServer((request, response) => this.#answer(request, response))
    this.#server.listen(this.#port, "127.0.0.1")
    await once(this.#server, "listening")
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  async end(): Promise<void> {
    this.#server?.closeAllConnections()
    this.#server?.close()
    await (this.#server === undefined ? undefined : once(this.#server, "close"))
    this.#server = undefined
  }

  append(lines: ReadonlyArray<string>): void {
    const after = this.lines.length
    this.lines.push(...lines)
    for (const response of this.#live) response.write(this.#appended(after))
  }

  /** Sends what was sent before, as a server may that knows no better. */
  repeat(after: number): void {
    for (const response of this.#live) response.write(this.#appended(after))
  }

  /** Writes the first half of what was appended, in the midst of a line, and breaks off. */
  tear(lines: ReadonlyArray<string>): void {
    const after = this.lines.length
    this.lines.push(...lines)
    for (const response of this.#live) {
      const text = this.#appended(after)
      response.write(text.slice(0, text.length / 2), () => response.destroy())
    }
  }

  /** The next answer with lines ends in the midst of one: broken off, or as if that were all. */
  tearLines(how: "broken off" | "ended"): void {
    this.#torn = how
  }

  breakOff(): void {
    for (const response of this.#live) response.destroy()
  }

  damage(why: string): void {
    for (const response of this.#live) response.write(`event: damage\ndata: ${why}\n\n`)
  }

  #appended(after: number): string {
    return `event: lines\n${this.lines
      .slice(after)
      .map((line) => `data: ${line}\n`)
      .join("")}\n`
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams: query } = new URL(request.url ?? "", this.origin)
    this.asked.push(pathname)
    const number = (name: string) => Number(query.get(name))
    if (pathname === paths.about) response.end(JSON.stringify(aboutOf(1, this.lines.length)))
    else if (pathname === paths.state) response.end(this.#state(number("seq")))
    else if (pathname === paths.lines) this.#send(this.#lines(number("from"), number("to"), query), response)
    else if (pathname === paths.live) this.#follow(number("after"), response)
    else response.writeHead(404).end("There is nothing of that name here.\n")
  }

  #send(text: string, response: ServerResponse): void {
    const how = this.#torn
    this.#torn = undefined
    const half = text.slice(0, text.length / 2)
    if (how === undefined) response.end(text)
    else if (how === "ended") response.end(half)
    else response.write(half, () => response.destroy())
  }

  #state(seq: number): string {
    return StateSnapshot.encode(fold(this.lines.slice(0, seq).map((line) => eventIn(line))))
  }

  #lines(from: number, to: number, query: URLSearchParams): string {
    const types = query.get("types")?.split(",")
    const names = query.getAll("names")
    return this.lines
      .slice(from - 1, to)
      .filter((line) => types === undefined || types.some((type) => line.includes(`"type":"${type}","v"`)))
      .filter((line) => names.length === 0 || names.some((name) => line.includes(name)))
      .map((line) => `${line}\n`)
      .join("")
  }

  #follow(after: number, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" })
    response.write(this.lines.length > after ? this.#appended(after) : ":\n\n")
    this.#live.add(response)
    response.on("close", () => this.#live.delete(response))
  }
}
