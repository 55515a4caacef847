/**
 * `oidc-provider`, a certified authorization server that knows nothing of us, as a process of its own. It prints its
 * issuer as one line and serves until its standard input ends. Under `/test/` it can be asked for what only a test
 * wants: another time of day, what came to its token endpoint, a person who opens the verification page.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import Provider from "oidc-provider"
import { configuration } from "./configuration.ts"
import { type Decision, lastRedirect, visit } from "./Person.ts"

/** A request as the token endpoint read it, and its answer's status. */
export interface TokenPost {
  readonly client: string | undefined
  readonly grantType: string | undefined
  readonly refreshToken: string | undefined
  /** Where the client secret stood. */
  readonly secretIn: "header" | "body" | "nowhere"
  readonly status: number
}

const posts: Array<TokenPost> = []
const realNow = Date.now
let ahead = 0
Date.now = () => realNow() + ahead

const controls: Readonly<Record<string, (query: URLSearchParams) => Promise<unknown>>> = {
  "/test/posts": async () => posts,
  "/test/advance": async (query) => (ahead += Number(query.get("seconds")) * 1000),
  "/test/lastRedirect": async () => lastRedirect(),
  "/test/visit": (query) => visit(query.get("uri") ?? "", query.get("decision") as Decision)
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

const started = (issuer: string): Provider => {
  const provider = new Provider(issuer, configuration)
  provider.use(async (context, next) => {
    await next()
    if (context.path !== "/token") return
    const { client, params } = context.oidc
    posts.push({
      client: client?.clientId,
      grantType: textOf(params?.["grant_type"]),
      refreshToken: textOf(params?.["refresh_token"]),
      secretIn: context.get("authorization") !== "" ? "header" : params?.["client_secret"] ? "body" : "nowhere",
      status: context.status
    })
  })
  provider.on("server_error", (_context, error) => console.error(error))
  return provider
}

const control = (response: ServerResponse, answer: Promise<unknown>) =>
  answer.then(
    (value) => response.end(JSON.stringify(value ?? null)),
    (error: unknown) => response.writeHead(500).end(String(error))
  )

const server = createServer()
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const serve = started(issuer).callback()
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", issuer)
    const asked = controls[pathname]
    void (asked === undefined ? serve(request, response) : control(response, asked(searchParams)))
  })
  process.stdout.write(`${issuer}\n`)
})
process.stdin.on("end", () => process.exit()).resume()
