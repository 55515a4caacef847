/** Reads a ledger to its first event, in pieces of a length, without a server. */
import type { Recorded } from "@daybook/pool/Recorded"
import { EmbeddedSource } from "@daybook/viewer/model/EmbeddedSource"
import { type PieceLengths, Reading } from "@daybook/viewer/model/Reading"
import { Turns } from "@daybook/viewer/model/Turns"
import type { FromWorker } from "@daybook/viewer/Questions"
import type { About } from "@daybook/viewer/Wire"
import { lineOf } from "./History.ts"
import { Whole } from "./Whole.ts"

export const aboutOf = (first: number, head: number): About => ({
  ledger: "",
  name: "a test",
  first,
  head,
  at: undefined,
  damage: undefined,
  isExcerpt: false,
  isFromElsewhere: true,
  unknown: 0
})

export const bytesOf = (lines: ReadonlyArray<string>): Uint8Array =>
  new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""))

export const embedded = (lines: ReadonlyArray<string>): EmbeddedSource =>
  new EmbeddedSource(bytesOf(lines), aboutOf(1, lines.length))

export const readAll = async (events: ReadonlyArray<Recorded>, lengths?: PieceLengths) =>
  readLines(events.map(lineOf), lengths)

export const readLines = async (lines: ReadonlyArray<string>, lengths?: PieceLengths) => {
  const source = embedded(lines)
  const whole = new Whole()
  const told: Array<FromWorker> = []
  const reading = new Reading(
    source,
    await source.about(),
    new Turns(),
    (message) => ("piece" in message ? whole.add(message.piece) : told.push(message)),
    lengths
  )
  await reading.run()
  return { reading, whole, told }
}
