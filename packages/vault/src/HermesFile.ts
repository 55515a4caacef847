/**
 * hermes-agent's `auth.json`, read: which logins are in it, and where each really lives. A grant may show in several
 * places; the block under `providers` counts before the rows of `credential_pool`, and among rows that share a refresh
 * token the first. Every other place is a view: kept in step, but not a login of its own.
 */
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { Redacted, Result } from "effect"
import { decode } from "./internal/Decode.ts"
import * as HermesShape from "./internal/HermesShape.ts"
import { instant, secret, tokenSet } from "./internal/Tokens.ts"
import type { AuthError, Login } from "./Login.ts"
import type { Flaw } from "./StoreError.ts"

interface Place {
  readonly slot: string
  readonly provider: string
  readonly tokens: TokenSet
  readonly label: string | undefined
  readonly lastAuthError: AuthError | undefined
}

/** The slot `providers.<provider>`. */
export type Block = Place

/** The slot `credential_pool.<provider>.<id>`; see `withSlots`. */
export interface Row extends Place {
  readonly id: string
  readonly kind: "oauth" | "apiKey"
  readonly source: string
  readonly priority: number
}

export interface HermesFile {
  readonly blocks: ReadonlyArray<Block>
  readonly rows: ReadonlyArray<Row>
}

export const blockSlot = (provider: string): string => `providers.${provider}`

/**
 * All rows of one provider, with their slots, which have the rows' ids. A later row with the id of an earlier one gets a slot of its own,
 * and so does a row of another provider whose id is no text: no row is ever taken for another.
 */
export const withSlots = <Row extends { readonly [key: string]: unknown }>(
  provider: string,
  rows: ReadonlyArray<Row>
): ReadonlyArray<readonly [slot: string, row: Row]> => {
  const pool = `credential_pool.${provider}`
  const counts = new Map<string, number>()
  return rows.map((row, index) => {
    const id = row["id"]
    if (typeof id !== "string") return [`${pool}[${index}]`, row]
    const count = (counts.get(id) ?? 0) + 1
    counts.set(id, count)
    return [count === 1 ? `${pool}.${id}` : `${pool}.${id}#${count}`, row]
  })
}

/** What could be read, and the first wrong field of each provider whose part could not. */
export interface Surveyed extends HermesFile {
  readonly flaws: ReadonlyArray<Flaw>
}

/** The OAuth logins of these providers and the API keys of all. One provider's flaw hides no other provider. */
export const survey = (value: unknown, providers: ReadonlyArray<string>): Result.Result<Surveyed, Flaw> =>
  Result.map(decode(HermesShape.AuthFile, value), (file) => {
    const parts = namesIn(file).map((provider) => parsePart(file, provider, providers))
    const read = parts.flatMap((part) => (Result.isSuccess(part) ? [part.success] : []))
    return {
      blocks: read.flatMap(({ blocks }) => blocks),
      rows: read.flatMap(({ rows }) => rows),
      flaws: parts.flatMap((part) => (Result.isFailure(part) ? [part.failure] : []))
    }
  })

/** The part of the file in which a slot stands: whatever else is in the file may have any form. */
export const parseFor = (
  value: unknown,
  slot: string,
  providers: ReadonlyArray<string>
): Result.Result<HermesFile, Flaw> =>
  Result.gen(function* () {
    const file = yield* decode(HermesShape.AuthFile, value)
    const parts = yield* Result.all(
      namesIn(file)
        .filter((provider) => isPartOf(slot, provider))
        .map((provider) => parsePart(file, provider, providers))
    )
    return { blocks: parts.flatMap(({ blocks }) => blocks), rows: parts.flatMap(({ rows }) => rows) }
  })

const namesIn = (file: typeof HermesShape.AuthFile.Type): ReadonlyArray<string> => [
  ...new Set([...Object.keys(file.providers ?? {}), ...Object.keys(file.credential_pool ?? {})])
]

/** Names of providers may have dots. */
const isPartOf = (slot: string, provider: string): boolean =>
  slot === blockSlot(provider) ||
  [`credential_pool.${provider}.`, `credential_pool.${provider}[`].some((start) => slot.startsWith(start))

/** A failure names the first field with a wrong type. */
const parsePart = (
  file: typeof HermesShape.AuthFile.Type,
  provider: string,
  providers: ReadonlyArray<string>
): Result.Result<HermesFile, Flaw> =>
  Result.gen(function* () {
    const isOurs = providers.includes(provider)
    const block = isOurs ? (file.providers ?? {})[provider] : undefined
    const rows = withSlots(provider, (file.credential_pool ?? {})[provider] ?? []).map(([slot, row], index) => ({
      slot,
      row,
      index
    }))
    const wanted = rows.filter(({ row }) => row["auth_type"] !== "oauth" || isOurs)
    const parsed = yield* Result.all(wanted.map(({ index, row, slot }) => parseRow(provider, slot, row, index)))
    const blocks = block === undefined ? [] : [yield* parseBlock(provider, block)]
    return { blocks: blocks.map((block) => broughtUpToDate(block, parsed)), rows: parsed }
  })

/** hermes writes a new pair to the seeded row first and then to the block; if it died between, the row has the pair. */
const broughtUpToDate = (block: Block, rows: ReadonlyArray<Row>): Block => {
  const newer = rows.find((row) => isSeeded(row) && isSuccessor(row, block))
  if (newer === undefined) return block
  const { expiresAt: _expiresAt, ...tokens } = block.tokens
  return { ...block, tokens: { ...tokens, ...newer.tokens } }
}

/** Only what both say of their last refresh proves it. */
const isSuccessor = (row: Row, block: Block): boolean =>
  row.provider === block.provider &&
  row.kind === "oauth" &&
  row.lastAuthError === undefined &&
  row.tokens.refresh !== undefined &&
  block.tokens.refresh !== undefined &&
  !sharesGrant(row, block) &&
  (row.tokens.account ?? block.tokens.account) === (block.tokens.account ?? row.tokens.account) &&
  (row.tokens.refreshedAt ?? 0) > (block.tokens.refreshedAt ?? Infinity)

const parseBlock = (provider: string, value: unknown): Result.Result<Block, Flaw> =>
  Result.map(decode(HermesShape.Block, value, ["providers", provider]), (block) => ({
    slot: blockSlot(provider),
    provider,
    tokens: blockTokens(block),
    label: block.label ?? undefined,
    lastAuthError: blockError(block)
  }))

const blockTokens = ({ last_refresh, tokens }: HermesShape.Block): TokenSet =>
  tokenSet({
    access: secret(tokens?.access_token),
    refresh: secret(tokens?.refresh_token),
    idToken: secret(tokens?.id_token),
    account: tokens?.account_id ?? undefined,
    expiresAt: instant(tokens?.expires_at),
    refreshedAt: instant(last_refresh)
  })

const blockError = ({ last_auth_error }: HermesShape.Block): AuthError | undefined =>
  last_auth_error ? authError(last_auth_error.code, last_auth_error.message, last_auth_error.at) : undefined

const parseRow = (provider: string, slot: string, value: unknown, index: number): Result.Result<Row, Flaw> =>
  Result.map(decode(HermesShape.Row, value, ["credential_pool", provider, index]), (row) => ({
    slot,
    provider,
    id: row.id,
    kind: row.auth_type === "oauth" ? "oauth" : "apiKey",
    source: row.source ?? "manual",
    priority: row.priority ?? 0,
    tokens: rowTokens(row),
    label: row.label ?? undefined,
    lastAuthError: rowError(row)
  }))

const rowTokens = (row: HermesShape.Row): TokenSet =>
  tokenSet({
    access: secret(row.access_token),
    refresh: secret(row.refresh_token),
    idToken: secret(row.id_token),
    account: row.account_id ?? undefined,
    expiresAt: instant(row.expires_at_ms) ?? instant(row.expires_at),
    refreshedAt: instant(row.last_refresh)
  })

const rowError = (row: HermesShape.Row): AuthError | undefined =>
  row.last_status === "dead"
    ? authError(row.last_error_reason ?? row.last_error_code, row.last_error_message, row.last_status_at)
    : undefined

const authError = (
  code: string | number | null | undefined,
  message: string | null | undefined,
  moment: string | number | null | undefined
): AuthError => {
  const at = instant(moment)
  return { code: String(code ?? "unknown"), message: message ?? "", ...(at !== undefined && { at }) }
}

/** Rows that hermes makes from the block of their provider. */
export const isSeeded = ({ source }: Row): boolean => source === "device_code" || source === "loopback_pkce"

/** The rest belongs to other programs, which hermes only reads. */
export const isOwned = (row: Row): boolean =>
  isSeeded(row) || row.source === "manual" || row.source.startsWith("manual:")

/** The slot of the place that counts for this row's grant. */
const authorityOf = ({ blocks, rows }: HermesFile, row: Row): string => {
  if (row.kind === "apiKey" || !isOwned(row)) return row.slot
  const block = blocks.find(({ provider }) => provider === row.provider)
  if (block && (sharesGrant(block, row) || (isSeeded(row) && decidesOverSeeded(block)))) return block.slot
  return rows.find((other) => other.kind === "oauth" && isOwned(other) && sharesGrant(other, row))?.slot ?? row.slot
}

/** A block that was emptied for a reason still counts: what its rows hold is what died. */
const decidesOverSeeded = ({ lastAuthError, tokens }: Block): boolean => !isBlank(tokens) || lastAuthError !== undefined

const sharesGrant = (left: Place, right: Place): boolean =>
  left.provider === right.provider &&
  left.tokens.refresh !== undefined &&
  right.tokens.refresh !== undefined &&
  Redacted.value(left.tokens.refresh) === Redacted.value(right.tokens.refresh)

/** The slot that counts for the grant in this one: a row enrolled by itself may have become a view since. */
export const authoritySlot = (file: HermesFile, slot: string): string => {
  const row = file.rows.find((row) => row.slot === slot)
  return row ? authorityOf(file, row) : slot
}

/** The rows that show the grant of this authority's slot, the row itself included if it is one. */
export const rowsOf = (file: HermesFile, authority: string): ReadonlyArray<Row> =>
  file.rows.filter((row) => authorityOf(file, row) === authority)

/** Blank if there is no such place. */
export const tokensAt = (file: HermesFile, slot: string): TokenSet => {
  const authority = authoritySlot(file, slot)
  return [...file.blocks, ...file.rows].find((place) => place.slot === authority)?.tokens ?? {}
}

export const logins = (file: HermesFile, path: string): ReadonlyArray<Login> => [
  ...file.blocks.map((block) => blockLogin(file, block, path)),
  ...file.rows.filter((row) => isLogin(file, row)).map((row) => rowLogin(row, path))
]

/** Rows without tokens are worth showing only when they say why. */
const isLogin = (file: HermesFile, row: Row): boolean =>
  authorityOf(file, row) === row.slot && (!isBlank(row.tokens) || (isOwned(row) && row.lastAuthError !== undefined))

const blockLogin = (file: HermesFile, block: Block, path: string): Login => {
  const row = file.rows.find((row) => row.provider === block.provider && isSeeded(row))
  return {
    ...common(block, path, row?.label ?? block.label),
    kind: "oauth",
    ownership: "owned",
    source: row?.source ?? "device_code",
    ...(row && { id: row.id }),
    priority: row?.priority ?? 0
  }
}

const rowLogin = (row: Row, path: string): Login => ({
  ...common(row, path, row.label),
  kind: row.kind,
  ownership: isOwned(row) ? "owned" : "borrowed",
  source: row.source,
  id: row.id,
  priority: row.priority
})

const common = ({ lastAuthError, provider, slot, tokens }: Place, path: string, label: string | undefined) => ({
  store: { kind: "hermes" as const, path, slot },
  provider,
  ...(label !== undefined && { label }),
  tokens,
  ...(lastAuthError && isBlank(tokens) && { lastAuthError })
})
