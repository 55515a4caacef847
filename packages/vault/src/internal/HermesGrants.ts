/** Where each grant in hermes' file really lives, and where else it shows. */
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import type { HermesFile } from "../HermesFile.ts"
import type { AuthError } from "../Login.ts"
import { type Block, type Place, type Row, sharesGrant } from "./HermesPlace.ts"
import { isOwned, isSeeded } from "./HermesSources.ts"
import { decidesOverSeeded, isSeededTwin } from "./HermesTwins.ts"

/** The slot of the place that counts for this row's grant. */
export const authorityOf = ({ blocks, rows }: HermesFile, row: Row): string => {
  if (row.kind === "apiKey") return row.slot
  const borrowed = rows.find((other) => !isOwned(other) && sharesGrant(other, row))
  if (borrowed !== undefined) return borrowed.slot
  if (!isOwned(row)) return row.slot
  const block = blocks.find(({ provider }) => provider === row.provider)
  if (block && (sharesGrant(block, row) || (isSeeded(row) && decidesOverSeeded(block)))) return block.slot
  const first = rows.find((other) => other.kind === "oauth" && (sharesGrant(other, row) || isSeededTwin(other, row)))
  return first?.slot ?? row.slot
}

/** The slot that counts for the grant in this one: a row enrolled by itself may have become a view since. */
export const authoritySlot = (file: HermesFile, slot: string): string => {
  const row = file.rows.find((row) => row.slot === slot)
  return row ? authorityOf(file, row) : slot
}

/** The rows that show the grant of this authority's slot, the row itself included if it is one. */
export const rowsOf = (file: HermesFile, authority: string): ReadonlyArray<Row> =>
  file.rows.filter((row) => authorityOf(file, row) === authority)

export const blockAt = (file: HermesFile, slot: string): Block | undefined => {
  const authority = authoritySlot(file, slot)
  return file.blocks.find((block) => block.slot === authority)
}

const placeAt = (file: HermesFile, slot: string): Place | undefined => {
  const authority = authoritySlot(file, slot)
  return [...file.blocks, ...file.rows].find((place) => place.slot === authority)
}

/** Blank if there is no such place. */
export const tokensAt = (file: HermesFile, slot: string): TokenSet => placeAt(file, slot)?.tokens ?? {}

/** Why hermes took the tokens away that were here. It says nothing while there are tokens. */
export const lastErrorAt = (file: HermesFile, slot: string): AuthError | undefined => {
  const place = placeAt(file, slot)
  return place !== undefined && isBlank(place.tokens) ? place.lastAuthError : undefined
}
