/**
 * What hermes keeps of logins in files beside `auth.json`: the Nous login that all profiles share, and its own Anthropic
 * login.
 */
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Effect, Option } from "effect"
import { dirname, join } from "node:path"
import type { StoreError, StoreOperation } from "../StoreError.ts"
import * as HermesShape from "./HermesShape.ts"
import * as JsonFile from "./JsonFile.ts"
import { instant, secret, tokenSet } from "./Tokens.ts"

export interface Beside {
  /** Of the file that profiles share. */
  readonly nous: TokenSet
  /** Of hermes' own Anthropic login. */
  readonly anthropic: TokenSet
}

export const nothing: Beside = { nous: {}, anthropic: {} }

export const sharedNousPath = (folder: string): string => join(folder, "nous_auth.json")

export const anthropicPath = (authFile: string): string => join(dirname(authFile), ".anthropic_oauth.json")

/** Nothing if the file does not exist. */
export const readNous = (path: string, operation: StoreOperation): Effect.Effect<Option.Option<TokenSet>, StoreError> =>
  Effect.map(
    JsonFile.readAs(path, operation, HermesShape.SharedNous),
    Option.map(({ access_token, expires_at, obtained_at, refresh_token }) =>
      tokenSet({
        access: secret(access_token),
        refresh: secret(refresh_token),
        expiresAt: instant(expires_at),
        refreshedAt: instant(obtained_at)
      })
    )
  )

/** Blank if the file does not exist. */
export const readAnthropic = (path: string, operation: StoreOperation): Effect.Effect<TokenSet, StoreError> =>
  Effect.map(
    JsonFile.readAs(path, operation, HermesShape.AnthropicLogin),
    Option.match({
      onNone: () => ({}),
      onSome: ({ accessToken, expiresAt, refreshToken }) =>
        tokenSet({ access: secret(accessToken), refresh: secret(refreshToken), expiresAt: instant(expiresAt) })
    })
  )
