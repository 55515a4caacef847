/** What is answered to whom: the files of the page and the paths of `Wire.ts`, for those who may come in. */
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { paths } from "@daybook/viewer/Wire"
import { Effect } from "effect"
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Gate from "./Gate.ts"
import type { Keys } from "./Keys.ts"
import { hostAt, type Serve } from "./Listener.ts"
import * as Live from "./Live.ts"
import * as Query from "./Query.ts"
import * as Reply from "./Reply.ts"
import * as Shown from "./Shown.ts"
import type { Site } from "./Site.ts"

export const routes =
  (site: Site, shown: Shown.Shown, keys: Keys, port: number): Serve =>
  (request, response) => {
    const host = hostAt(port)
    const url = URL.parse(request.url ?? "", `http://${host}`)
    if (url === null) return Reply.send(response, refusal)
    const asking = { url, method: request.method ?? "", headers: request.headers }
    const verdict = Gate.judge(asking, host, keys)
    switch (verdict._tag) {
      case "Refused":
        return Reply.send(response, refusal)
      case "WrongMethod":
        return Reply.send(response, Reply.sentence(405, "This can only be read.", { allow: "GET, HEAD" }))
      case "Enter":
        return Reply.send(response, entrance(verdict, keys))
      case "In":
        return answer(
          site,
          shown,
          { path: url.pathname.slice(keys.room.length - 1), query: url.searchParams },
          request,
          response
        )
    }
  }

const refusal = Reply.sentence(
  403,
  "Daybook shows this only to a browser that opened the address which `daybook view` printed. Each address works once: press Enter in the terminal where it runs for another, or run it again. A link that was sent to you is to be copied into the address bar."
)

/** Along a redirect that began on another site's page, or in a file, a browser sends no such cookie; on a page of ours it does. */
const entrance = ({ isFromElsewhere }: Extract<Gate.Verdict, { readonly _tag: "Enter" }>, keys: Keys): Reply.Answer => {
  const [status, next] = isFromElsewhere ? [200, { refresh: `0; url=${keys.room}` }] : [303, { location: keys.room }]
  return { status, type: Reply.types.html, body: opening, headers: { "set-cookie": keys.cookie(), ...next } }
}

/** With an icon, so that no browser asks for one. */
const opening = `<!doctype html><title>Daybook</title><link rel="icon" href="data:," />Daybook opens.`

const answer = (
  site: Site,
  shown: Shown.Shown,
  { path, query }: { readonly path: string; readonly query: URLSearchParams },
  { headers, method }: IncomingMessage,
  response: ServerResponse
): Effect.Effect<void> => {
  const file = files(site).get(path)
  if (file !== undefined) return Reply.send(response, { status: 200, ...file })
  const ask = asks.get(path)
  if (ask === undefined) return Reply.send(response, Reply.sentence(404, "There is nothing of that name here."))
  if (method === "HEAD") return Reply.send(response, { status: 200, type: ask.type, body: "" })
  const after = headers["last-event-id"]
  if (typeof after === "string") query.set("after", after)
  return ask.answer(shown, query, response).pipe(
    Effect.catchTag("BadQuery", ({ message }) => Reply.send(response, Reply.sentence(400, message))),
    Effect.catchTag("LedgerError", (error) => failed(response, error))
  )
}

const files = ({ app, css, html, worker }: Site): ReadonlyMap<string, Pick<Reply.Answer, "type" | "body">> =>
  new Map([
    ["/", { type: Reply.types.html, body: html }],
    ["/page.css", { type: Reply.types.css, body: css }],
    ["/app.js", { type: Reply.types.script, body: app }],
    ["/worker.js", { type: Reply.types.script, body: worker }]
  ])

/** An answer that has begun is broken off: half of it is not to be taken for the whole. */
const failed = (response: ServerResponse, { message, reason }: LedgerError): Effect.Effect<void> =>
  response.headersSent
    ? Effect.sync(() => response.destroy())
    : Reply.send(response, Reply.sentence(reason._tag === "NoSuchEvent" ? 404 : 500, message))

type Ask = (
  shown: Shown.Shown,
  query: URLSearchParams,
  response: ServerResponse
) => Effect.Effect<void, LedgerError | Query.BadQuery>

const about: Ask = (shown, _query, response) =>
  Effect.flatMap(Shown.about(shown), (about) =>
    Reply.send(response, { status: 200, type: Reply.types.json, body: JSON.stringify(about) })
  )

const state: Ask = Effect.fnUntraced(function* (shown, query, response) {
  const seq = yield* Query.seq(query, "seq", undefined, 0)
  const { head } = yield* Shown.about(shown)
  if (seq > head) return yield* Query.wrong(`seq=${seq}: the last event is ${head}.`)
  yield* Reply.send(response, { status: 200, type: Reply.types.text, body: yield* Shown.state(shown, seq) })
})

const lines: Ask = Effect.fnUntraced(function* (shown, query, response) {
  const from = yield* Query.seq(query, "from", shown.first)
  const to = query.has("to") ? yield* Query.seq(query, "to", undefined) : undefined
  if (to !== undefined && from > to)
    return yield* Query.wrong(`from=${from} is behind to=${to}. Name the earlier event first.`)
  const named = Query.words(query, "types")
  const names = Query.each(query, "names")
  const write = yield* Reply.begin(response, Reply.types.text)
  yield* Shown.lines(shown, {
    from,
    to,
    names,
    types: named === undefined ? undefined : new Set(named),
    take: (lines) => write(`${lines.join("\n")}\n`)
  })
  response.end()
})

const live: Ask = Effect.fnUntraced(function* (shown, query, response) {
  const after = yield* Query.seq(query, "after", undefined, 0)
  return yield* Live.follow(shown, after, yield* Reply.begin(response, Reply.types.events))
})

const asks: ReadonlyMap<string, { readonly answer: Ask; readonly type: Reply.Type }> = new Map([
  [paths.about, { answer: about, type: Reply.types.json }],
  [paths.state, { answer: state, type: Reply.types.text }],
  [paths.lines, { answer: lines, type: Reply.types.text }],
  [paths.live, { answer: live, type: Reply.types.events }]
])
