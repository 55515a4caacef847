/**
 * Looking back into a long ledger, command by command, as whole processes: each starts node, loads the command, opens the
 * ledger, answers and ends.
 *
 *   pnpm bench history [--events 1000000] [--ledger FOLDER] [--times 11] [--only show]
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { Seq } from "@daybook/pool/Ids"
import { Effect, Stream } from "effect"
import { parseArgs } from "node:util"
import { atMost } from "./Bar.ts"
import { type Look, looks, memoryBar } from "./history/Looks.ts"
import * as Run from "./history/Run.ts"
import type * as BigLedger from "./ledger/BigLedger.ts"
import { doubts } from "./ledger/Machine.ts"
import * as Temporary from "./ledger/Temporary.ts"
import { median, type Row, short, table, whole } from "./Measure.ts"

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    events: { type: "string", default: "1000000" },
    ledger: { type: "string" },
    times: { type: "string", default: "11" },
    only: { type: "string", default: "" }
  }
})
const times = Number(values.times)

/** Moments of a ledger that is there, evenly over all of it. */
const sightsOf = (folder: string) =>
  Effect.gen(function* () {
    const ledger = yield* Ledger
    const { head } = yield* ledger.state
    const places = Array.from({ length: times }, (_, index) => Seq.make(Math.ceil((head * (index + 0.5)) / times)))
    const events = yield* Effect.forEach(places, (seq) => Stream.runHead(ledger.read(seq)))
    return events.flatMap((event) => (event._tag === "Some" ? [event.value] : []))
  }).pipe(
    Effect.provide(FileLedger.layer({ folder, program: "bench", version: "0", readOnly: true })),
    Effect.runPromise
  )

const usageRuns = 3

const measure = async (look: Look, sights: ReadonlyArray<BigLedger.Sight>): Promise<Row> => {
  const picked = sights.slice(0, look.times ?? sights.length)
  const all = picked.map((sight) => look.args(sight))
  await Run.time(all[0] ?? []) // the first of its kind compiles for the others
  const millis: Array<number> = []
  for (const args of all) millis.push(await Run.time(args))
  const usages: Array<Run.Usage> = []
  for (const args of all.slice(0, usageRuns)) usages.push(await Run.usage(args))
  const middle = median(millis)
  const held = Math.max(...usages.map(({ memory }) => memory))
  const bars = [...(look.bar === undefined ? [] : [atMost(middle, look.bar, " ms")]), atMost(held, memoryBar, " MB")]
  const processor = median(usages.map(({ processor }) => processor))
  return [
    look.what,
    whole(millis.length),
    short(middle),
    short(Math.max(...millis)),
    short(processor),
    whole(held),
    bars.join("; ")
  ]
}

const folder = values.ledger ?? (await Temporary.make(Number(values.events)))
for (const doubt of doubts(folder)) console.error(doubt)
const sights = await sightsOf(folder)
const rows: Array<Row> = [["command", "times", "median ms", "max ms", "processor ms", "peak MB", "bar"]]
for (const look of looks(folder).filter(({ what }) => what.includes(values.only)))
  rows.push(await measure(look, sights))
console.log(`\n${table(rows)}`)
