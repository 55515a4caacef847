/** A folder as hermes keeps it, and the store over it. */
import * as HermesStore from "@daybook/vault/HermesStore"
import { Effect } from "effect"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { ours } from "./Samples.ts"
import { tempFolder } from "./TempFolder.ts"

/** Whose logins the tests are about. */
export const providers = ["openai-codex", "xai-oauth", "nous", "anthropic"]

/** Writes `auth.json`, and other files by their paths in the folder, as hermes formats them. */
export const hermesHome = Effect.fnUntraced(function* (auth: object, others: Readonly<Record<string, object>> = {}) {
  const folder = yield* tempFolder
  const write = (name: string, content: object) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  }
  for (const [name, content] of Object.entries({ "auth.json": auth, ...others })) write(name, content)
  const path = join(folder, "auth.json")
  const store = HermesStore.make({ path, ledger: ours, providers })
  const text = (name = "auth.json") => readFileSync(join(folder, name), "utf8")
  return {
    folder,
    path,
    store,
    write,
    text,
    json: (name?: string): any => JSON.parse(text(name)),
    logins: Effect.map(store.survey, ({ logins }) => logins),
    at: (slot: string) => store.authority({ kind: "hermes", path, slot })
  }
})

/** A login block of Nous as hermes leaves it after its nth refresh; the nth hour is when that was. */
export const nousBlock = (n: number) => ({
  portal_base_url: "https://portal.nousresearch.com",
  inference_base_url: "https://inference-api.nousresearch.com/v1",
  client_id: "hermes-cli",
  scope: "inference:invoke",
  token_type: "Bearer",
  access_token: `access-${n}`,
  refresh_token: `refresh-${n}`,
  obtained_at: `2026-11-22T${hour(n)}:00:00+00:00`,
  expires_at: `2026-11-22T${hour(n)}:15:00+00:00`,
  expires_in: 900,
  agent_key: `access-${n}`,
  agent_key_id: null,
  agent_key_expires_at: `2026-11-22T${hour(n)}:15:00+00:00`,
  agent_key_expires_in: 900,
  agent_key_reused: false,
  agent_key_obtained_at: `2026-11-22T${hour(n)}:00:00+00:00`,
  tls: { insecure: false, ca_bundle: null }
})

export const nousRow = (n: number) => {
  const { access_token, agent_key, agent_key_expires_at, obtained_at, refresh_token } = nousBlock(n)
  const shown = { access_token, agent_key, agent_key_expires_at, obtained_at, refresh_token }
  return { id: "dddddd", label: "nous", auth_type: "oauth", priority: 0, source: "device_code", ...shown }
}

/** `shared/nous_auth.json`. */
export const sharedNous = (n: number) => {
  const { access_token, client_id, expires_at, obtained_at, refresh_token, scope, token_type } = nousBlock(n)
  return { _schema: 1, access_token, client_id, expires_at, obtained_at, refresh_token, scope, token_type }
}

const hour = (n: number): string => String(n).padStart(2, "0")

/** The instant of the nth hour. */
export const atHour = (n: number): number => Date.UTC(2026, 10, 22, n)

export const death = {
  code: "refresh_token_reused",
  message: "it was used before",
  at: Date.UTC(2026, 10, 22, 12)
}

/** What hermes writes into a block that it emptied. */
export const lastAuthError = (reason: string, at = "2026-11-22T12:00:00+00:00") => ({
  provider: "openai-codex",
  code: "invalid_grant",
  message: "gone",
  reason,
  relogin_required: true,
  at
})
