import { CorrelationId } from "@daybook/pool/Ids"
import { Gathering, trace } from "@daybook/pool/queries/Trace"
import type { Recorded } from "@daybook/pool/Recorded"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import * as arbitrary from "./arbitraries.ts"
import {
  accepted,
  at,
  by,
  correlation,
  eventId,
  generation,
  minute,
  otherActor,
  recorded,
  second,
  start,
  started,
  type Step
} from "./support.ts"

const first = generation(1)
const other = CorrelationId.make("00000003-0000-7000-8000-000000000002")

const led = (cause: number, step: Step = accepted(first)): Step => ({ ...step, cause: eventId(cause) })
const told = (step: Step = accepted(first)): Step => ({ ...step, correlation })

const shown = (events: ReadonlyArray<Recorded>): ReadonlyArray<string> =>
  trace(events).map(({ depth, event }) => `${"  ".repeat(depth)}${event.seq}`)

describe("a trace", () => {
  it("has each event behind what led to it, and what came of that in order", () => {
    const events = recorded([started(first), accepted(first), led(1), led(2), led(3), led(1)])
    assert.deepStrictEqual(shown(events), ["1", "  3", "    5", "  6", "2", "  4"])
    assert.deepStrictEqual(shown(events.toReversed()), shown(events))
  })

  it("counts time from its first event, and waits from what led to each, or else from the event before", () => {
    const events = recorded([
      started(first),
      led(1),
      at(start + minute, led(1)),
      at(start + minute + second, accepted(first))
    ])
    assert.deepStrictEqual(
      trace(events).map(({ since, wait }) => [since / second, wait / second]),
      [
        [0, 0],
        [1, 1],
        [60, 60],
        [61, 1]
      ]
    )
  })

  it("shows by a wait below nothing that the clock of another process is behind", () => {
    const events = recorded([at(start + minute, started(first)), by(otherActor, at(start, led(1)))])
    assert.strictEqual(trace(events)[1]?.wait, -minute)
  })

  it("names what led to an event from outside, and takes nothing for the cause of what stands before it", () => {
    const [one, two] = trace(recorded([led(2), led(9)]))
    assert.deepStrictEqual([one?.parent, one?.outside], [undefined, eventId(2)])
    assert.deepStrictEqual([two?.parent, two?.outside], [undefined, eventId(9)])
  })

  it("goes as deep as causes go", () => {
    const chain = recorded([started(first), ...Array.from({ length: 20_000 }, (_, n) => led(n + 1))])
    assert.strictEqual(trace(chain).at(-1)?.depth, 20_000)
  })
})

describe("gathering a story", () => {
  const gathered = (gathering: Gathering, events: ReadonlyArray<Recorded>): ReadonlyArray<number> => {
    for (const event of events) gathering.take(event)
    return gathering.events.map(({ seq }) => seq)
  }

  it("takes what has its correlation, and what that led to, under whichever correlation, and nothing else", () => {
    const events = recorded([
      told(),
      accepted(first),
      { ...led(1), correlation: other },
      led(3),
      { ...accepted(first), correlation: other },
      led(5)
    ])
    assert.deepStrictEqual(gathered(new Gathering(correlation), events), [1, 3, 4])
  })

  it("without a correlation takes what came of the events it begins with", () => {
    const events = recorded([accepted(first), led(1), accepted(first), led(2), led(3)])
    assert.deepStrictEqual(gathered(new Gathering(undefined, events.slice(0, 1)), events), [1, 2, 4])
  })

  it("names what stands on the lines of all that its events led to", () => {
    const gathering = new Gathering(correlation)
    for (const event of recorded([told(), told(), led(1)])) gathering.take(event)
    assert.deepStrictEqual(gathering.names, [`"cause":"${eventId(1).slice(0, 8)}`])
    assert.include(JSON.stringify(recorded([led(3)])[0]), gathering.names[0] ?? "nothing")
  })
})

const causes = Arbitrary.schema(Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }))))

it.prop(
  "a trace has every event once, each one deeper than what led to it",
  { ledger: arbitrary.ledgerOf(arbitrary.event), causes },
  ({ causes, ledger }) => {
    const events = ledger.map((event, place) => {
      const cause = causes[place]
      return { ...event, id: eventId(place + 1), ...(cause === undefined ? {} : { cause: eventId(cause) }) }
    })
    const traced = trace(events)
    assert.deepStrictEqual(
      traced.map(({ event }) => event.seq).toSorted((a, b) => a - b),
      events.map(({ seq }) => seq)
    )
    const depths = new Map(traced.map(({ depth, event }) => [event.seq, depth]))
    for (const { depth, event, outside, parent } of traced) {
      if (parent === undefined) assert.deepStrictEqual([depth, outside], [0, event.cause])
      else
        assert.deepStrictEqual([depth, parent < event.seq, outside], [(depths.get(parent) ?? 0) + 1, true, undefined])
    }
  }
)
