/** Login files of other programs, with tokens made up for the tests, and how they are declared. */
import type { CredentialFile } from "@daybook/vault/CredentialFile"
import * as FileStore from "@daybook/vault/FileStore"
import type { Store } from "@daybook/vault/Store"
import type { StoreError } from "@daybook/vault/StoreError"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { tempFolder } from "./TempFolder.ts"

export type Declaration = Omit<CredentialFile, "path">

/** A declaration, what its program writes, and where the login stands in it. */
export interface Sample {
  readonly declaration: Declaration
  readonly content: string
  readonly slot: string
  /** In clear. */
  readonly tokens: object
}

const end = Date.UTC(2026, 10, 22, 12)

export const claudeCode: Declaration = {
  owner: "Claude Code",
  provider: "anthropic",
  at: ["claudeAiOauth"],
  members: { access: "accessToken", refresh: "refreshToken", expiresAt: "expiresAt" },
  renew: "run claude"
}

/** With these members in the place of, or beside, those of a login. */
export const claudeFile = (changed: object = {}): string =>
  JSON.stringify({
    claudeAiOauth: {
      accessToken: "access-c",
      refreshToken: "refresh-c",
      expiresAt: end,
      scopes: ["user:inference", "user:profile"],
      subscriptionType: "max",
      ...changed
    }
  })

/** All members that a declaration can name. */
export const qwen: Declaration = {
  owner: "Qwen Code",
  provider: "qwen-oauth",
  members: {
    access: "access_token",
    refresh: "refresh_token",
    idToken: "id_token",
    account: "sub",
    expiresAt: "expiry_date",
    resource: "resource_url"
  },
  renew: "run qwen"
}

export const qwenFile = (changed: object = {}): string =>
  JSON.stringify({
    access_token: "access-q",
    refresh_token: "refresh-q",
    token_type: "Bearer",
    resource_url: "portal.qwen.ai",
    expiry_date: end,
    ...changed
  })

export const grok: Declaration = {
  owner: "the Grok CLI",
  provider: "xai-oauth",
  at: ["*"],
  members: { access: "key", refresh: "refresh_token", account: "user_id", expiresAt: "expires_at" },
  renew: "run grok"
}

export const grokLogin = (word: string) => ({
  key: `access-${word}`,
  refresh_token: `refresh-${word}`,
  auth_mode: "oauth",
  user_id: `user-${word}`,
  email: `${word}@example.com`,
  expires_at: new Date(end).toISOString()
})

export const samples: Readonly<Record<string, Sample>> = {
  "Claude Code": {
    declaration: claudeCode,
    content: claudeFile(),
    slot: "claudeAiOauth",
    tokens: { access: "access-c", refresh: "refresh-c", expiresAt: end }
  },
  "Qwen Code": {
    declaration: qwen,
    content: qwenFile(),
    slot: "tokens",
    tokens: { access: "access-q", refresh: "refresh-q", expiresAt: end, resource: "portal.qwen.ai" }
  },
  "the Gemini CLI": {
    declaration: {
      owner: "the Gemini CLI",
      provider: "google-gemini-cli",
      members: {
        access: "access_token",
        refresh: "refresh_token",
        idToken: "id_token",
        expiresAt: "expiry_date"
      },
      renew: "run gemini"
    },
    content: JSON.stringify({
      access_token: "access-g",
      refresh_token: "refresh-g",
      scope: "openid https://www.googleapis.com/auth/cloud-platform",
      token_type: "Bearer",
      id_token: "id-g",
      expiry_date: end
    }),
    slot: "tokens",
    tokens: { access: "access-g", refresh: "refresh-g", idToken: "id-g", expiresAt: end }
  },
  "the Kimi CLI": {
    declaration: {
      owner: "the Kimi CLI",
      provider: "kimi-coding",
      members: { access: "access_token", refresh: "refresh_token", expiresAt: "expires_at" },
      renew: "run kimi"
    },
    content: JSON.stringify({
      access_token: "access-k",
      refresh_token: "refresh-k",
      expires_at: end / 1000,
      scope: "kimi-code",
      token_type: "Bearer",
      expires_in: 900
    }),
    slot: "tokens",
    tokens: { access: "access-k", refresh: "refresh-k", expiresAt: end }
  },
  "the Grok CLI": {
    declaration: grok,
    content: JSON.stringify({ "https://auth.x.ai::abc": grokLogin("one") }),
    slot: "https://auth.x.ai::abc",
    tokens: { access: "access-one", refresh: "refresh-one", account: "user-one", expiresAt: end }
  }
}

/** The declared file in a folder of its own, with this content or missing, and the store over it. */
export const given = Effect.fnUntraced(function* (declaration: Declaration, content: string | Uint8Array | undefined) {
  const folder = yield* tempFolder
  const file: CredentialFile = { ...declaration, path: join(folder, "login") }
  if (content !== undefined) writeFileSync(file.path, content)
  const store = FileStore.make(file)
  const read = (slot = someSlot(declaration)) =>
    Effect.flatMap(store.authority({ kind: "file", path: file.path, slot }), ({ read }) => read)
  return { folder, file, path: file.path, store, read }
})

const someSlot = ({ at }: Declaration): string => at?.join(".").replace("*", "https://auth.x.ai::abc") ?? "tokens"

/** What listing and reading say is wrong; no login is shown. */
export const failures = Effect.fnUntraced(function* (store: Store, read: Effect.Effect<unknown, StoreError>) {
  const { logins, problems } = yield* store.survey
  assert.deepStrictEqual(logins, [])
  assert.strictEqual(problems.length, 1)
  return [...problems, yield* Effect.flip(read)]
})
