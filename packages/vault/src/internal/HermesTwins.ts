/** Which rows of hermes' pool are one login though they are several. */
import type { Block, Row } from "./HermesPlace.ts"
import { isBlank } from "@daybook/pool/TokenSet"
import { blockSource, isManual, isSeeded } from "./HermesSources.ts"

export const isTwin = (left: Row, right: Row): boolean =>
  left.provider === right.provider && left.source === right.source && left.kind === right.kind

/** What was added by hand, each stands for itself; hermes folds other rows of one source into one. */
export const isFirstOfSource = (rows: ReadonlyArray<Row>, row: Row): boolean =>
  isManual(row) || rows.find((other) => isTwin(other, row)) === row

export const isSeededTwin = (left: Row, right: Row): boolean => isSeeded(left) && isTwin(left, right)

/** A block that was emptied for a reason still counts: what its rows hold is what died. */
export const decidesOverSeeded = ({ lastAuthError, tokens }: Block): boolean =>
  !isBlank(tokens) || lastAuthError !== undefined

/** The row that hermes made from the block of this provider. */
export const seededOf = (provider: string, rows: ReadonlyArray<Row>): Row | undefined =>
  rows.find((row) => row.provider === provider && isSeeded(row))

/** Under which source the block of this provider is known. */
export const sourceOf = (provider: string, rows: ReadonlyArray<Row>): string =>
  seededOf(provider, rows)?.source ?? blockSource(provider)
