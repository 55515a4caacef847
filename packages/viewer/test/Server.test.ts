import { answers } from "@daybook/viewer/answers/Answers"
import { eventIn } from "@daybook/viewer/model/Lines"
import { typeOf } from "@daybook/viewer/model/LegendBook"
import { HttpSource } from "@daybook/viewer/model/HttpSource"
import { Pages } from "@daybook/viewer/model/Pages"
import { States } from "@daybook/viewer/model/States"
import type { Context } from "@daybook/viewer/model/Context"
import type { Cursor } from "@daybook/viewer/Questions"
import { fold } from "@daybook/pool/Evolve"
import { Equal } from "effect"
import { createServer } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { afterEach, assert, it } from "vitest"
import { diceOf, history, lineOf } from "./support/History.ts"
import { LedgerServer } from "./support/LedgerServer.ts"
import { Page } from "./support/Page.ts"
import { aboutOf, bytesOf } from "./support/Read.ts"

const ending: Array<() => unknown> = []
afterEach(async () => {
  for (const end of ending.splice(0)) await end()
})

const served = async (lines: ReadonlyArray<string>): Promise<LedgerServer> => {
  const server = await new LedgerServer(lines).begin()
  ending.push(() => server.end())
  return server
}

const opened = (...args: ConstructorParameters<typeof Page>): Page => {
  const page = new Page(...args)
  ending.unshift(() => page.close())
  return page
}

const seqsOf = ({ whole }: Page) => whole.rows.map(({ seq }) => seq)
const upTo = (last: number) => Array.from({ length: last }, (_, place) => place + 1)
const refusal = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => assert.fail("it was answered"),
    (error: Error) => error.message
  )

const all = history(21, 12_000)
const lines = all.map(lineOf)

it("the pool behind any event is what folding up to it gives, in whatever order events are looked at", async () => {
  const server = await served(lines.slice(0, 1_500))
  const source = new HttpSource(server.origin)
  const pages = new Pages(source, 1, 1_500)
  const states = new States(source, pages, 1, 1_500)
  const dice = diceOf(1)
  for (let look = 0; look < 120; look++) {
    const seq = Math.floor(dice() * 1_501)
    const expected = fold(all.slice(0, seq))
    if (look % 3 === 0) states.pass(seq, expected)
    assert.isTrue(Equal.equals(await states.at(seq), expected), `behind event ${seq}`)
  }
})

it("a cursor that moves a little asks the server nothing", async () => {
  const server = await served(lines.slice(0, 1_500))
  const source = new HttpSource(server.origin)
  const states = new States(source, new Pages(source, 1, 1_500), 1, 1_500)
  await states.at(1_100)
  await states.at(1_020)
  const before = server.asked.length
  await Promise.all([1_021, 1_060, 1_090].map((seq) => states.at(seq)))
  assert.strictEqual(server.asked.length, before)
})

it("the newest events come first, then older ones until the first", async () => {
  const server = await served(lines)
  const page = opened({ server: server.origin })
  await page.untilRead()
  const came = page.told.flatMap((one) => ("piece" in one ? [one.piece.columns] : []))
  assert.strictEqual(came[0]!.from + came[0]!.at.length - 1, lines.length)
  for (const [place, { at, from }] of came.entries()) {
    if (place > 0) assert.strictEqual(from + at.length, came[place - 1]!.from)
  }
  assert.isAtLeast(came.length, 2)
  assert.deepStrictEqual(seqsOf(page), upTo(lines.length))
})

it("a question is answered before older pieces are read", async () => {
  const server = await served(lines)
  const page = opened({ server: server.origin })
  const rows = await page.ask("rows", { seqs: [3, 1] })
  assert.deepStrictEqual(
    rows.map(({ seq }) => seq),
    [3, 1]
  )
  assert.isFalse(page.told.some((one) => "piece" in one && one.piece.columns.from === 1))
})

it("what is appended comes once each, whatever is repeated or broken off", async () => {
  const server = await served(lines.slice(0, 100))
  const page = opened({ server: server.origin })
  await page.until(({ told }) => told.some((one) => "connection" in one && one.connection))
  server.append(lines.slice(100, 110))
  await page.until(({ whole }) => whole.count === 110)
  server.repeat(95)
  server.append(lines.slice(110, 111))
  await page.until(({ whole }) => whole.count === 111)
  server.breakOff()
  server.append(lines.slice(111, 150))
  await page.until(({ whole }) => whole.count === 150)
  await server.end()
  server.append(lines.slice(150, 160))
  await server.begin()
  await page.until(({ whole }) => whole.count === 160)
  assert.deepStrictEqual(seqsOf(page), upTo(160))
  const connections = page.told.flatMap((one) => ("connection" in one ? [one.connection] : []))
  assert.strictEqual(connections[0], true)
  assert.include(connections, false)
  assert.strictEqual(connections.at(-1), true)
})

/** Followed from its hundredth event on. */
const followed = async () => {
  const server = await served(lines.slice(0, 100))
  const page = opened({ server: server.origin })
  await page.until(({ told }) => told.some((one) => "connection" in one && one.connection))
  return { page, server }
}

const isWhole = (page: Page, last: number) =>
  page.until(({ told, whole }) => whole.count >= last && told.findLast((one) => "connection" in one)?.connection)

it("a live event that a server skips is missed, and read after all", async () => {
  const { page, server } = await followed()
  server.lines.push(...lines.slice(100, 103))
  server.append(lines.slice(103, 105))
  await isWhole(page, 105)
  assert.deepStrictEqual(seqsOf(page), upTo(105))
  assert.deepStrictEqual(
    page.told.filter((one) => "damage" in one || "failed" in one),
    []
  )
  server.append(lines.slice(105, 106))
  await isWhole(page, 106)
  assert.deepStrictEqual(seqsOf(page), upTo(106))
})

it("of live events that break off in the midst of a line nothing is shown, and then all", async () => {
  const { page, server } = await followed()
  server.tear(lines.slice(100, 105))
  await page.until(({ told }) => told.some((one) => "connection" in one && !one.connection))
  assert.deepStrictEqual(seqsOf(page), upTo(100))
  await isWhole(page, 105)
  assert.deepStrictEqual(seqsOf(page), upTo(105))
  assert.deepStrictEqual(
    page.told.filter((one) => "damage" in one),
    []
  )
})

it.each(["broken off", "ended"] as const)(
  "older lines that are %s in the midst of one are read on from there",
  async (how) => {
    const server = await served(lines)
    server.tearLines(how)
    const page = opened({ server: server.origin })
    await page.untilRead()
    assert.deepStrictEqual(
      page.whole.rows.map(({ seq, type }) => [seq, type]),
      all.map((event) => [event.seq as number, typeOf(event)])
    )
    assert.deepStrictEqual(
      page.told.filter((one) => "damage" in one || "failed" in one),
      []
    )
  }
)

it("a live event is in rows, in what is found and in the state behind it", async () => {
  const server = await served(lines.slice(0, 100))
  const stateAt = opened(
    { server: server.origin },
    { state: async ({ stateAt }, { at }) => (await stateAt(at)) as never }
  )
  await stateAt.until(({ told }) => told.some((one) => "connection" in one))
  await stateAt.ask("rows", { seqs: [100] })
  server.append(lines.slice(100, 103))
  await stateAt.until(({ whole }) => whole.count === 103)
  assert.deepStrictEqual(
    (await stateAt.ask("rows", { seqs: [103, 101] })).map(({ seq }) => seq),
    [103, 101]
  )
  const found = await stateAt.ask("find", { text: all[102]!.id, types: [], actors: [], credentials: [], verdicts: [] })
  assert.include(Array.from(found), 103)
  const state = await stateAt.ask("state", { at: { seq: 103, now: 0 } })
  assert.strictEqual((state as unknown as { head: number }).head, 103)
})

it("a ledger without events is shown as one, and grows", async () => {
  const server = await served([])
  const page = opened({ server: server.origin })
  await page.until(({ told }) => told.some((one) => "connection" in one))
  assert.deepStrictEqual(
    page.told.flatMap((one) => ("piece" in one ? [one.read] : [])),
    [{ events: 0, all: 0 }]
  )
  server.append(lines.slice(0, 5))
  await page.until(({ whole }) => whole.count === 5)
  assert.deepStrictEqual(seqsOf(page), upTo(5))
})

it("a server that ends in the midst of reading is waited for", async () => {
  const server = await served(lines)
  const page = opened({ server: server.origin })
  await page.until(({ whole }) => whole.count > 0)
  await server.end()
  await page.until(({ told }) => told.some((one) => "connection" in one && !one.connection))
  const refused = await refusal(page.ask("rows", { seqs: [1] }))
  assert.match(refused, /does not answer.*daybook view/)
  await server.begin()
  await page.untilRead()
  assert.deepStrictEqual(seqsOf(page), upTo(lines.length))
})

it("a server that is not there says so", async () => {
  const server = await new LedgerServer([]).begin()
  await server.end()
  const page = opened({ server: server.origin })
  const { failed } = await page.until(({ told }) => told.find((one) => "failed" in one))
  assert.match(failed, /does not answer/)
  assert.match(await refusal(page.ask("rows", { seqs: [1] })), /does not answer/)
})

it("what a server says when it refuses is told in its words", async () => {
  const server = createServer((_, response) => response.writeHead(403).end("Open the address again.\n"))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  ending.push(() => server.close())
  const page = opened({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  const { failed } = await page.until(({ told }) => told.find((one) => "failed" in one))
  assert.strictEqual(failed, "Open the address again.")
})

it("damage behind the end is told", async () => {
  const server = await served(lines.slice(0, 10))
  const page = opened({ server: server.origin })
  await page.until(({ told }) => told.some((one) => "connection" in one))
  server.damage("Event 11 does not continue event 10.")
  const { damage } = await page.until(({ told }) => told.find((one) => "damage" in one))
  assert.strictEqual(damage, "Event 11 does not continue event 10.")
})

it("a line that is none ends what a server's ledger shows, and is named", async () => {
  const server = await served([...lines.slice(0, 7), lines[7]!.slice(0, -20), ...lines.slice(8, 20)])
  server.lines[7] = `{"seq":8,"broken":true}`
  const page = opened({ server: server.origin })
  const { damage } = await page.until(({ told }) => told.find((one) => "damage" in one))
  assert.match(damage, /^Event 8 cannot be read: .*daybook verify/)
  assert.deepStrictEqual(seqsOf(page), upTo(7))
})

it("a report file is read up to a line that is none", async () => {
  const cut = [...lines.slice(0, 30), lines[30]!.slice(0, -9), ...lines.slice(31, 40)]
  const page = opened({ lines: bytesOf(cut), about: aboutOf(1, 40) })
  const { about } = await page.until(({ told }) => told.find((one) => "about" in one))
  assert.strictEqual(about.head, 30)
  assert.match(about.damage ?? "", /^Event 31 cannot be read/)
  await page.untilRead()
  assert.deepStrictEqual(seqsOf(page), upTo(30))
})

it("a report file that was cut shows what is left", async () => {
  const bytes = bytesOf(lines.slice(0, 40))
  const page = opened({ lines: bytes.subarray(0, bytes.length - 30), about: aboutOf(1, 40) })
  const { about } = await page.until(({ told }) => told.find((one) => "about" in one))
  assert.strictEqual(about.head, 39)
  assert.match(about.damage ?? "", /ends before event 40/)
  await page.untilRead()
})

it("of two searches only the newer is answered", async () => {
  const server = await served(lines)
  const page = opened({ server: server.origin })
  await page.untilRead()
  const filter = { text: "e", types: [], actors: [], credentials: [], verdicts: [] }
  const [older, newer] = await Promise.all([
    page.given("find", filter),
    page.given("find", { ...filter, text: "no such word" })
  ])
  assert.deepInclude(older, { refused: "A newer question took its place." })
  assert.deepInclude(newer, { answer: new Float64Array() })
})

it("of a question that was stopped nothing more is said", async () => {
  const server = await served(lines)
  const page = opened({ server: server.origin }, answers)
  await page.untilRead()
  const at = { seq: lines.length, now: all.at(-1)!.at }
  const id = page.begin("whatIf", { policy: { name: "default" }, at })
  const saidOf = () => page.told.filter((one) => "id" in one && one.id === id)
  await page.until(() => saidOf().length > 0)
  page.stop(id)
  const before = saidOf().length
  assert.deepInclude(saidOf()[0], { progress: { events: 0, all: lines.length } })
  await page.ask("whatIf", { policy: { name: "default" }, at: { ...at, seq: 20 } })
  assert.strictEqual(saidOf().length, before)
})

it("what answers a question hears that it was stopped", async () => {
  const heard = Promise.withResolvers<unknown>()
  const loops = async ({ progress, signal }: Context) => {
    signal?.addEventListener("abort", () => heard.resolve(signal.reason))
    progress?.({ events: 0, all: 9 })
    return heard.promise as Promise<never>
  }
  const page = opened({ lines: bytesOf(lines.slice(0, 9)), about: aboutOf(1, 9) }, { loops })
  const id = page.begin("loops", { at: { seq: 9, now: 0 } })
  await page.until(({ told }) => told.some((one) => "progress" in one))
  page.stop(id)
  assert.match(String(await heard.promise), /It was stopped/)
})

it("a cursor behind the end is refused, and named", async () => {
  const past = { state: async ({ stateAt }: Context, { at }: { at: Cursor }) => (await stateAt(at)) as never }
  const page = opened({ lines: bytesOf(lines.slice(0, 9)), about: aboutOf(1, 9) }, past)
  const refused = await refusal(page.ask("state", { at: { seq: 10, now: 0 } }))
  assert.strictEqual(refused, "Event 10 is not in this ledger: the newest is event 9.")
})

it("the instant of an event is the latest that any clock had said by then", async () => {
  const page = opened({ lines: bytesOf(lines.slice(0, 90)), about: aboutOf(1, 90) })
  const seqs = [1, 40, 90]
  assert.deepStrictEqual(
    await page.ask("instants", { seqs }),
    seqs.map((seq) => Math.max(...all.slice(0, seq).map(({ at }) => at)))
  )
  assert.match(await refusal(page.ask("instants", { seqs: [1, 91] })), /^Event 91 is not in this ledger/)
})

it("an event that is not in the ledger has no row", async () => {
  const page = opened({ lines: bytesOf(lines.slice(0, 9)), about: aboutOf(1, 9) })
  assert.deepStrictEqual(
    (await page.ask("rows", { seqs: [10, 2, 0] })).map(({ seq }) => seq),
    [2]
  )
})

it("the line of an event is the one that was written", async () => {
  const server = await served(lines.slice(0, 9))
  assert.strictEqual(await new HttpSource(server.origin).line(4), lines[3])
  assert.strictEqual(eventIn(lines[3]!).seq, 4)
  assert.match(await refusal(new HttpSource(server.origin).line(10)), /no event 10/)
})
