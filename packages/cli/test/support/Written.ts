/**
 * A history of a test's own: the same steps as events with ids and times made here, or written into a ledger on disk by
 * one actor for each writer. One step a minute, unless it says otherwise; the tests' clock is set by it.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { ActorId, EventId, Seq } from "@daybook/pool/Ids"
import type { Draft, Recorded } from "@daybook/pool/Recorded"
import { Context, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"

export const begin = Date.UTC(2026, 10, 22, 10)
export const minute = 60_000

export interface Step {
  /** Program of the process that writes it. */
  readonly by: string
  readonly event: Draft
  /** Minutes after `begin`; one after the step before, if nothing is said. */
  readonly after?: number
}

export const uuid = (family: number, n: number): string =>
  `${family.toString(16).padStart(8, "0")}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`

/** The events of the steps, and before the first of each writer who that is. */
export const recordedOf = (steps: ReadonlyArray<Step>): ReadonlyArray<Recorded> => {
  const writers = [...new Set(steps.map(({ by }) => by))]
  const actorOf = (by: string) => ActorId.make(uuid(1, writers.indexOf(by) + 1))
  const joined = writers.map((by, place) => ({
    by,
    after: 0,
    event: {
      type: "ActorJoined",
      v: 1,
      data: { program: by, version: "1.0.0", pid: 100 + place, host: "here" }
    } as const
  }))
  return timed([...joined, ...steps]).map(({ at, by, event: { cause, correlation, ...event } }, index) => ({
    ...event,
    seq: Seq.make(index + 1),
    at,
    id: event.id ?? EventId.make(uuid(2, index + 1)),
    actor: actorOf(by),
    ...(cause === undefined ? {} : { cause }),
    ...(correlation === undefined ? {} : { correlation })
  }))
}

/** Writes them into a folder, as separate processes would. */
export const write = (folder: string, steps: ReadonlyArray<Step>) =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* TestClock.setTime(begin)
      const writers = new Map<string, Ledger["Service"]>()
      for (const { at, by, event } of timed(steps)) {
        yield* TestClock.setTime(at)
        const ledger = writers.get(by) ?? (yield* open(folder, by))
        writers.set(by, ledger)
        yield* ledger.append([event])
      }
    })
  )

const open = (folder: string, program: string) =>
  Effect.map(Layer.build(FileLedger.layer({ folder, program, version: "1.0.0" })), (services) =>
    Context.get(services, Ledger)
  )

const timed = (steps: ReadonlyArray<Step>) => {
  let last = -1
  return steps.map((step) => {
    last = step.after ?? last + 1
    return { ...step, at: begin + last * minute }
  })
}
