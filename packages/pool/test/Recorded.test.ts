import { PoolEvent } from "@daybook/pool/Event"
import { evolve } from "@daybook/pool/Evolve"
import { GrantId } from "@daybook/pool/Ids"
import { grantById } from "@daybook/pool/PoolState"
import { decode, type Draft, encodeDraft, Envelope, type Recorded } from "@daybook/pool/Recorded"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Equal, Result, Schema } from "effect"
import {
  actor,
  correlation,
  credentialId,
  enrolled,
  eventId,
  given,
  grantId,
  observed,
  generation,
  otherGrantId,
  recorded,
  start
} from "./support.ts"

const envelopeOf = { seq: 7, at: start, id: eventId(7), actor, cause: eventId(3), correlation }
const encodeEnvelope = Schema.encodeSync(Envelope)

/** To text and back, as a ledger and its reader do. */
const throughText = (envelope: Envelope, draft: Draft): unknown =>
  JSON.parse(JSON.stringify({ ...encodeEnvelope(envelope), ...encodeDraft(draft) }))

const read = (json: unknown): Recorded => Result.getOrThrow(decode(json))

const line = (type: string, v: number, data: unknown, credential?: string) => ({
  seq: 7,
  at: "2026-11-22T10:00:00.000Z",
  id: eventId(7),
  actor,
  type,
  v,
  ...(credential === undefined ? {} : { credential }),
  data
})

describe("every event type survives the way into a ledger and back", () => {
  for (const [type, schema] of Object.entries(PoolEvent.cases)) {
    it.prop(type, { event: Arbitrary.schema(schema), envelope: Envelope }, ({ envelope, event }) => {
      const written = { ...envelope, ...event }
      assert.isTrue(Equal.equals(read(throughText(envelope, event)), written), JSON.stringify(written))
    })
  }
})

it("an envelope keeps cause and correlation, and times to the millisecond", () => {
  const event = read({
    ...line("CredentialResumed", 1, {}, credentialId),
    ...envelopeOf,
    at: "2026-11-22T10:00:00.007Z"
  })
  assert.strictEqual(event.cause, eventId(3))
  assert.strictEqual(event.correlation, correlation)
  assert.strictEqual(event.at, start + 7)
})

it("what is no envelope is an error, not an event", () => {
  const whole = line("CredentialResumed", 1, {}, credentialId)
  for (const wrong of [
    null,
    "text",
    {},
    { ...whole, seq: -1 },
    { ...whole, at: "yesterday" },
    { ...whole, at: "2026-13-01T00:00:00.000Z" },
    { ...whole, id: "7" },
    { ...whole, v: "1" },
    { ...whole, credential: "a b" }
  ]) {
    assert.isTrue(Result.isFailure(decode(wrong)), JSON.stringify(wrong))
  }
})

describe("what a newer program wrote", () => {
  it("an unknown type is kept whole, with its name and its grant", () => {
    const data = { grant: grantId, mood: "fine" }
    const event = read(line("MoonPhaseObserved", 1, data, credentialId))
    assert.deepStrictEqual(event, {
      seq: event.seq,
      at: start,
      id: eventId(7),
      actor,
      type: "Unknown",
      v: 1,
      credential: credentialId,
      data: { type: "MoonPhaseObserved", grant: grantId, raw: data }
    })
  })

  it.prop(
    "a higher version of any known type is Unknown",
    { event: PoolEvent, v: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 9 })) },
    ({ event, v }) => {
      const { credential, data, type } = encodeDraft(event)
      const found = read(line(type, v, data, credential))
      assert.strictEqual(found.type, "Unknown")
      assert.strictEqual(found.v, v)
      assert.isTrue(found.type === "Unknown" && found.data.type === type)
    }
  )

  it("a value that this version cannot read makes its event Unknown, not an error", () => {
    const event = read(line("CredentialRemoved", 1, { by: "moonlight" }, credentialId))
    assert.strictEqual(event.type, "Unknown")
  })

  it("a field that this version does not know is ignored", () => {
    const event = read(line("CredentialRemoved", 1, { by: "operator", mood: "fine" }, credentialId))
    assert.deepStrictEqual(event.data, { by: "operator" })
  })

  it("an event that calls itself Unknown is read as one", () => {
    assert.strictEqual(read(line("Unknown", 1, { type: "x", raw: 1 })).type, "Unknown")
  })

  const unknownAbout = (data: unknown, credential?: string): Recorded =>
    read({ ...line("MoonPhaseObserved", 1, data, credential), seq: 9 })

  const before = given(enrolled(), observed(generation(1)))

  it("it is counted, and blocks the grant that it names and no other", () => {
    const state = evolve(before, unknownAbout({ grant: otherGrantId }))
    assert.strictEqual(state.unknown, 1)
    assert.isTrue(grantById(state, otherGrantId).blocked)
    assert.isFalse(grantById(state, grantId).blocked)
  })

  it("each is counted", () => {
    assert.strictEqual(evolve(evolve(before, unknownAbout({})), unknownAbout({})).unknown, 2)
  })

  it("naming a credential, it blocks that credential's grant", () => {
    assert.isTrue(grantById(evolve(before, unknownAbout({}, credentialId)), grantId).blocked)
  })

  it("naming nothing, or nothing known, it blocks nothing", () => {
    for (const event of [unknownAbout({}), unknownAbout({ grant: "mine" }), unknownAbout(null, "stranger")]) {
      const state = evolve(before, event)
      assert.strictEqual(state.unknown, 1)
      assert.isTrue(Equal.equals(state.grants, before.grants))
    }
  })

  it("it moves no grant's version", () => {
    const state = evolve(before, unknownAbout({ grant: grantId }))
    assert.strictEqual(grantById(state, grantId).version, 2)
    assert.strictEqual(state.head, 9)
  })
})

it("a draft's id, cause and correlation are the envelope's, not the event's", () => {
  const [event] = recorded([{ ...enrolled(), cause: eventId(1), correlation }])
  assert.isDefined(event)
  const encoded = encodeDraft({ ...enrolled(), id: eventId(3), cause: eventId(1), correlation })
  assert.deepStrictEqual(Object.keys(encoded), ["type", "v", "credential", "data"])
  assert.strictEqual(GrantId.make(grantId), event.type === "CredentialEnrolled" ? event.data.grant : undefined)
})
