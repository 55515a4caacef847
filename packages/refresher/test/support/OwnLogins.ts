/**
 * Logins in Daybook's own store, as `daybook login` leaves them.
 */
import { GrantId } from "@daybook/pool/Ids"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { Login } from "@daybook/sandbox/Operations"
import * as OwnStore from "@daybook/vault/OwnStore"
import { Clock, Effect, Redacted } from "effect"
import { readFileSync } from "node:fs"
import type { Scene } from "./Scene.ts"

/** As much of a grant's file as the tests look at. */
export interface GrantFile {
  readonly tokens: {
    readonly access_token?: string
    readonly refresh_token?: string
    readonly logged_in_at?: string
    readonly deadline?: string
    readonly resource?: string
  }
}

export interface OwnLogin {
  readonly path: string
  readonly read: () => GrantFile
}

/** What a login brings, and what else is known of it. */
export const tokensOf = (
  { access_token, expires_in, id_token, refresh_token }: Login,
  now: number,
  more: TokenSet = {}
): TokenSet => ({
  access: Redacted.make(access_token),
  refresh: Redacted.make(refresh_token),
  ...(id_token === undefined ? {} : { idToken: Redacted.make(id_token) }),
  expiresAt: now + expires_in * 1000,
  refreshedAt: now,
  ...more
})

/** Writes the login's file; the pool that is opened next enrols it. */
export const inOwnStore = Effect.fnUntraced(function* (
  { home }: Scene,
  provider: string,
  login: Login,
  more: TokenSet = {}
): Effect.fn.Return<OwnLogin> {
  const grant = GrantId.make(crypto.randomUUID())
  const tokens = tokensOf(login, yield* Clock.currentTimeMillis, more)
  const { path = "" } = yield* Effect.orDie(
    OwnStore.create(home, { grant, provider, source: "login", tokens }, "1 second")
  )
  return { path, read: () => JSON.parse(readFileSync(path, "utf8")) as GrantFile }
})
