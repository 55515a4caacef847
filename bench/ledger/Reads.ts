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
    ["replay and fold", "events per s", "x parse", "peak MB", "bar"],
    ["JSON.parse of each line", whole(perSecond(parse)), "1.00", whole(parse.peak), ""],
    rowOf("every byte checked, by chain and CRC", first, 0.4),
    rowOf("bytes checked before", again, 0.8)
  ]
}

interface Pair {
  readonly parse: Reading
  readonly replay: Reading
}

const besideParse = async (folder: string, which: "first" | "again"): Promise<Pair> => {
  const parses: Array<Reading> = []
  const replays: Array<Reading> = []
  for (let time = 0; time < 2; time++) {
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
  return [what, whole(perSecond(replay)), short(ratio), whole(replay.peak), bars]
}
