/**
 * What changes in hermes-agent's `auth.json` when a grant gets new tokens or loses them. `active_provider`, unknown
 * fields and the rows of other grants are never touched.
 */
import { format, type Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { Note } from "../Authority.ts"
import type { HermesFile } from "../HermesFile.ts"
import { authoritySlot, blockAt, rowsOf } from "./HermesGrants.ts"
import * as Fields from "./HermesFields.ts"
import { type Block, blockSlot, withSlots } from "./HermesPlace.ts"
import { fallsWithBlock, isSeeded } from "./HermesSources.ts"
import { edit, type Json, objectAt, patch } from "./Json.ts"

type NewBlock = Pick<Block, "isFlat" | "path" | "provider">

/**
 * The file with these tokens in all places of the slot's grant; nothing if the slot is a row that was removed, or a block
 * that hermes was told not to use.
 */
export const stored = (
  json: Json,
  file: HermesFile,
  slot: string,
  tokens: TokenSet,
  now: Instant
): Json | undefined => {
  const { block, rows } = grantAt(file, slot)
  if (block === undefined && rows.size === 0) return undefined
  const edited = editRows(json, (row, slot, provider) => (rows.has(slot) ? Fields.rowWith(row, provider, tokens) : row))
  return touched(block === undefined ? edited : editBlock(edited, block, Fields.blockWith(block, tokens)), now)
}

/** The file without the tokens of the slot's grant, and the ids of the rows that went with them. */
export const cleared = (
  json: Json,
  file: HermesFile,
  slot: string,
  note: Note,
  now: Instant
): { readonly json: Json; readonly removed: ReadonlyArray<string> } => {
  const { block, rows } = grantAt(file, slot)
  const fallen = file.rows.filter(
    (row) => row.provider === block?.provider && (isSeeded(row) || (fallsWithBlock(row) && rows.has(row.slot)))
  )
  const removed = new Set(fallen.map((row) => row.slot))
  const edited = editRows(json, (row, slot) =>
    removed.has(slot) ? undefined : rows.has(slot) ? Fields.deadRow(row, note) : row
  )
  return {
    json: touched(
      block === undefined ? edited : editBlock(edited, block, Fields.deadBlock(block, note, fallen.length > 0)),
      now
    ),
    removed: fallen.map(({ id }) => id)
  }
}

/** All places of one grant: the slots of its rows, and its block, if it is in one. */
const grantAt = (file: HermesFile, slot: string) => {
  const authority = authoritySlot(file, slot)
  return {
    block: blockAt(file, slot) ?? newBlock(file, authority),
    rows: new Set(rowsOf(file, authority).map((row) => row.slot))
  }
}

/** A login gets a block where none is, unless its user took it away. */
const newBlock = ({ suppressed }: HermesFile, authority: string): NewBlock | undefined => {
  if (!authority.startsWith(blockSlot("")) || suppressed.includes(authority)) return undefined
  const provider = authority.slice(blockSlot("").length)
  return { provider, path: ["providers", provider], isFlat: provider === "nous" }
}

const touched = (json: Json, now: Instant): Json => patch(json, { updated_at: format(now) })

const editBlock = (json: Json, { path }: NewBlock, change: (block: Json) => Json): Json => editAt(json, path, change)

const editAt = (json: Json, [key, ...rest]: ReadonlyArray<string>, change: (block: Json) => Json): Json =>
  key === undefined ? change(json) : edit(json, key, (object) => editAt(object, rest, change))

/** `undefined` removes the row. */
const editRows = (json: Json, change: (row: Json, slot: string, provider: string) => Json | undefined): Json => {
  const pool = Object.entries(objectAt(json, "credential_pool")).map(([provider, rows]): [string, unknown] => [
    provider,
    withSlots(provider, asRows(rows)).flatMap(([slot, row]) => change(row, slot, provider) ?? [])
  ])
  return pool.length === 0 ? json : patch(json, { credential_pool: Object.fromEntries(pool) })
}

/** The file was decoded before, so these are objects. */
const asRows = (rows: unknown): ReadonlyArray<Json> => rows as ReadonlyArray<Json>
