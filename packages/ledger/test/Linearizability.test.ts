import { assert, describe, it } from "@effect/vitest"
import { Ledger } from "@daybook/ledger/Ledger"
import * as MemoryLedger from "@daybook/ledger/MemoryLedger"
import { verify } from "@daybook/ledger/Verify"
import { Context, Effect, Layer, type Scope } from "effect"
import { newGrant } from "./support/Drafts.ts"
import { breaches, type Operation } from "./support/History.ts"
import { open } from "./support/Open.ts"
import { race } from "./support/Race.ts"
import { type RunRace, startRacers } from "./support/Racers.ts"
import { tempFolder } from "./support/TempFolder.ts"

const grants = 3
const rounds = 40
const racers = 16

/** Round after round on several grants at once: all who run try on the version that the round before left. */
const play = Effect.fnUntraced(function* (fields: ReadonlyArray<RunRace>) {
  const history: Array<Operation> = []
  const playGrant = Effect.fnUntraced(function* (grant: string) {
    let expected = 0
    for (let round = 0; round < rounds; round++) {
      const all = yield* Effect.forEach(fields, (run) => run({ grant, expected }), { concurrency: "unbounded" })
      const operations = all.flat()
      history.push(...operations)
      expected = operations.find(({ did }) => did === "won")?.version ?? 0
    }
  })
  yield* Effect.forEach(Array.from({ length: grants }, newGrant), playGrant, { concurrency: "unbounded" })
  return history
})

/** `count` fields, `racers` racers in all. */
const holds = <E>(field: Effect.Effect<RunRace, E, Scope.Scope>, count: number) =>
  Effect.gen(function* () {
    const history = yield* play(yield* Effect.all(Array.from({ length: count }, () => field)))
    assert.deepStrictEqual(breaches(history), [])
    const counts = Map.groupBy(history, ({ did }) => did)
    assert.strictEqual(counts.get("won")?.length, grants * rounds)
    assert.strictEqual(counts.get("lost")?.length, grants * rounds * (racers - 1))
  })

const fieldIn = (ledger: Ledger["Service"], size: number): RunRace => {
  return (start) => Effect.orDie(race(ledger, start, size))
}

describe("of many who race for a version one wins, and nobody is told what was not so", () => {
  it.live("in memory", () =>
    holds(
      Effect.map(Layer.build(MemoryLedger.layer()), (services) => fieldIn(Context.get(services, Ledger), racers)),
      1
    )
  )

  it.live("in a file that one process has open twice", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* holds(
        Effect.map(open(folder), (ledger) => fieldIn(ledger, racers / 2)),
        2
      )
      assert.isTrue((yield* verify(folder)).isConsistent)
    })
  )

  it.live(
    "in a file that four processes share",
    () =>
      Effect.gen(function* () {
        const folder = yield* tempFolder
        yield* holds(startRacers(folder, racers / 4), 4)
        assert.isTrue((yield* verify(folder)).isConsistent)
      }),
    120_000
  )
})

describe("a history in which", () => {
  const looked = (version: number, began: number): Operation => ({
    grant: "one",
    did: "looked",
    version,
    began,
    ended: began + 5
  })
  const won = (expected: number, version: number, began: number): Operation => ({
    ...looked(version, began),
    did: "won",
    expected
  })
  const lost = (expected: number, version: number, began: number): Operation => ({
    ...won(expected, version, began),
    did: "lost"
  })

  it("each moves the version in its turn has nothing wrong with it", () => {
    const history = [looked(0, 0), won(0, 3, 10), lost(0, 3, 12), looked(3, 20), won(3, 4, 30), lost(0, 4, 40)]
    assert.deepStrictEqual(breaches(history), [])
  })

  const cases: ReadonlyArray<readonly [name: string, history: ReadonlyArray<Operation>, breach: string]> = [
    ["two win on one version", [won(0, 3, 10), won(0, 4, 12)], "2 winners on version 0"],
    ["all lose", [won(0, 3, 10), lost(3, 3, 20)], "0 winners on version 3"],
    ["a loser hears of no winner", [won(0, 3, 10), lost(0, 0, 11)], "a loser was told 0 where 3 had won"],
    ["a version is seen before it is made", [looked(3, 0), won(0, 3, 10)], "3 was met before anybody made it"],
    ["a version is seen that nobody made", [looked(3, 0)], "3 was met before anybody made it"],
    ["a version goes back", [won(0, 3, 0), looked(3, 10), looked(0, 20)], "0 was met, or made, after 3"],
    [
      "a later append stands before an earlier one",
      [won(0, 4, 0), { ...won(0, 3, 10), grant: "two" }],
      "3 was met, or made, after 4"
    ]
  ]
  for (const [name, history, breach] of cases) {
    it(`${name} is found out`, () => assert.include(breaches(history), breach))
  }
})
