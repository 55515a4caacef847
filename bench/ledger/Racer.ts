/**
 * One process of a race: opens its contender, warms up, says that it is ready, and appends from the word to begin until
 * the time is over.
 *
 *   Racer.ts CONTENDER FOLDER IN_FLIGHT
 */
import { once } from "node:events"
import { type Counts, Waits } from "../Waits.ts"
import { answer } from "./Child.ts"
import { type ContenderName, open } from "./Contender.ts"

/** What a racer answers when it has run. */
export interface Lap {
  readonly seconds: number
  readonly waits: Counts
}

const warmUp = 400

const [name, folder, inFlight] = process.argv.slice(2) as [ContenderName, string, string]
const contender = await open(name, folder)

const appendUntil = async (end: number, waits: Waits): Promise<void> => {
  while (performance.now() < end) {
    const begun = performance.now()
    const done = contender.append()
    if (done instanceof Promise) await done
    waits.add(performance.now() - begun)
  }
}

const run = async (millis: number): Promise<Lap> => {
  const waits = new Waits()
  const begun = performance.now()
  await Promise.all(Array.from({ length: Number(inFlight) }, () => appendUntil(begun + millis, waits)))
  return { seconds: (performance.now() - begun) / 1_000, waits: waits.counts }
}

await run(warmUp)
process.send?.("ready")
const [millis] = (await once(process, "message")) as [number]
const lap = await run(millis)
await contender.close()
answer(lap)
