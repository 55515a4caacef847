import { fold } from "@daybook/pool/Evolve"
import { empty, type PoolState } from "@daybook/pool/PoolState"
import { decode as decodeLine, encodeDraft, Envelope, type Recorded } from "@daybook/pool/Recorded"
import { decode, encode } from "@daybook/pool/StateSnapshot"
import { assert, describe, it } from "@effect/vitest"
import { HashMap, Option, Result, Schema } from "effect"
import { examples } from "../scripts/event-examples.ts"
import * as arbitrary from "./arbitraries.ts"
import {
  accepted,
  actor,
  benched,
  enrolled,
  eventId,
  generation,
  given,
  joined,
  observed,
  opened,
  start,
  started,
  succeeded
} from "./support.ts"

const encodeEnvelope = Schema.encodeSync(Envelope)

/** As they are read from a ledger, a last one of a newer program with them. */
const throughText = (events: ReadonlyArray<Recorded>): ReadonlyArray<Recorded> =>
  [
    ...events.map((event) => ({
      ...encodeEnvelope(event),
      ...(event.type === "Unknown" ? {} : encodeDraft(event))
    })),
    { seq: events.length + 1, at: "2026-11-22T10:00:00.000Z", id: eventId(1), actor, type: "MoonPhase", v: 1, data: {} }
  ].map((line) => Result.getOrThrow(decodeLine(JSON.parse(JSON.stringify(line)))))

const back = (state: PoolState): PoolState => Option.getOrThrow(decode(encode(state)))

/** Maps as sorted lists of entries: what is left differs wherever two states do, also by a key without a value. */
const bare = (value: unknown): unknown => {
  if (HashMap.isHashMap(value)) {
    return Array.from(value, ([key, item]) => [String(key), bare(item)] as const).toSorted(([a], [b]) =>
      a < b ? -1 : 1
    )
  }
  if (Array.isArray(value)) return value.map(bare)
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bare(item)]))
    : value
}

const assertSame = (actual: PoolState, expected: PoolState): void =>
  assert.deepStrictEqual(bare(actual), bare(expected))

const refreshes = (count: number) =>
  Array.from({ length: count }, (_, n) => [
    started(generation(n), n),
    succeeded(generation(n), generation(n + 1, n % 3 === 0 ? {} : { expiresAt: start + n, issuedAt: start }), n)
  ]).flat()

describe("a state comes back from its text exactly as it was", () => {
  for (const [name, events] of [
    ["all events", arbitrary.event],
    ["events of grants", arbitrary.grantEvent]
  ] as const) {
    it.prop(
      `${name}, in any order`,
      { ledger: arbitrary.ledgerOf(events) },
      ({ ledger }) => {
        const state = fold(throughText(ledger))
        assertSame(back(state), state)
      },
      arbitrary.thorough
    )
  }

  it("the empty one", () => assertSame(back(empty), empty))

  it("one of every event there is", () => {
    const state = fold(Object.values(examples))
    assertSame(back(state), state)
  })

  it("one with a full lineage, whose generations have different fields", () => {
    const state = given(opened, joined, enrolled(), observed(generation(0)), ...refreshes(100))
    assertSame(back(state), state)
  })

  it("one with a cooldown of a model, and a use that names no generation", () => {
    const state = given(enrolled(), benched(start, 'a "model", \u2028 named \ud800'), accepted({}))
    assertSame(back(state), state)
  })
})

it.prop(
  "folding on from the text gives what folding on from the state gives",
  { ledger: arbitrary.ledgerOf(arbitrary.event), cut: Schema.Natural },
  ({ cut, ledger }) => {
    const events = throughText(ledger)
    const at = cut % events.length
    assertSame(fold(events.slice(at), back(fold(events.slice(0, at)))), fold(events))
  },
  arbitrary.thorough
)

describe("a text that is not a state's gives none", () => {
  const text = encode(given(enrolled(), observed(generation(0)), ...refreshes(2)))

  it("cut anywhere", () => {
    for (let length = 0; length < text.length; length++) assert.isTrue(Option.isNone(decode(text.slice(0, length))))
  })

  const [shapes, texts, others, grants] = JSON.parse(text)
  const [[id, grant, columns]] = grants
  for (const [what, parts] of [
    ["nothing", []],
    ["a shape is missing", [shapes.slice(1), texts, others, grants]],
    ["a shape lacks a key", [shapes.map((shape: ReadonlyArray<string>) => shape.slice(1)), texts, others, grants]],
    ["a string is missing", [shapes, texts.slice(0, -1), others, grants]],
    ["the state is something else", [shapes, texts, grant, grants]],
    ["a grant is something else", [shapes, texts, others, [[id, others, columns]]]],
    ["a lineage is too short in one field", [shapes, texts, others, [[id, grant, { ...columns, sent: [1] }]]]],
    ["a lineage lacks a field", [shapes, texts, others, [[id, grant, { ...columns, refresh: undefined }]]]],
    ["a lineage names an unknown actor", [shapes, texts, others, [[id, grant, { ...columns, actors: [] }]]]]
  ] as const) {
    it(what, () => assert.isTrue(Option.isNone(decode(JSON.stringify(parts)))))
  }
})
