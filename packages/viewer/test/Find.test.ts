import { credentialOf } from "@daybook/pool/Event"
import type { Filter } from "@daybook/viewer/Questions"
import { find } from "@daybook/viewer/model/Find"
import { Reading, type Tell } from "@daybook/viewer/model/Reading"
import { Turns } from "@daybook/viewer/model/Turns"
import type { Recorded } from "@daybook/pool/Recorded"
import { assert, describe, it } from "vitest"
import { actorId, history, lineOf } from "./support/History.ts"
import { embedded, readAll } from "./support/Read.ts"

const events = history(31, 600)
const none: Filter = { text: "", types: [], actors: [], credentials: [], verdicts: [] }

const filters: ReadonlyArray<Filter> = [
  none,
  { ...none, text: "INVALID_grant" },
  { ...none, text: "  käse   400 " },
  { ...none, text: "ünd" },
  { ...none, text: "ÜND" },
  { ...none, text: '"quotes"' },
  { ...none, text: "nothing has this" },
  { ...none, types: ["RefreshFailed"] },
  { ...none, types: ["RefreshFailed", "MoonRose"] },
  { ...none, types: ["NoSuchType"] },
  { ...none, actors: [actorId(2)] },
  { ...none, actors: [actorId(99)] },
  { ...none, credentials: ["three"] },
  { ...none, credentials: ["three", "five"], types: ["CooldownStarted"], actors: [actorId(1), actorId(3)] },
  { ...none, verdicts: ["Terminal"] },
  { ...none, verdicts: ["RateLimited", "Reused"], credentials: ["one"] },
  { ...none, text: "gpt", types: ["CooldownStarted"], credentials: ["two"] }
]

const isOne = (names: ReadonlyArray<string>, name: string) => names.length === 0 || names.includes(name)

/** As anybody would write it. */
const isMeant = (event: Recorded, filter: Filter, { book }: Reading): boolean => {
  const plain = JSON.stringify(JSON.parse(lineOf(event))).toLowerCase()
  const said = new Set(
    Object.entries(event.data).flatMap(([key, value]) => (["verdict", "reason"].includes(key) ? [String(value)] : []))
  )
  const words = filter.text
    .toLowerCase()
    .split(" ")
    .filter((word) => word !== "")
  const named = event.type === "Unknown" ? event.credential : credentialOf(event)
  return (
    words.every((word) => plain.includes(JSON.stringify(word).slice(1, -1))) &&
    isOne(filter.types, event.type === "Unknown" ? event.data.type : event.type) &&
    isOne(filter.actors, event.actor) &&
    isOne(filter.credentials, named ?? book.credential(event) ?? "") &&
    (filter.verdicts.length === 0 || filter.verdicts.some((verdict) => said.has(verdict)))
  )
}

const expected = (filter: Filter, reading: Reading) =>
  events.filter((event) => isMeant(event, filter, reading)).map(({ seq }) => seq as number)

const never = new AbortController().signal

describe.each(filters)("$text $types $actors $credentials $verdicts", (filter) => {
  it("finds what a plain filter finds, in columns and in lines", async () => {
    const { reading } = await readAll(events, { newest: 50, longest: 100 })
    assert.deepStrictEqual(Array.from(await find(reading, filter, never)), expected(filter, reading))
  })

  it("finds the same while older pieces are still to be read", async () => {
    const source = embedded(events.map(lineOf))
    const finding: Array<Promise<Float64Array>> = []
    const tell: Tell = (message) => "piece" in message && finding.push(find(reading, filter, never))
    const reading = new Reading(source, await source.about(), new Turns(), tell, { newest: 150, longest: 200 })
    await reading.run()
    assert.isAtLeast(finding.length, 3)
    for (const found of finding) assert.deepStrictEqual(Array.from(await found), expected(filter, reading))
  })
})

it("a search that nobody waits for stops", async () => {
  const { reading } = await readAll(events)
  const signal = AbortSignal.abort(new Error("stop"))
  await find(reading, { ...none, text: "e" }, signal).then(
    () => assert.fail("it went on"),
    ({ message }: Error) => assert.strictEqual(message, "stop")
  )
})
