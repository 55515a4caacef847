/** How to ask what can be done about damage: the command line for a ledger file. */
import { basename, dirname } from "node:path"

/** None for a segment alone, which cannot be repaired. */
export const repairCommand = (ledger: string, home: string): string | undefined => {
  if (basename(ledger) !== "ledger.jsonl") return undefined
  const folder = dirname(ledger)
  return `daybook repair --dry-run${folder === home ? "" : ` --home ${folder}`}`
}
