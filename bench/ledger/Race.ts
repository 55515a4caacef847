/**
 * Processes that append to one place at once: started, warmed up, sent off together, and timed each by itself.
 */
import type { ChildProcess } from "node:child_process"
import type { Counts } from "../Waits.ts"
import * as Child from "./Child.ts"
import type { ContenderName } from "./Contender.ts"
import type { Lap } from "./Racer.ts"

export interface Race {
  readonly contender: ContenderName
  readonly processes: number
  /** By each process. */
  readonly inFlight: number
}

/** Of all processes together. */
export interface Result {
  /** How long the slowest took. */
  readonly seconds: number
  readonly waits: ReadonlyArray<Counts>
}

export const run = async (race: Race, folder: string, millis: number): Promise<Result> => {
  // The first makes what the others join.
  const first = await start(race, folder)
  const racers = [first, ...(await Promise.all(Array.from({ length: race.processes - 1 }, () => start(race, folder))))]
  const laps = await Promise.all(racers.map((racer) => sendOff(racer, millis)))
  return { seconds: Math.max(...laps.map(({ seconds }) => seconds)), waits: laps.map(({ waits }) => waits) }
}

const start = async ({ contender, inFlight }: Race, folder: string): Promise<ChildProcess> => {
  const racer = Child.start("Racer.ts", contender, folder, `${inFlight}`)
  await Child.answerOf(racer)
  return racer
}

const sendOff = async (racer: ChildProcess, millis: number): Promise<Lap> => {
  racer.send(millis)
  const lap = await Child.answerOf<Lap>(racer)
  await Child.ended(racer)
  return lap
}
