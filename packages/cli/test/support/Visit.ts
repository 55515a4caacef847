/** Asks a server as a browser would, or as no browser would: every header is the test's own. */
import { Effect, Queue, type Scope } from "effect"
import { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http"

export interface Visited {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Asked {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
}

/** `path` goes as it is, unlike what a URL would make of it. */
export const visit = (port: number, path: string, asked: Asked = {}): Effect.Effect<Visited> =>
  Effect.callback((resume) => {
    const sent = ask(port, path, asked, (response) => {
      let body = ""
      response.setEncoding("utf8").on("data", (text: string) => (body += text))
      response.once("end", () =>
        resume(Effect.succeed({ status: response.statusCode ?? 0, headers: response.headers, body }))
      )
      response.once("error", (error) => resume(Effect.die(error)))
    })
    sent.once("error", (error) => resume(Effect.die(error)))
  })

const ask = (port: number, path: string, { headers = {}, method = "GET" }: Asked, take: (r: IncomingMessage) => void) =>
  request({ host: "127.0.0.1", port, path, method, headers, agent: false }, take).end()

/** The cookie that an answer sets, as a browser sends it back. */
export const cookieOf = ({ headers }: Visited): string => headers["set-cookie"]?.[0]?.split(";")[0] ?? ""

export interface Message {
  readonly event: string
  readonly id: string
  readonly lines: ReadonlyArray<string>
}

/** Server-sent events as they come, until the scope ends. */
export const listen = Effect.fnUntraced(function* (
  port: number,
  path: string,
  headers: OutgoingHttpHeaders
): Effect.fn.Return<Queue.Dequeue<Message>, never, Scope.Scope> {
  const messages = yield* Queue.unbounded<Message>()
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      let rest = ""
      return ask(port, path, { headers }, (response) => {
        response.setEncoding("utf8").on("data", (text: string) => {
          const parts = `${rest}${text}`.split("\n\n")
          rest = parts.pop() ?? ""
          for (const part of parts.flatMap(messageIn)) Queue.offerUnsafe(messages, part)
        })
        response.on("error", () => {}) // broken off by the test itself
      }).on("error", () => {})
    }),
    (sent) => Effect.sync(() => sent.destroy())
  )
  return messages
})

const messageIn = (text: string): ReadonlyArray<Message> => {
  const fields = text.split("\n").map((line): readonly [string, string] => {
    const [name = "", ...value] = line.split(": ")
    return [name, value.join(": ")]
  })
  const valuesOf = (wanted: string) => fields.flatMap(([name, value]) => (name === wanted ? [value] : []))
  const [event] = valuesOf("event")
  return event === undefined ? [] : [{ event, id: valuesOf("id")[0] ?? "", lines: valuesOf("data") }]
}
