/**
 * Where the tour plays: a fresh temporary folder with an `auth.json` as hermes writes it, and four logins in it that
 * the sandbox has issued. Nothing of the user is read or written.
 */
import type { Controls } from "@daybook/sandbox/Controls"
import type { Login } from "@daybook/sandbox/Operations"
import { Effect } from "effect"
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Stage {
  readonly folder: string
  /** Of the ledger. */
  readonly home: string
  readonly vault: string
  /** The grants behind the three OAuth logins, by the id of their credential. */
  readonly grants: Readonly<Record<"main" | "second" | "third", string>>
}

/** The first access tokens outlive the opening; those that follow last a few seconds. */
const lifetimes = { firstAccessLifetime: 60, accessLifetime: 4 }

export const setStage = Effect.fnUntraced(function* (sandbox: Controls) {
  const main = yield* sandbox.issue({ ...lifetimes, email: "ada@example.com", reuse: "grace", graceMillis: 60_000 })
  const second = yield* sandbox.issue({ ...lifetimes, email: "ben@example.com" })
  const third = yield* sandbox.issue({ ...lifetimes, email: "cleo@example.com" })
  const key = yield* sandbox.issue({ dialect: "generic" })
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "daybook-tour-")))
  const vault = join(folder, "hermes", "auth.json")
  mkdirSync(join(folder, "hermes"), { mode: 0o700 })
  writeFileSync(vault, JSON.stringify(authFile({ main, second, third, key }), null, 2), { mode: 0o600 })
  const grants = { main: main.grant, second: second.grant, third: third.grant }
  return { folder, home: join(folder, "daybook"), vault, grants } satisfies Stage
})

const authFile = ({ key, main, second, third }: Record<"main" | "second" | "third" | "key", Login>) => {
  const now = new Date().toISOString()
  return {
    version: 1,
    active_provider: "openai-codex",
    providers: { "openai-codex": { tokens: tokensOf(main), last_refresh: now, auth_mode: "chatgpt" } },
    credential_pool: {
      "openai-codex": [
        oauthRow("main", main, 0, "device_code", now),
        oauthRow("second", second, 1, "manual:device_code", now),
        oauthRow("third", third, 2, "manual:device_code", now)
      ],
      openai: [
        {
          id: "key",
          label: "team",
          auth_type: "api_key",
          priority: 0,
          source: "manual",
          access_token: key.access_token
        }
      ]
    },
    updated_at: now
  }
}

const tokensOf = ({ access_token, id_token, refresh_token }: Login) => ({ access_token, refresh_token, id_token })

const oauthRow = (id: string, login: Login, priority: number, source: string, now: string) => ({
  id,
  label: login.email,
  auth_type: "oauth",
  priority,
  source,
  access_token: login.access_token,
  refresh_token: login.refresh_token,
  last_refresh: now
})
