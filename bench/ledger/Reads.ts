/**
 * Reading a whole ledger beside parsing its lines: in turn and twice, so that a busy moment hits both.
 */
import { readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { atLeast, atMost } from "../Bar.ts"
import { type Row, short, whole } from "../Measure.ts"
import * as Child from "./Child.ts"
import { perSecond, type Reading, total } from "./Reading.ts"

/** Removes what is derived from the ledger, since a first reading finds nothing of it. */
export const measure = async (folder: string): Promise<ReadonlyArray<Row>> => {
  const again = await besideParse(folder, "again")
  for (const derived of ["snapshots", "index.bin"]) rmSync(join(folder, derived), { recursive: true, force: true })
  const first = await besideParse(folder, "first")
  const parse = total([again.parse, first.parse])
  return [
    ["replay and fold", "seconds", "events per s", "x parse", "peak MB", "bar"],
    ["JSON.parse of each line", ...figures(parse, 2 * times), "1.00", whole(parse.peak), ""],
    rowOf("opened without snapshots: chain and CRC of each byte", first, 0.4),
    rowOf("read again: bytes checked before", again, 0.8)
  ]
}

const times = 2

/** Seconds for one reading, and the rate. */
const figures = (readings: Reading, count: number): ReadonlyArray<string> => [
  short(readings.seconds / count),
  whole(perSecond(readings))
]

interface Pair {
  readonly parse: Reading
  readonly replay: Reading
}

const besideParse = async (folder: string, which: "first" | "again"): Promise<Pair> => {
  const parses: Array<Reading> = []
  const replays: Array<Reading> = []
  for (let time = 0; time < times; time++) {
    parses.push(await Child.ask("Parse.ts", ...filesIn(folder)))
    replays.push(await Child.ask("Replay.ts", which, folder))
  }
  return { parse: total(parses), replay: total(replays) }
}

/** In the order of their events: the sealed segments, by their numbers, and the live one. */
const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .toSorted()
    .map((name) => join(folder, name))

const rowOf = (what: string, { parse, replay }: Pair, bar: number): Row => {
  const ratio = perSecond(replay) / perSecond(parse)
  const bars = `x parse ${atLeast(ratio, bar)}; memory ${atMost(replay.peak, 120, " MB")}`
  return [what, ...figures(replay, times), short(ratio), whole(replay.peak), bars]
}
