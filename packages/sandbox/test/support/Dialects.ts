/** A client of each provider, written as its own clients are, and a login to use it on. */
import { Effect } from "effect"
import { type GrantOptions } from "@daybook/sandbox/Grant"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as Client from "./Client.ts"

const grant_type = "refresh_token"
const client_id = "app"

/** A refresh as the dialect wants it. */
export const refreshAs = {
  xai: (origin: string, refresh_token: string) =>
    Client.postForm(`${origin}/oauth2/token`, { grant_type, refresh_token, client_id }),
  nous: (origin: string, token: string) =>
    Client.postForm(`${origin}/api/oauth/token`, { grant_type, client_id }, { "x-nous-refresh-token": token }),
  anthropic: (origin: string, refresh_token: string) =>
    Client.postJson(`${origin}/v1/oauth/token`, { grant_type, refresh_token, client_id }),
  qwen: (origin: string, refresh_token: string) =>
    Client.postForm(`${origin}/api/v1/oauth2/token`, { grant_type, refresh_token, client_id }),
  minimax: (origin: string, refresh_token: string) =>
    Client.postForm(`${origin}/oauth/token`, { grant_type, refresh_token, client_id }),
  kimi: (origin: string, refresh_token: string) =>
    Client.postForm(
      `${origin}/api/oauth/token`,
      { grant_type, refresh_token, client_id },
      { "x-msh-platform": "linux" }
    ),
  google: (origin: string, refresh_token: string) =>
    Client.postForm(`${origin}/token`, { grant_type, refresh_token, client_id, client_secret: "shown" }),
  copilot: (origin: string, token: string) =>
    Client.send(`${origin}/copilot_internal/v2/token`, {
      headers: { authorization: `token ${token}`, "editor-version": "vscode/1.99.0" }
    })
}

export type Provider = keyof typeof refreshAs

/** A sandbox with one login of the dialect, and a client that refreshes it. */
export const loggedIn = (dialect: Provider, options: GrantOptions = {}) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    const login = yield* sandbox.issue({ dialect, ...options })
    const refresh = (token = login.refresh_token) => refreshAs[dialect](sandbox.origin, token)
    return { sandbox, login, refresh }
  })

/** The answer to a refresh token that comes a second time. */
export const reused = (dialect: Provider) =>
  Effect.gen(function* () {
    const { refresh } = yield* loggedIn(dialect)
    yield* refresh()
    return yield* refresh()
  })

/** The answer to a refresh token whose grant was killed. */
export const revoked = (dialect: Provider) =>
  Effect.gen(function* () {
    const { sandbox, login, refresh } = yield* loggedIn(dialect)
    yield* sandbox.revoke({ grant: login.grant })
    return yield* refresh()
  })

/** The answer to a refresh token whose life is over. */
export const expired = (dialect: Provider) =>
  Effect.gen(function* () {
    const { refresh } = yield* loggedIn(dialect, { refreshLifetime: 0 })
    return yield* refresh()
  })

/** The answer to a refresh token that was never issued. */
export const unknown = (dialect: Provider) =>
  Effect.gen(function* () {
    const { refresh } = yield* loggedIn(dialect)
    return yield* refresh("never-issued")
  })

/** A request written wrongly: its answer, what the journal says, and how a right one fares afterwards. */
export const wrongly = (
  dialect: Provider,
  write: (origin: string, token: string) => Effect.Effect<Client.Reply, { readonly _tag: "Broken" }>,
  options: GrantOptions = {}
) =>
  Effect.gen(function* () {
    const { sandbox, login, refresh } = yield* loggedIn(dialect, options)
    const reply = yield* write(sandbox.origin, login.refresh_token)
    const post = yield* sandbox.settled(1)
    return { reply, post, after: yield* refresh() }
  })
