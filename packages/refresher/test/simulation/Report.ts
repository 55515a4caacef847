/**
 * What a failing seed leaves behind: its steps, its ledger as a file that `daybook` reads, and how to have it again.
 */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Result } from "./Simulation.ts"
import { keyBytes } from "./World.ts"

const runner = fileURLToPath(new URL("run.ts", import.meta.url))

/** How many of the last steps are shown; all are in the file. */
const shown = 60

/** Writes the files, and answers what to print. */
export const reportOf = ({ breaches, history, seed, world }: Result): string => {
  const folder = mkdtempSync(join(tmpdir(), `daybook-seed-${seed}-`))
  writeFileSync(join(folder, "ledger.jsonl"), world.log.text(), { mode: 0o600 })
  writeFileSync(join(folder, "fingerprint.key"), keyBytes, { mode: 0o600 })
  writeFileSync(join(folder, "steps.txt"), `${history.join("\n")}\n`)
  return [
    `Seed ${seed} breaks what must always hold:`,
    ...breaches.map((breach) => `  ${breach}`),
    `The last of its ${history.length} steps:`,
    ...history.slice(-shown).map((step) => `  ${step}`),
    `All of them: ${join(folder, "steps.txt")}`,
    `Its ledger: DAYBOOK_HOME=${folder} daybook log   (or story, verify)`,
    `Once more: node ${runner} --from ${seed} --worlds 1 --steps`
  ].join("\n")
}
