import { PoolEvent } from "@daybook/pool/Event"
import * as Instant from "@daybook/pool/Instant"
import { decode, encodeDraft, Envelope, type Recorded } from "@daybook/pool/Recorded"
import { read, readAgain } from "@daybook/pool/RecordedText"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Option, Result, Schema } from "effect"
import { exampleLine, eventTypes } from "../scripts/EventsPage.ts"
import { scanLine } from "../src/internal/scanLine.ts"

const encodeEnvelope = Schema.encodeSync(Envelope)

/** As a ledger writes it, up to its sums. */
const textOf = (envelope: Envelope, event: PoolEvent): string => {
  const { cause, correlation, ...place } = encodeEnvelope(envelope)
  const { data, ...rest } = encodeDraft(event)
  return withoutBrace({ ...place, ...rest, cause, correlation, data })
}

const withoutBrace = (line: object): string => JSON.stringify(line).slice(0, -1)

/** What `JSON.parse` and `decode` make of the line. */
const wholly = (text: string): Option.Option<Recorded> =>
  Option.flatMap(Option.liftThrowable((): unknown => JSON.parse(`${text}}`))(), (json) =>
    Result.getSuccess(decode(json))
  )

const isKnown = (event: Option.Option<Recorded>): boolean => Option.isSome(event) && event.value.type !== "Unknown"

const assertReadAlike = (text: string): void => {
  const expected = wholly(text)
  assert.deepStrictEqual(Result.getSuccess(read(text)), expected, text)
  if (isKnown(expected)) assert.deepStrictEqual(Result.getSuccess(readAgain(text)), expected, text)
}

describe("an event read from its text is the event that decoding gives", () => {
  for (const [type, schema] of Object.entries(PoolEvent.cases)) {
    it.prop(type, { event: Arbitrary.schema(schema), envelope: Envelope }, ({ envelope, event }) => {
      assertReadAlike(textOf(envelope, event))
    })
  }
})

it("a line of every type is read by its form", () => {
  for (const type of eventTypes) assert.isDefined(scanLine(exampleLine(type).slice(0, -1)), type)
})

const texts = eventTypes.map((type) => exampleLine(type).slice(0, -1))

it.prop(
  "with any one character gone, or others in its place, a text is read as decoding reads it",
  {
    text: Schema.Literals(texts),
    at: Schema.Natural,
    instead: Schema.Literals(["", "-", "0", "1", "00", "a", '"', "\\", "}", ","])
  },
  ({ at, instead, text }) => {
    const place = at % text.length
    assertReadAlike(text.slice(0, place) + instead + text.slice(place + 1))
  },
  { arbitrary: { runs: 500 } }
)

describe("a line of another form", () => {
  const { cause, ...line } = JSON.parse(exampleLine("RefreshSucceeded"))
  const { data } = line
  for (const [what, other] of [
    ["has a field that nobody knows", { ...line, data: { ...data, mood: "fine" } }],
    ["has one inside a generation", { ...line, data: { ...data, next: { ...data.next, mood: "fine" } } }],
    ["has one beside its data", { ...line, mood: "fine" }],
    ["has its keys in another order", { cause, ...line }],
    [
      "has the fields of its data in another order",
      { ...line, data: Object.fromEntries(Object.entries(data).toReversed()) }
    ],
    ["has a list for an object", { ...line, data: { ...data, generation: [] } }],
    ["has an object for a list", { ...JSON.parse(exampleLine("StoreCleared")), data: { removed: {} } }],
    [
      "names a credential of which its type says nothing",
      { ...JSON.parse(exampleLine("ActorJoined")), credential: "a" }
    ],
    ["names a credential that cannot be one", { ...JSON.parse(exampleLine("ActorJoined")), credential: "a b" }],
    ["has a higher version", { ...line, v: 2 }],
    ["has a place too far off to count exactly", { ...line, seq: 2 ** 53 }],
    ["has no place", { ...line, seq: 0 }],
    ["lacks its data", { ...line, data: undefined }],
    ["says nothing in its data", { ...line, data: null }],
    ["is of an unknown type", { ...line, type: "MoonPhaseObserved" }],
    ["calls itself unknown", { ...line, type: "Unknown" }]
  ] as const) {
    it(`that ${what} is read as decoding reads it`, () => assertReadAlike(withoutBrace(other)))
  }

  it("with spaces, or escaped characters, is read as decoding reads it", () => {
    assertReadAlike(JSON.stringify({ ...line, cause }, undefined, 1).slice(0, -1))
    assertReadAlike(withoutBrace({ ...line, cause }).replace("Refresh", "\\u0052efresh"))
  })
})

describe("an instant", () => {
  it.prop("is read as `Date.parse` reads it", { at: Instant.Instant }, ({ at }) => {
    assert.strictEqual(Instant.read(Instant.format(at)), at)
  })

  it("is read at the edges of months and leap years", () => {
    for (const year of ["1970", "1972", "1999", "2000", "2024", "2026", "2100", "2400", "9999"]) {
      for (const day of ["01-01", "01-31", "02-28", "03-01", "06-30", "11-30", "12-30"]) {
        const text = `${year}-${day}T23:59:59.999Z`
        assert.strictEqual(Instant.read(text), Date.parse(text), text)
      }
    }
    assert.strictEqual(Instant.read("2024-02-29T00:00:00.000Z"), Date.UTC(2024, 1, 29))
  })

  it("is nothing in a text of another form", () => {
    for (const text of [
      "",
      "2026-11-22",
      "2026-11-22T10:00:00Z",
      "2026-11-22T10:00:00.000+",
      "2026-11-22 10:00:00.000Z",
      "2026-13-22T10:00:00.000Z",
      "2026-00-22T10:00:00.000Z",
      "2026-11-00T10:00:00.000Z",
      "2026-11-32T10:00:00.000Z",
      "2026-11-22T24:00:00.000Z",
      "2026-11-22T10:60:00.000Z",
      "2026-11-22T10:00:60.000Z",
      "2026-11-22T10:00:00.00xZ",
      "2026-11-2xT10:00:00.000Z",
      "1969-12-31T23:59:59.999Z",
      "9999-12-31T00:00:00.001Z"
    ]) {
      assert.isUndefined(Instant.read(text), text)
    }
  })
})
