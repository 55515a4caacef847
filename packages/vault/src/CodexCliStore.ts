/**
 * `auth.json` of the Codex CLI (in `$CODEX_HOME`): listed, never spent, never written. The CLI may keep its login in
 * the system's keyring instead, which is not read.
 */
import type { StoreRef } from "@daybook/pool/StoreRef"
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { Effect, Option, Schema } from "effect"
import { resolve } from "node:path"
import { readOnly } from "./Authority.ts"
import * as JsonFile from "./internal/JsonFile.ts"
import { instant, secret, text, tokenSet } from "./internal/Tokens.ts"
import type { Login, Survey } from "./Login.ts"
import type { Store } from "./Store.ts"
import type { StoreError, StoreOperation } from "./StoreError.ts"

const CodexAuth = Schema.Struct({
  OPENAI_API_KEY: text,
  tokens: Schema.optionalKey(
    Schema.NullOr(Schema.Struct({ access_token: text, refresh_token: text, id_token: text, account_id: text }))
  ),
  last_refresh: text
})

interface Held {
  readonly slot: "tokens" | "OPENAI_API_KEY"
  readonly provider: string
  readonly kind: Login["kind"]
  readonly tokens: TokenSet
}

export const make = (file: string): Store => {
  const path = resolve(file)
  return {
    description: { kind: "codex-cli", path, about: "the Codex CLI's login, never spent and never written" },
    survey: survey(path),
    holds: (ref) => ref.kind === "codex-cli" && ref.path === path,
    authority: (ref) => Effect.succeed(readOnly({ ref, why, read: readSlot(path, ref) }))
  }
}

const why = "it belongs to the Codex CLI; run codex to renew it, or codex login if that does not help"

const survey = (path: string): Effect.Effect<Survey> =>
  held(path, "list").pipe(
    Effect.map((held) => ({ logins: held.map((each) => toLogin(path, each)), problems: [] })),
    Effect.catch((problem) => Effect.succeed({ logins: [], problems: [problem] }))
  )

const readSlot = (path: string, { slot }: StoreRef): Effect.Effect<TokenSet, StoreError> =>
  Effect.map(held(path, "read"), (held) => held.find((each) => each.slot === slot)?.tokens ?? {})

const held = (path: string, operation: StoreOperation): Effect.Effect<ReadonlyArray<Held>, StoreError> =>
  Effect.map(
    JsonFile.readAs(path, operation, CodexAuth),
    Option.match({ onNone: () => [], onSome: (file) => heldIn(file).filter(({ tokens }) => !isBlank(tokens)) })
  )

const heldIn = ({ OPENAI_API_KEY, last_refresh, tokens }: typeof CodexAuth.Type): ReadonlyArray<Held> => [
  {
    slot: "tokens",
    provider: "openai-codex",
    kind: "oauth",
    tokens: tokenSet({
      access: secret(tokens?.access_token),
      refresh: secret(tokens?.refresh_token),
      idToken: secret(tokens?.id_token),
      account: tokens?.account_id ?? undefined,
      refreshedAt: instant(last_refresh)
    })
  },
  {
    slot: "OPENAI_API_KEY",
    provider: "openai",
    kind: "apiKey",
    tokens: tokenSet({ access: secret(OPENAI_API_KEY) })
  }
]

const toLogin = (path: string, { kind, provider, slot, tokens }: Held): Login => ({
  store: { kind: "codex-cli", path, slot },
  provider,
  kind,
  ownership: "borrowed",
  source: "codex-cli",
  priority: 0,
  tokens
})
