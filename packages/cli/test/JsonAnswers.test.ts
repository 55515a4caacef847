/** What commands answer with `--json` on recorded ledgers, held to docs/schemas by a validator that is not ours. */
import { open as openHistory } from "@daybook/cli/History"
import { documents, others } from "@daybook/cli/json/Documents"
import { Stop } from "@daybook/cli/Stop"
import { members } from "@daybook/pool/PoolState"
import { fieldNames } from "@daybook/pool/queries/why/Fields"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { linesOf } from "./support/Answers.ts"
import { launch } from "./support/Cli.ts"
import { run } from "./support/InProcess.ts"
import { flawsIn, names } from "./support/JsonSchemas.ts"
import { writePast } from "./support/Past.ts"
import { tempFolder } from "./support/TempFolder.ts"

vi.setConfig({ testTimeout: 60_000 })

const recordings = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))

/** A command that finds something may end with a code of its own, after its answer. */
const answered = (words: ReadonlyArray<string>) =>
  linesOf(
    Effect.catch(run(words), (error) =>
      error instanceof Stop && error.message === "" ? Effect.void : Effect.die(error)
    )
  )

const questions = (ids: ReadonlyArray<string>, head: number): ReadonlyArray<ReadonlyArray<string>> => [
  ["audit"],
  ["audit", "--since", "5", "--until", String(head - 1)],
  ["bisect", "--when", "head > 3"],
  ["bisect", "--when", "count(dead) > 0", "--all"],
  ["diff", "3"],
  ["diff", "1", "6"],
  ["loops"],
  ["loops", "--since", "5"],
  ["replay"],
  ["show"],
  ["show", "--at", "5"],
  ["what-if"],
  ["what-if", "--policy", "default"],
  ["what-if", "--policy", "hermes", "--from", "4"],
  ["what-if", "--policy", "olderHermes", "--all"],
  ...Array.from({ length: Math.floor(head / 4) }, (_, index) => ["trace", String(4 * index + 4), "--gap", "1ms"]),
  ...ids.flatMap((id) => [
    ["bisect", "--when", `${id}.status == dead || ${id}.health == suspect`],
    ["lineage", id],
    ["lineage", id, "--all"],
    ["loops", id],
    ["show", id],
    ["story", id],
    ["story", id, "--at", String(head - 1)],
    ["why", id],
    ...fieldNames.map((field) => ["why", `${id}.${field}`])
  ])
]

/** Each line of the two commands that answer with JSON Lines. */
const lines = (ids: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => [
  ["log"],
  ...ids.map((id) => ["log", "--credential", id])
]

const flaws = Effect.fnUntraced(function* (name: string) {
  const ledger = join(recordings, name)
  const { state } = yield* openHistory({ home: ledger }, {})
  const ids = members(state).map(({ id }) => id)
  const found: Array<string> = []
  const held = (words: ReadonlyArray<string>, shape: string, text: string) =>
    void found.push(...flawsIn(shape, JSON.parse(text)).map((flaw) => `${words.join(" ")}: ${flaw}`))
  for (const words of questions(ids, state.head)) {
    held(words, words[0] ?? "", (yield* answered([...words, "--json", "--ledger", ledger])).join("\n"))
  }
  for (const words of lines(ids)) {
    for (const line of yield* answered([...words, "--json", "--ledger", ledger])) held(words, "log", line)
  }
  const folder = yield* tempFolder
  const bundle = ["bundle", join(folder, "excerpt"), "--ledger", ledger, "--json"]
  held(bundle, "bundle", (yield* answered(bundle)).join("\n"))
  const report = ["view", "--out", join(folder, "report.html"), "--ledger", ledger, "--json"]
  held(report, "view", (yield* answered(report)).join("\n"))
  const exported = join(folder, "events.jsonl")
  yield* answered(["export", "--jsonl", "--out", exported, "--ledger", ledger])
  for (const line of readFileSync(exported, "utf8").trimEnd().split("\n")) held(["export"], "log", line)
  const expected = join(folder, "expected.json")
  held(
    ["replay", "--write"],
    "replay",
    (yield* answered(["replay", "--ledger", ledger, "--write", expected, "--json"])).join("\n")
  )
  held(["replay", "--write"], "replay-expected", readFileSync(expected, "utf8"))
  writeFileSync(expected, otherwise(readFileSync(expected, "utf8")))
  const compared = ["replay", "--ledger", ledger, "--assert", expected, "--json"]
  held(compared, "replay", (yield* answered(compared)).join("\n"))
  return found
}, Effect.scoped)

/** As if an older version had come to something else. */
const otherwise = (text: string): string => {
  const expected = JSON.parse(text)
  const divergence = { seq: 4, credential: "main", type: "CooldownStarted", fields: { event: "none" } }
  return JSON.stringify({
    ...expected,
    decisions: [...expected.decisions, { seq: 4, made: { "CooldownStarted of main": 1 } }],
    divergences: [...expected.divergences, divergence],
    states: expected.states.slice(1)
  })
}

describe("the schemas", () => {
  it("are all of the shapes on record", () => {
    assert.sameMembers([...names], [...Object.keys(documents), ...Object.keys(others)])
  })

  it("refuse an answer that lacks a field, has a wrong one, or one that they do not name", () => {
    const served = {
      ledger: { id: "x", seq: 1, at: "2026-03-02T09:00:00.000Z" },
      folder: "/a",
      port: 1,
      url: "http://"
    }
    assert.deepStrictEqual(flawsIn("view", served), [])
    for (const wrong of [
      { ...served, port: "1" },
      { ...served, more: 1 },
      { ...served, url: undefined }
    ]) {
      assert.isAbove(flawsIn("view", JSON.parse(JSON.stringify(wrong))).length, 0)
    }
  })
})

describe("answers in JSON", () => {
  it.effect.each(readdirSync(recordings).filter((name) => existsSync(join(recordings, name, "ledger.jsonl"))))(
    "are of the shapes in docs/schemas: %s",
    (name) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* flaws(name), [])
      }).pipe(Effect.provide(nodeServices))
  )

  it.effect("are so on a damaged ledger", () =>
    Effect.gen(function* () {
      const ledger = join(yield* tempFolder, "copy")
      cpSync(join(recordings, "token-invalidated-hourly"), ledger, { recursive: true })
      const path = join(ledger, "ledger.jsonl")
      writeFileSync(path, readFileSync(path, "utf8").replace(`{"seq":20,"at":"2026`, `{"seq":20,"at":"2027`))
      for (const words of questions(["main"], 9)) {
        const text = (yield* answered([...words, "--json", "--ledger", ledger])).join("\n")
        assert.deepStrictEqual(flawsIn(words[0] ?? "", JSON.parse(text)), [], words.join(" "))
      }
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("are so on a ledger in which more happened", () =>
    Effect.gen(function* () {
      const home = yield* Effect.tap(tempFolder, writePast)
      const { state } = yield* openHistory({ home }, {})
      for (const words of questions(
        members(state).map(({ id }) => id),
        state.head
      )) {
        const text = (yield* answered([...words, "--json", "--home", home])).join("\n")
        assert.deepStrictEqual(flawsIn(words[0] ?? "", JSON.parse(text)), [], words.join(" "))
      }
    }).pipe(Effect.scoped, Effect.provide(nodeServices))
  )

  it.live("are so of a page that is served", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const served = launch(["view", "--json", "--ledger", join(recordings, "quiet")], { user })
      yield* Effect.addFinalizer(() => Effect.sync(() => served.kill("SIGKILL")))
      assert.deepStrictEqual(flawsIn("view", yield* Effect.promise(() => documentOn(served.stdout))), [])
    })
  )
})

/** The first document of a program that goes on. */
const documentOn = async (output: NodeJS.ReadableStream | null): Promise<unknown> => {
  let text = ""
  for await (const part of output ?? []) {
    text += String(part)
    if (text.endsWith("\n}\n")) break
  }
  return JSON.parse(text)
}
