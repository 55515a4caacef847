/**
 * The authorization endpoint (RFC 6749 section 3.1), without pages: whoever opens it is the person, and decides at once
 * as the test has said. It takes PKCE with S256, and sends nobody anywhere but to this machine or to its own page.
 */
import { Clock, Effect } from "effect"
import * as Logins from "../Logins.ts"
import { random } from "../Tokens.ts"
import * as Answer from "./Answer.ts"
import * as Connection from "./Connection.ts"
import type * as World from "./World.ts"

const paths: ReadonlySet<string> = new Set(["/oauth/authorize", "/oauth2/authorize", "/authorize"])

/** A page that shows the code for the person to carry over. */
const codePage = "/oauth/code/callback"

export const serves = (method: string, path: string): boolean =>
  method === "GET" && (paths.has(path) || path === codePage)

/** The parameters of the request; one that comes twice is none. */
const single = (query: URLSearchParams, name: string): string | null =>
  query.getAll(name).length === 1 ? query.get(name) : null

const isOurs = (uri: URL, origin: string): boolean =>
  (uri.origin === origin && uri.pathname === codePage) ||
  (uri.protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(uri.hostname))

interface Asked {
  readonly redirectUri: string
  readonly clientId: string
  readonly challenge: string
  readonly state: string
  readonly nonce: string | null
}

/** What is asked for; or why nobody is sent anywhere; or the error to send back. */
const read = (
  query: URLSearchParams,
  origin: string
): Asked | { readonly wrong: string; readonly back: string | null } => {
  const redirectUri = single(query, "redirect_uri") ?? ""
  const clientId = single(query, "client_id") ?? ""
  if (!URL.canParse(redirectUri) || !isOurs(new URL(redirectUri), origin)) return { wrong: "redirect_uri", back: null }
  if (clientId === "") return { wrong: "client_id", back: null }
  const challenge = single(query, "code_challenge") ?? ""
  const state = single(query, "state") ?? ""
  if (single(query, "response_type") !== "code") return { wrong: "response_type", back: redirectUri }
  if (single(query, "code_challenge_method") !== "S256" || !/^[\w-]{43}$/.test(challenge)) {
    return { wrong: "code_challenge", back: redirectUri }
  }
  if (state === "") return { wrong: "state", back: redirectUri }
  return { redirectUri, clientId, challenge, state, nonce: single(query, "nonce") }
}

const sentTo = (redirectUri: string, parameters: Readonly<Record<string, string | null>>): Answer.Answer => {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(parameters)) if (value !== null) url.searchParams.set(name, value)
  return Answer.empty(302, { location: url.href, "cache-control": "no-store" })
}

const decided = (world: World.World, asked: Asked, origin: string, now: number): Answer.Answer => {
  const { decision = "approve" } = world.logins.get().policy
  const common = {
    state: decision === "wrongState" ? random() : asked.state,
    iss: decision === "wrongIssuer" ? "https://elsewhere.test" : origin
  }
  if (decision === "deny") return sentTo(asked.redirectUri, { error: "access_denied", ...common })
  if (decision === "fail") {
    const error_description = "The sandbox was told to fail here"
    return sentTo(asked.redirectUri, { error: "server_error", error_description, ...common })
  }
  const code = `ac_${random()}`
  const { challenge, clientId, nonce, redirectUri } = asked
  const about = {
    challenge,
    clientId,
    redirectUri,
    nonce: decision === "wrongNonce" ? random() : nonce,
    expiresAt: now + Logins.codeLifetime
  }
  world.logins.update((logins) => Logins.withCode(logins, code, about))
  return sentTo(asked.redirectUri, { code, ...common })
}

const answer = (world: World.World, connection: Connection.Connection, now: number): Answer.Answer => {
  const origin = Connection.origin(connection)
  const { pathname, searchParams } = new URL(connection.request.url ?? "/", origin)
  if (pathname === codePage) return shown(searchParams)
  const asked = read(searchParams, origin)
  if (!("wrong" in asked)) return decided(world, asked, origin, now)
  return asked.back === null
    ? Answer.html(400, `<p>This request cannot be answered: ${asked.wrong}</p>`)
    : sentTo(asked.back, {
        error: "invalid_request",
        error_description: asked.wrong,
        state: single(searchParams, "state")
      })
}

const shown = (query: URLSearchParams): Answer.Answer =>
  Answer.html(200, `<p>Your code: <code>${query.get("code") ?? "none"}#${query.get("state") ?? ""}</code></p>`)

export const handleAuthorize = Effect.fnUntraced(function* (
  world: World.World,
  connection: Connection.Connection
): Effect.fn.Return<void, Connection.Gone> {
  yield* Connection.send(connection, answer(world, connection, yield* Clock.currentTimeMillis))
})
