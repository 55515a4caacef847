/** Logins and files that the tests speak about. */
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { GrantId, LedgerId } from "@daybook/pool/Ids"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { Owner } from "@daybook/vault/Binding"
import { Redacted } from "effect"

export const grantId = GrantId.make("01920000-0000-7000-8000-000000000001")
export const otherGrantId = GrantId.make("01920000-0000-7000-8000-000000000002")
export const fingerprint = (word: string): Fingerprint => Fingerprint.make(`fp_${word.padEnd(16, "_")}`)

export const ours: Owner = { id: LedgerId.make("01920000-0000-7000-8000-0000000000aa"), folder: "/home/me/daybook" }
export const theirs: Owner = { id: LedgerId.make("01920000-0000-7000-8000-0000000000bb"), folder: "/home/you/daybook" }

/** The nth generation: `access-n` and `refresh-n`. */
export const pair = (n: number): TokenSet => ({
  access: Redacted.make(`access-${n}`),
  refresh: Redacted.make(`refresh-${n}`)
})

/** In clear, to compare. */
export const revealed = ({ access, idToken, refresh, ...rest }: TokenSet) => ({
  ...(access && { access: Redacted.value(access) }),
  ...(refresh && { refresh: Redacted.value(refresh) }),
  ...(idToken && { idToken: Redacted.value(idToken) }),
  ...rest
})

/** Just the pair, `undefined` where a token is missing. */
export const pairOf = ({ access, refresh }: TokenSet) => [
  access && Redacted.value(access),
  refresh && Redacted.value(refresh)
]

/** Whether the refresh token is that of the nth generation. */
export const hasGeneration =
  (n: number) =>
  ({ refresh }: TokenSet): boolean =>
    refresh !== undefined && Redacted.value(refresh) === `refresh-${n}`

export const noStatus = {
  last_status: null,
  last_status_at: null,
  last_error_code: null,
  last_error_reason: null,
  last_error_message: null,
  last_error_reset_at: null
}

/** What a hermes of this age has: a block with its seeded row, a login and keys added by hand, other providers' things. */
export const hermesFile = () => ({
  version: 1,
  providers: {
    nous: { access_token: "nous-access", refresh_token: "nous-refresh", agent_key: null, expires_in: 3600.5 },
    "openai-codex": {
      tokens: { access_token: "access-1", refresh_token: "refresh-1", token_type: "Bearer", id_token: "id-1" },
      last_refresh: "2026-11-22T09:00:00.123456Z",
      auth_mode: "chatgpt",
      unknown_field: { kept: [1, 2.5, 12345678901234567000] }
    }
  },
  active_provider: "nous",
  credential_pool: {
    "openai-codex": [
      {
        id: "aaaaaa",
        label: "me@example.com",
        auth_type: "oauth",
        priority: 2,
        source: "device_code",
        access_token: "access-1",
        refresh_token: "refresh-1",
        last_refresh: "2026-11-22T09:00:00Z",
        ...noStatus,
        last_status: "exhausted",
        last_status_at: 1764000000.5,
        last_error_code: 429
      },
      {
        id: "bbbbbb",
        label: "second account",
        auth_type: "oauth",
        priority: 0,
        source: "manual:device_code",
        access_token: "access-b1",
        refresh_token: "refresh-b1",
        ...noStatus,
        unknown_row_field: "kept"
      },
      {
        id: "cccccc",
        label: "a key",
        auth_type: "api_key",
        priority: 1,
        source: "manual",
        access_token: "sk-key-c",
        ...noStatus
      }
    ],
    openrouter: [
      {
        id: "dddddd",
        label: "OPENROUTER_API_KEY",
        auth_type: "api_key",
        priority: 0,
        source: "env:OPENROUTER_API_KEY",
        secret_fingerprint: "sha256:0011223344556677",
        ...noStatus
      },
      { id: "eeeeee", label: "router", auth_type: "api_key", priority: 1, source: "manual", access_token: "sk-or-e" }
    ]
  },
  suppressed_sources: { anthropic: ["claude_code"] },
  updated_at: "2026-11-22T09:00:00.000000+00:00"
})
