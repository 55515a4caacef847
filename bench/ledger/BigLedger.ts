/**
 * A ledger of many events, made through the ledger itself: one append for each half-hour of the story, under a clock
 * that goes on by half an hour each time.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import type { EventId, Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Recorded } from "@daybook/pool/Recorded"
import { Clock, Effect, Layer } from "effect"
import { chance } from "./Names.ts"
import { begins, step, story } from "./Story.ts"

/** An event to look for later. */
export interface Sight {
  readonly seq: Seq
  readonly at: Instant
  readonly id: EventId
}

/** Answers about as many sights as asked for, picked evenly. */
export const make = (folder: string, events: number, sights: number): Promise<ReadonlyArray<Sight>> => {
  let now = begins
  const clock = clockAt(() => now)
  const write = Effect.gen(function* () {
    const ledger = yield* Ledger
    const picked: Array<Sight> = []
    const halfHours = story()
    for (let last = 0; last < events; now += step) {
      const recorded = yield* ledger.append(halfHours.next().value)
      picked.push(...recorded.filter(() => chance() < sights / events).map(sightOf))
      last = recorded.at(-1)?.seq ?? events
    }
    return picked
  })
  const layer = FileLedger.layer({ folder, program: "bench", version: "0" }).pipe(
    Layer.provide(Layer.succeed(Clock.Clock, clock))
  )
  return Effect.runPromise(Effect.provide(write, layer))
}

const sightOf = ({ at, id, seq }: Recorded): Sight => ({ seq, at, id })

/** Its time of day is given; what it measures and how it sleeps is as everywhere. */
const clockAt = (now: () => Instant): Clock.Clock => {
  const real = Clock.Clock.defaultValue()
  return Object.assign(Object.create(real) as Clock.Clock, {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now)
  })
}
