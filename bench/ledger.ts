/**
 * The ledger in figures, in one run on one disk: durable appends, reading it all, going to a moment.
 *
 *   pnpm bench ledger [--events 1000000] [--seconds 3]
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as Appends from "./ledger/Appends.ts"
import * as BigLedger from "./ledger/BigLedger.ts"
import { doubts } from "./ledger/Machine.ts"
import * as Reads from "./ledger/Reads.ts"
import { line } from "./ledger/Sample.ts"
import * as Seeks from "./ledger/Seeks.ts"
import { type Row, table, whole } from "./Measure.ts"

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { events: { type: "string", default: "1000000" }, seconds: { type: "string", default: "3" } }
})
const events = Number(values.events)
const seconds = Number(values.seconds)
const rounds = 3

const show = (title: string, rows: ReadonlyArray<Row>): void => console.log(`\n${title}\n\n${table(rows)}`)

const folder = mkdtempSync(join(tmpdir(), "daybook-bench-"))
const big = join(folder, "big")
for (const doubt of doubts(folder)) console.error(doubt)
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
process.on("SIGINT", () => process.exit(130))

show(
  `Durable appends of ${line.length + 1} bytes, ${rounds} times ${seconds} s each, in ${folder}`,
  await Appends.measure(folder, rounds, seconds * 1_000)
)
console.error(`\nMaking a ledger of ${whole(events)} events ...`)
const sights = await BigLedger.make(big, events, 1_000)
show(`Moments of a ledger of ${whole(events)} events`, await Seeks.measure(big, sights))
show(`Reading a ledger of ${whole(events)} events`, await Reads.measure(big))
