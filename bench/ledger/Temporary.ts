/** A long ledger for one run. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { whole } from "../Measure.ts"
import * as BigLedger from "./BigLedger.ts"

/** Its folder, which is gone when the process ends. */
export const make = async (events: number): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "daybook-bench-"))
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  process.on("SIGINT", () => process.exit(130))
  console.error(`Making a ledger of ${whole(events)} events ...`)
  await BigLedger.make(folder, events, 1)
  return folder
}
