/**
 * The viewer in a real Chromium, on a long ledger: until the first picture, until the whole ledger is in the page, while
 * the cursor is dragged, and while nearly all is panned.
 *
 *   pnpm bench viewer [--events 100000] [--ledger FOLDER] [--times 3]
 */
import { parseArgs } from "node:util"
import { doubts } from "./ledger/Machine.ts"
import * as Temporary from "./ledger/Temporary.ts"
import { median, type Row, short, table } from "./Measure.ts"
import { type Looked, lookAt } from "./viewer/Look.ts"

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    events: { type: "string", default: "100000" },
    ledger: { type: "string" },
    times: { type: "string", default: "3" }
  }
})

const ledger = values.ledger ?? (await Temporary.make(Number(values.events)))
const looks: Array<Looked> = []
for (let time = 0; time < Number(values.times); time++) looks.push(await lookAt(ledger))

const row = (what: string, of: (looked: Looked) => number, unit: string, bar: string): Row => [
  what,
  `${short(median(looks.map(of)))} ${unit}`,
  bar
]

for (const doubt of doubts(ledger)) console.error(doubt)
const rows: ReadonlyArray<Row> = [
  ["measure", "median", "bar"],
  row("first picture", ({ picture }) => picture, "ms", "at most 2,000"),
  row("all read", ({ all }) => all, "ms", "-"),
  row("frames while scrubbing", ({ scrubbing }) => scrubbing.aSecond, "a second", "at least 30"),
  row("longest of them", ({ scrubbing }) => scrubbing.longest, "ms", "-"),
  row("frames while panning all", ({ panning }) => panning.aSecond, "a second", "at least 30"),
  row("longest of them", ({ panning }) => panning.longest, "ms", "-"),
  row("memory, all read", ({ memory }) => memory.atRest, "MB", "at most 300"),
  row("memory, right after scrubbing", ({ memory }) => memory.dragged, "MB", "at most 300")
]
console.log(`\n${table(rows)}`)
