import { credentialOf, grantOf } from "@daybook/pool/Event"
import { evolve, fold } from "@daybook/pool/Evolve"
import { empty, type PoolState } from "@daybook/pool/PoolState"
import { credentialStatus } from "@daybook/pool/queries/Status"
import type { Recorded } from "@daybook/pool/Recorded"
import { bandWordOf } from "@daybook/viewer/model/BandWord"
import { eventIn } from "@daybook/viewer/model/Lines"
import { markOf } from "@daybook/viewer/model/Marks"
import { HashMap } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { diceOf, history } from "./support/History.ts"
import { readAll, readLines } from "./support/Read.ts"
import type { Whole } from "./support/Whole.ts"

const examples = new URL("../../../examples/ledgers/", import.meta.url)
const ledgers = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory())
const linesOf = (name: string) =>
  readFileSync(new URL(`${name}/ledger.jsonl`, examples), "utf8")
    .trimEnd()
    .split("\n")

const wordIn = (state: PoolState, id: string, now: number): string | undefined => {
  const credential = [...HashMap.values(state.credentials)].find((credential) => credential.id === id)
  return credential === undefined || credential.removed
    ? undefined
    : bandWordOf(credentialStatus(state, credential, now))
}

/** At each event, and at a few instants up to the next one. Of several events at one instant only the last shows. */
const assertBands = (whole: Whole, events: ReadonlyArray<Recorded>, seed: number): void => {
  const dice = diceOf(seed)
  let state = empty
  for (const [place, event] of events.entries()) {
    state = evolve(state, event)
    const next = events[place + 1]
    const end = next === undefined ? state.latest + 1 : Math.max(state.latest, next.at)
    const between = [dice(), dice()].map((part) => Math.floor(state.latest + part * (end - state.latest)))
    for (const now of [state.latest, ...between].filter((instant) => instant < end)) {
      for (const { credential } of whole.legend.lanes) {
        const told = `${credential} behind event ${event.seq} at ${now}`
        assert.strictEqual(whole.word(credential, now), wordIn(state, credential, now), told)
      }
    }
  }
}

const expectedRows = (events: ReadonlyArray<Recorded>) => {
  const seqs = new Map(events.map(({ id, seq }) => [id, seq]))
  return events.map((event) => {
    const cause = event.cause === undefined ? undefined : seqs.get(event.cause)
    return {
      seq: event.seq,
      at: event.at,
      actor: event.actor,
      type: event.type === "Unknown" ? event.data.type : event.type,
      mark: markOf(event),
      cause: cause === undefined || cause >= event.seq ? 0 : cause
    }
  })
}

/** The credential, else the grant. Before its enrolment nobody asks for a lane of it. */
const nameIn = (event: Recorded): string | undefined =>
  event.type === "Unknown" ? event.credential : (credentialOf(event) ?? grantOf(event))

const lengths = [
  { newest: 1, longest: 1 },
  { newest: 7, longest: 13 },
  { newest: 64, longest: 1_000 },
  { newest: 1_000, longest: 1_000 }
]

describe.each(lengths)("in pieces of $newest to $longest events", (length) => {
  it.each([1, 2, 3, 4])("columns say of each event what stands in its line (history %i)", async (seed) => {
    const events = history(seed, 300)
    const { told, whole } = await readAll(events, length)
    assert.deepStrictEqual(told, [])
    assert.deepStrictEqual(
      whole.rows.map(({ lane: _lane, ...row }) => row),
      expectedRows(events)
    )
  })

  it.each([1, 2, 3, 4])(
    "an event stands in the lane of whom it names, or of one with its grant (history %i)",
    async (seed) => {
      const events = history(seed, 300)
      const { whole } = await readAll(events, length)
      const holders = new Map<string, Set<string>>()
      for (const [place, event] of events.entries()) {
        if (event.type === "CredentialEnrolled") {
          holders.set(event.credential, new Set([event.credential]))
          holders.set(event.data.grant, (holders.get(event.data.grant) ?? new Set()).add(event.credential))
        }
        const { lane } = whole.rows[place]!
        const expected = holders.get(nameIn(event) ?? "")
        if (expected !== undefined) assert.include([...expected], lane, `event ${event.seq}`)
        else if (nameIn(event) === undefined) assert.isUndefined(lane, `event ${event.seq}`)
      }
    }
  )

  it.each([5, 6, 7, 8, 9, 10])("bands stand as the status did (history %i)", async (seed) => {
    const events = history(seed, 400)
    const { whole } = await readAll(events, length)
    assertBands(whole, events, seed)
  })

  it.each([5, 6, 7])(
    "behind the last event bands end as benches do, and no event has to come (history %i)",
    async (seed) => {
      for (const end of [90, 333]) {
        const events = history(seed, end)
        const { whole } = await readAll(events, length)
        const state = fold(events)
        for (let minutes = 0; minutes <= 25; minutes += 0.5) {
          const now = state.latest + minutes * 60_000
          for (const { credential } of whole.legend.lanes) {
            const told = `${credential}, ${minutes} minutes behind event ${end}`
            assert.strictEqual(whole.word(credential, now), wordIn(state, credential, now), told)
          }
        }
      }
    }
  )

  it("bands of a piece are in the order of time, and only say what is new", async () => {
    const { whole } = await readAll(history(11, 400), length)
    for (const { ahead, bands, columns } of whole.pieces) {
      const { at, from } = columns
      const words = new Map<number, number>()
      for (const [place, lane] of bands.lane.entries()) {
        if (place > 0) assert.isAtLeast(bands.since[place]!, bands.since[place - 1]!)
        assert.notStrictEqual(words.get(lane), bands.word[place])
        words.set(lane, bands.word[place]!)
      }
      assert.strictEqual(ahead !== undefined, from + at.length - 1 === 400)
    }
  })
})

it.each(ledgers.map(({ name }) => name))("the recorded ledger %s is shown as it is folded", async (name) => {
  const lines = linesOf(name)
  const events = lines.map((line) => eventIn(line))
  const { told, whole } = await readLines(lines, { newest: 3, longest: 8 })
  assert.deepStrictEqual(told, [])
  assert.strictEqual(whole.count, lines.length)
  assertBands(whole, events, 1)
})

it("a lane has the name that its credential got last, and the event that enrolled it", async () => {
  const credentials = [...HashMap.values(fold(history(12, 300)).credentials)]
  const { whole } = await readAll(history(12, 300), { newest: 10, longest: 20 })
  assert.sameMembers(
    whole.legend.lanes.map(({ credential }) => credential),
    credentials.map(({ id }) => id as string)
  )
  for (const { enrolledAt, enrolledSeq, id, kind, label, provider } of credentials) {
    const enrolled = { seq: enrolledSeq as number, at: enrolledAt }
    assert.deepStrictEqual(whole.lane(id), { credential: id, label, provider, kind, enrolled })
  }
})
