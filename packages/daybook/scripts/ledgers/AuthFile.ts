/** hermes' `auth.json`, with as many logins as a story needs, and the Codex CLI's, with one. */
import type { Login } from "@daybook/sandbox/Operations"

export interface Row {
  /** Also of the credential. */
  readonly id: string
  readonly login: Login
  /** `openai-codex` if absent. */
  readonly provider?: string
  /** The login that its provider's block keeps; else a row of its own. One of a provider at most. */
  readonly seeded?: boolean
}

export const authFile = (rows: ReadonlyArray<Row>, now: number): string => {
  const at = new Date(now).toISOString()
  const [first] = rows
  const seeded = rows.filter((row) => row.seeded === true)
  return JSON.stringify(
    {
      version: 1,
      active_provider: first === undefined ? null : providerOf(first),
      providers: Object.fromEntries(seeded.map((row) => [providerOf(row), blockOf(row, at)])),
      credential_pool: Object.fromEntries(
        [...new Set(rows.map(providerOf))].map((provider) => [
          provider,
          rows.filter((row) => providerOf(row) === provider).map((row, priority) => poolRow(row, priority, at))
        ])
      )
    },
    null,
    2
  )
}

export const codexAuthFile = ({ access_token, account_id, id_token, refresh_token }: Login, now: number): string =>
  JSON.stringify({
    tokens: { id_token, access_token, refresh_token, account_id },
    last_refresh: new Date(now).toISOString()
  })

const providerOf = ({ provider = "openai-codex" }: Row): string => provider

const blockOf = ({ login: { access_token, account_id, id_token, refresh_token } }: Row, at: string) => ({
  tokens: { access_token, refresh_token, id_token, account_id },
  last_refresh: at,
  auth_mode: "chatgpt"
})

const poolRow = ({ id, login, provider, seeded = false }: Row, priority: number, at: string) => ({
  id,
  label: id,
  auth_type: "oauth",
  priority,
  source: seeded ? "device_code" : provider === "anthropic" ? "manual:hermes_pkce" : "manual:device_code",
  access_token: login.access_token,
  refresh_token: login.refresh_token,
  ...(provider === "anthropic" ? { expires_at_ms: Date.parse(at) + login.expires_in * 1000 } : {}),
  last_refresh: at
})
