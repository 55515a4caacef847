/**
 * Going to a moment of a long ledger, named in each of the three ways, and opening it.
 */
import type { Moment } from "@daybook/ledger/Moment"
import { atMost } from "../Bar.ts"
import { type Row, short, whole } from "../Measure.ts"
import { type Counts, Waits } from "../Waits.ts"
import type { Sight } from "./BigLedger.ts"
import * as Child from "./Child.ts"

const processes = 20

export const measure = async (folder: string, sights: ReadonlyArray<Sight>): Promise<ReadonlyArray<Row>> => {
  const seek = async (what: string, moments: ReadonlyArray<Moment>) =>
    rowOf(`asOf ${what}`, "p99", 0.99, await seekAll(folder, moments))
  return [
    ["going back and opening", "times", "p50 ms", "p99 ms", "max ms", "bar"],
    await seek(
      "a seq",
      sights.map(({ seq }) => ({ seq }))
    ),
    await seek(
      "an instant",
      sights.map(({ at }) => ({ at }))
    ),
    await seek(
      "an event id",
      sights.map(({ id }) => ({ id }))
    ),
    ...(await opening(folder))
  ]
}

const seekAll = async (folder: string, moments: ReadonlyArray<Moment>): Promise<Waits> => {
  const child = Child.start("Seek.ts", folder)
  await Child.answerOf(child)
  child.send(moments)
  const waits = new Waits(await Child.answerOf<Counts>(child))
  await Child.ended(child)
  return waits
}

const opening = async (folder: string): Promise<ReadonlyArray<Row>> => {
  const first = new Waits()
  const later = new Waits()
  for (let count = 0; count < processes; count++) {
    const [millis = 0, ...others] = await Child.ask<ReadonlyArray<number>>("ColdOpen.ts", folder)
    first.add(millis)
    for (const other of others) later.add(other)
  }
  return [
    rowOf("open by a snapshot, first of its process", "p50", 0.5, first),
    rowOf("open by a snapshot, later ones", "p50", 0.5, later)
  ]
}

/** The bar is on the given share of the times. */
const rowOf = (what: string, name: string, share: number, waits: Waits): Row => {
  const times = [0.5, 0.99, 1].map((part) => short(waits.at(part)))
  return [what, whole(waits.count), ...times, `${name} ${atMost(waits.at(share), 5, " ms")}`]
}
