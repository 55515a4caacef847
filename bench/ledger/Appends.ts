/**
 * Durable appends, everybody in turn and several times over, so that a busy moment of the machine hits all alike.
 */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { atLeast, atMost } from "../Bar.ts"
import { type Row, short, whole } from "../Measure.ts"
import { Waits } from "../Waits.ts"
import type { ContenderName } from "./Contender.ts"
import * as Race from "./Race.ts"

const race = (contender: ContenderName, processes = 1, inFlight = 1): Race.Race => ({ contender, processes, inFlight })

const races = [
  race("raw"),
  race("daybook"),
  race("daybook", 1, 64),
  race("daybook", 4),
  race("daybook", 4, 64),
  race("better-sqlite3"),
  race("better-sqlite3", 4),
  race("node:sqlite"),
  race("node:sqlite", 4),
  race("naive")
]

interface Score {
  seconds: number
  readonly waits: Waits
}

/** One row for each race. */
export const measure = async (folder: string, rounds: number, millis: number): Promise<ReadonlyArray<Row>> => {
  const scores = new Map<Race.Race, Score>(races.map((race) => [race, { seconds: 0, waits: new Waits() }]))
  for (let round = 1; round <= rounds; round++) {
    for (const [race, score] of scores) {
      const own = join(folder, `${round}-${race.contender.replace(":", "-")}-${race.processes}-${race.inFlight}`)
      mkdirSync(own)
      const { seconds, waits } = await Race.run(race, own, millis)
      score.seconds += seconds
      for (const counts of waits) score.waits.addAll(counts)
    }
  }
  return [heading, ...rowsOf(scores)]
}

const heading: Row = ["durable append", "processes", "in flight", "per s", "x raw", "p50 ms", "p99 ms", "max ms", "bar"]

const perSecond = ({ seconds, waits }: Score): number => waits.count / seconds

const rowsOf = (scores: ReadonlyMap<Race.Race, Score>): ReadonlyArray<Row> => {
  const raw = perSecond(find(scores, "raw", 1))
  const sqlite = find(scores, "better-sqlite3", 4).waits.at(1)
  return [...scores].map(([race, score]) => [
    race.contender,
    `${race.processes}`,
    `${race.inFlight}`,
    whole(perSecond(score)),
    short(perSecond(score) / raw),
    ...[0.5, 0.99, 1].map((share) => short(score.waits.at(share))),
    race.contender === "daybook" ? barOf(race, perSecond(score) / raw, score.waits.at(1), sqlite) : ""
  ])
}

const find = (scores: ReadonlyMap<Race.Race, Score>, contender: ContenderName, processes: number): Score => {
  const found = [...scores].find(([race]) => race.contender === contender && race.processes === processes)
  if (found === undefined) throw new Error(`${contender} does not run`)
  return found[1]
}

/** A tenth of the longest wait that better-sqlite3 had, and never more than a quarter of a second. */
const barOf = ({ inFlight, processes }: Race.Race, ratio: number, longest: number, sqlite: number): string =>
  processes === 1
    ? `x raw ${atLeast(ratio, inFlight === 1 ? 0.45 : 8)}`
    : `max ${atMost(longest, Math.min(250, sqlite / 10), " ms")}`
