/**
 * What counts of what stands in hermes' file: without what hermes was told not to use, and with the newest tokens where
 * one login stands in several places.
 */
import { isBlank } from "@daybook/pool/TokenSet"
import type { HermesFile } from "../HermesFile.ts"
import type { Beside } from "./HermesBeside.ts"
import { type Block, blockSlot, type Place, type Row, sharesGrant } from "./HermesPlace.ts"
import { blockSource, isHermesPkce, isOwned, isSeeded } from "./HermesSources.ts"
import { decidesOverSeeded, isFirstOfSource, isTwin, sourceOf } from "./HermesTwins.ts"
import { newerOf } from "./NewerTokens.ts"

/**
 * Without what hermes was told not to use: a block whose source is suppressed, with the rows that only show it, and what
 * it borrows from there. A row that stands for itself stays, whatever is suppressed under its source's name.
 */
export const standing = (
  provider: string,
  block: Block | undefined,
  all: ReadonlyArray<Row>,
  isSuppressed: (source: string) => boolean
): HermesFile => {
  const isBlockSuppressed = isSuppressed(sourceOf(provider, all)) || isSuppressed(blockSource(provider))
  const decides = block !== undefined && decidesOverSeeded(block)
  const rows = all.filter((row) =>
    isOwned(row) ? !(isBlockSuppressed && decides && isSeeded(row)) : !isSuppressed(row.source)
  )
  return {
    blocks: block === undefined || isBlockSuppressed ? [] : [broughtUpToDate(block, rows)],
    rows: decides ? rows : seededUpToDate(rows),
    suppressed: [
      ...(isBlockSuppressed ? [blockSlot(provider)] : []),
      ...all.filter((row) => !rows.includes(row)).map(({ slot }) => slot)
    ]
  }
}

/** hermes' own Anthropic login: its row is a copy. */
export const rowWithBeside = (row: Row, { anthropic }: Beside): Row =>
  isHermesPkce(row) && !isBlank(anthropic) ? { ...row, tokens: anthropic } : row

/** Profiles take turns with one Nous login, and the one that refreshed last may not have been this. */
export const withBeside = (block: Block, { nous }: Beside): Block => {
  const isDead = isBlank(block.tokens) && (block.lastAuthError?.at ?? 0) >= (nous.refreshedAt ?? 0)
  return block.provider !== "nous" || isDead ? block : { ...block, tokens: newerOf(block.tokens, nous) }
}

/** hermes writes a new pair to the seeded row first and then to the block; if it died between, the row has the pair. */
const broughtUpToDate = <P extends Place>(place: P, rows: ReadonlyArray<Row>): P =>
  rows.filter(isSeeded).reduce((newest, row) => (isSuccessor(row, newest) ? withTokensOf(row, newest) : newest), place)

const withTokensOf = <P extends Place>(row: Row, place: P): P => {
  const { expiresAt: _expiresAt, ...tokens } = place.tokens
  return { ...place, tokens: { ...tokens, ...row.tokens } }
}

/** Without a block, seeded rows of one source are one login; the first has its name, and the newest its tokens. */
const seededUpToDate = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  rows.map((row) =>
    isSeeded(row) && isFirstOfSource(rows, row)
      ? broughtUpToDate(
          row,
          rows.filter((other) => isTwin(other, row))
        )
      : row
  )

/** Only what both say of their last refresh proves it. */
const isSuccessor = (row: Row, place: Place): boolean =>
  row.provider === place.provider &&
  row.kind === "oauth" &&
  row.lastAuthError === undefined &&
  row.tokens.refresh !== undefined &&
  place.tokens.refresh !== undefined &&
  !sharesGrant(row, place) &&
  (row.tokens.account ?? place.tokens.account) === (place.tokens.account ?? row.tokens.account) &&
  (row.tokens.refreshedAt ?? 0) > (place.tokens.refreshedAt ?? Infinity)
