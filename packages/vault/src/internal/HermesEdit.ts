/**
 * What changes in hermes-agent's `auth.json` when a grant gets new tokens or loses them. `active_provider`, unknown
 * fields and the rows of other grants are never touched.
 */
import { format, type Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Predicate } from "effect"
import type { Note } from "../Authority.ts"
import { authoritySlot, blockSlot, type HermesFile, isSeeded, rowsOf, withSlots } from "../HermesFile.ts"
import { edit, type Json, objectAt, patch } from "./Json.ts"
import { iso, reveal } from "./Tokens.ts"

/** The file with these tokens in all places of the slot's grant; nothing if the slot is a row that was removed. */
export const stored = (
  json: Json,
  file: HermesFile,
  slot: string,
  tokens: TokenSet,
  now: Instant
): Json | undefined => {
  const { provider, rows } = grantAt(file, slot)
  if (provider === undefined && rows.size === 0) return undefined
  const edited = editRows(json, (row, slot) => (rows.has(slot) ? withTokens(row, tokens) : row))
  return touched(
    provider === undefined ? edited : editBlock(edited, provider, (block) => blockWith(block, tokens)),
    now
  )
}

/** The file without the tokens of the slot's grant, and the ids of the seeded rows that went with them. */
export const cleared = (
  json: Json,
  file: HermesFile,
  slot: string,
  note: Note,
  now: Instant
): { readonly json: Json; readonly removed: ReadonlyArray<string> } => {
  const { provider, rows } = grantAt(file, slot)
  const seeded = file.rows.filter((row) => row.provider === provider && isSeeded(row))
  const removed = new Set(seeded.map((row) => row.slot))
  const edited = editRows(json, (row, slot) =>
    removed.has(slot) ? undefined : rows.has(slot) ? withoutTokens(row, note) : row
  )
  return {
    json: touched(
      provider === undefined ? edited : editBlock(edited, provider, (block) => deadBlock(block, provider, note)),
      now
    ),
    removed: seeded.map(({ id }) => id)
  }
}

/** All places of one grant: the slots of its rows, and the provider whose block it is in, if it is. */
const grantAt = (file: HermesFile, slot: string) => {
  const authority = authoritySlot(file, slot)
  return {
    provider: authority.startsWith(blockSlot("")) ? authority.slice(blockSlot("").length) : undefined,
    rows: new Set(rowsOf(file, authority).map((row) => row.slot))
  }
}

const touched = (json: Json, now: Instant): Json => patch(json, { updated_at: format(now) })

const editBlock = (json: Json, provider: string, change: (block: Json) => Json): Json =>
  edit(json, "providers", (providers) => edit(providers, provider, change))

/** `undefined` removes the row. */
const editRows = (json: Json, change: (row: Json, slot: string) => Json | undefined): Json => {
  const pool = Object.entries(objectAt(json, "credential_pool")).map(([provider, rows]): [string, unknown] => [
    provider,
    withSlots(provider, asRows(rows)).flatMap(([slot, row]) => change(row, slot) ?? [])
  ])
  return pool.length === 0 ? json : patch(json, { credential_pool: Object.fromEntries(pool) })
}

/** The file was decoded before, so these are objects. */
const asRows = (rows: unknown): ReadonlyArray<Json> => rows as ReadonlyArray<Json>

const blockWith = (block: Json, tokens: TokenSet): Json =>
  patch(
    edit(block, "tokens", (fields) => patch(fields, { ...tokenFields(tokens), ...expiry(fields, tokens) })),
    { last_refresh: iso(tokens.refreshedAt), last_auth_error: undefined }
  )

const tokenFields = ({ access, account, idToken, refresh }: TokenSet): Json => ({
  access_token: reveal(access),
  refresh_token: reveal(refresh),
  id_token: reveal(idToken),
  account_id: account
})

const withTokens = (row: Json, tokens: TokenSet): Json => {
  const { access_token, account_id, id_token, refresh_token } = tokenFields(tokens)
  return patch(row, {
    access_token,
    refresh_token,
    ...onlyWhereSet(row, { id_token, account_id }),
    ...expiry(row, tokens),
    last_refresh: iso(tokens.refreshedAt),
    last_status: null,
    last_status_at: null,
    last_error_code: null,
    last_error_reason: null,
    last_error_message: null,
    last_error_reset_at: null
  })
}

/** An expiry of the old tokens must not stay behind. */
const expiry = (fields: Json, { expiresAt }: TokenSet): Json =>
  onlyWhereSet(fields, { expires_at: iso(expiresAt), expires_at_ms: expiresAt })

const onlyWhereSet = (fields: Json, values: Json): Json =>
  Object.fromEntries(Object.entries(values).filter(([key]) => Predicate.isNotNullish(fields[key])))

const deadBlock = (block: Json, provider: string, { at, code, message }: Note): Json =>
  patch(
    edit(block, "tokens", (tokens) => patch(tokens, { access_token: undefined, refresh_token: undefined })),
    {
      last_auth_error: {
        provider,
        code,
        message,
        reason: "credential_pool_refresh_failure",
        relogin_required: true,
        at: format(at)
      }
    }
  )

const withoutTokens = (row: Json, { at, code, message }: Note): Json =>
  patch(row, {
    access_token: undefined,
    refresh_token: undefined,
    last_status: "dead",
    last_status_at: at / 1000,
    last_error_code: 401,
    last_error_reason: code,
    last_error_message: message,
    last_error_reset_at: null
  })
