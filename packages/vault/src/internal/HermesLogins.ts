/** The logins in hermes' file, each once, and which of them only hermes may refresh. */
import { isBlank } from "@daybook/pool/TokenSet"
import type { HermesFile } from "../HermesFile.ts"
import type { Login } from "../Login.ts"
import { unlocked } from "./HermesBlock.ts"
import { authorityOf, authoritySlot, blockAt } from "./HermesGrants.ts"
import type { Block, Place, Row } from "./HermesPlace.ts"
import { isOwned } from "./HermesSources.ts"
import { isFirstOfSource, seededOf, sourceOf } from "./HermesTwins.ts"

/** Why only hermes may refresh the grant in this slot, if so. */
export const whyOnlyHermes = (file: HermesFile, slot: string): string | undefined => {
  if (file.suppressed.includes(slot)) return "hermes was told not to use it: its source is suppressed"
  const block = blockAt(file, slot)
  if (block !== undefined) return block.onlyHermes
  const authority = authoritySlot(file, slot)
  const row = file.rows.find((row) => row.slot === authority)
  return row && whyNotThisRow(row)
}

const whyNotThisRow = (row: Row): string | undefined => {
  if (!isOwned(row)) return `hermes keeps it by its source ${row.source}; let hermes refresh it`
  if (row.kind === "apiKey") return "it is an API key, which nobody refreshes"
  if (row.provider === "minimax-oauth") return unlocked
  if (row.provider === "nous")
    return "hermes goes on with its login block of Nous in place of it; let hermes refresh it"
  return undefined
}

export const logins = (file: HermesFile, path: string): ReadonlyArray<Login> => [
  ...file.blocks.map((block) => blockLogin(file, block, path)),
  ...file.rows.filter((row) => isLogin(file, row)).map((row) => rowLogin(row, path))
]

/** Rows without tokens are worth showing only when they say why. */
const isLogin = (file: HermesFile, row: Row): boolean =>
  authorityOf(file, row) === row.slot &&
  isFirstOfSource(file.rows, row) &&
  (!isBlank(row.tokens) || (isOwned(row) && row.lastAuthError !== undefined))

const blockLogin = (file: HermesFile, block: Block, path: string): Login => {
  const row = seededOf(block.provider, file.rows)
  return {
    ...common(block, path, row?.label ?? block.label),
    ...(block.lastAuthError && isBlank(block.tokens) && { lastAuthError: block.lastAuthError }),
    kind: "oauth",
    ownership: block.onlyHermes === undefined ? "owned" : "borrowed",
    source: sourceOf(block.provider, file.rows),
    ...(row && { id: row.id }),
    priority: row?.priority ?? 0
  }
}

/** hermes leaves a dead row its tokens, so what it says of its death is shown beside them. */
const rowLogin = (row: Row, path: string): Login => ({
  ...common(row, path, row.label),
  ...(row.lastAuthError && { lastAuthError: row.lastAuthError }),
  kind: row.kind,
  ownership: isOwned(row) && (row.kind === "apiKey" || whyNotThisRow(row) === undefined) ? "owned" : "borrowed",
  source: row.source,
  id: row.id,
  priority: row.priority
})

const common = ({ provider, slot, tokens }: Place, path: string, label: string | undefined) => ({
  store: { kind: "hermes" as const, path, slot },
  provider,
  ...(label !== undefined && { label }),
  tokens
})
