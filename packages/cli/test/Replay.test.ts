/** `daybook replay`: a recorded ledger as a regression test of the code that reads it. */
import { answer } from "@daybook/cli/commands/Replay"
import { Replay } from "@daybook/cli/json/Replay"
import { Stop } from "@daybook/cli/Stop"
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { jsonOf, linesOf, told, tooWide } from "./support/Answers.ts"
import { daybook } from "./support/Cli.ts"
import { writePast } from "./support/Past.ts"
import { snapshot, tempFolder } from "./support/TempFolder.ts"

vi.setConfig({ testTimeout: 60_000 })

const examples = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))
const hourly = join(examples, "token-invalidated-hourly")

interface Asked {
  readonly ledger?: string
  readonly file?: string
  readonly write?: string
  readonly assert?: boolean
  readonly at?: string
  readonly all?: boolean
}

const ask = ({ all = false, assert: isAssert = false, at, file, ledger = hourly, write }: Asked, json = false) =>
  Effect.provide(
    answer(told("/nowhere", json), {
      ledger: Option.some(ledger),
      file: Option.fromUndefinedOr(file),
      write: Option.fromUndefinedOr(write),
      at: Option.fromUndefinedOr(at),
      assert: isAssert,
      all
    }),
    nodeServices
  )

const shown = (flags: Asked) => linesOf(ask(flags))

/** How an answer ends, with what it said before. */
const ended = (flags: Asked) =>
  Effect.gen(function* () {
    let stop: Stop | undefined
    const lines = yield* linesOf(
      Effect.catch(ask(flags), (error) =>
        Effect.sync(() => {
          stop = error instanceof Stop ? error : assert.fail(String(error))
        })
      )
    )
    return { lines, exitCode: stop?.exitCode ?? 0, message: stop?.message ?? "" }
  })

/** A copy of the hourly loop with what a replay of it comes to, changed as a later code would come to it. */
const recorded = Effect.fnUntraced(function* (change: (text: string) => string = (text) => text) {
  const folder = yield* tempFolder
  const path = join(folder, "expected.json")
  yield* shown({ write: path })
  writeFileSync(path, change(readFileSync(path, "utf8")))
  return path
})

/** A history of which the code of today decides some otherwise, and what a replay of it comes to. */
const diverging = Effect.gen(function* () {
  const ledger = yield* Effect.tap(tempFolder, writePast)
  const file = join(yield* tempFolder, "expected.json")
  yield* shown({ ledger, write: file })
  return { file, flags: { ledger, file, assert: true }, known: JSON.parse(readFileSync(file, "utf8")) }
})

describe("replay", () => {
  it.effect("says how many decisions come out as recorded", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* shown({ assert: true }), [
        "Events up to 34, decided again by the rules of today (classifier 2).",
        "",
        "All 21 decisions come out as recorded."
      ])
    })
  )

  it.effect("names what comes out otherwise, and fails only if it is to", () =>
    Effect.gen(function* () {
      const home = yield* Effect.tap(tempFolder, writePast)
      const lines = yield* shown({ ledger: home })
      assert.deepStrictEqual(tooWide(lines), [])
      assert.include(lines.join("\n"), "ErrorClassified  2026-11-22T10:12:00Z")
      assert.include(lines.join("\n"), "      rule: api/401 -> ")
      const failed = yield* ended({ ledger: home, assert: true })
      assert.deepStrictEqual([failed.exitCode, failed.message], [4, ""])
      assert.deepStrictEqual(failed.lines, lines)
    })
  )

  it.effect("answers in JSON of the shape that is on record", () =>
    Effect.gen(function* () {
      const home = yield* Effect.tap(tempFolder, writePast)
      const json = Schema.decodeUnknownSync(Replay)(yield* jsonOf(ask({ ledger: home }, true)))
      assert.strictEqual(json.diverged, json.divergences.length)
      assert.strictEqual(json.unexpected?.decision?.seq, json.divergences[0]?.seq)
      assert.isAbove(json.notJudged.length, 0)
    })
  )

  it.effect("answers from the intact part of a damaged ledger, and does not call that right", () =>
    Effect.gen(function* () {
      const ledger = join(yield* tempFolder, "copy")
      cpSync(hourly, ledger, { recursive: true })
      const path = join(ledger, "ledger.jsonl")
      writeFileSync(path, readFileSync(path, "utf8").replace(`{"seq":20,"at":"2026`, `{"seq":20,"at":"2027`))
      const { exitCode, lines } = yield* ended({ ledger, assert: true })
      assert.strictEqual(exitCode, 4)
      assert.match(lines[0] ?? "", /^Events up to 19,/)
    })
  )

  it.effect("leaves the ledger as it is: every byte, every name, every time", () =>
    Effect.gen(function* () {
      const ledger = join(yield* tempFolder, "copy")
      cpSync(hourly, ledger, { recursive: true })
      const before = snapshot(ledger)
      yield* shown({ ledger, assert: true })
      assert.deepStrictEqual(snapshot(ledger), before)
    })
  )
})

describe("replay with an expected file", () => {
  it.effect("finds the states as they were, also after the ledger has grown", () =>
    Effect.gen(function* () {
      const ledger = yield* Effect.tap(tempFolder, writePast)
      const file = join(yield* tempFolder, "expected.json")
      yield* shown({ ledger, write: file })
      const asExpected = /^The states at \d+ places, and what diverges, are as expected.$/m
      assert.match((yield* shown({ ledger, file, assert: true })).join("\n"), asExpected)
      yield* Effect.provide(
        Ledger.use(({ append }) => append([{ type: "CredentialResumed", v: 1, credential: "key" as never, data: {} }])),
        FileLedger.layer({ folder: ledger, program: "test", version: "1.0.0" })
      ).pipe(Effect.orDie)
      assert.match((yield* shown({ ledger, file, assert: true })).join("\n"), asExpected)
    })
  )

  it.effect("names the first state that is another one, with its fields, and fails", () =>
    Effect.gen(function* () {
      const file = yield* recorded((text) =>
        text.replace(`"refused":"3"`, `"refused":"33"`).replace(`"refused":"5"`, `"refused":"55"`)
      )
      const { exitCode, lines } = yield* ended({ file, assert: true })
      assert.strictEqual(exitCode, 4)
      assert.deepStrictEqual(lines.slice(-3), [
        "The first that is not as expected is a state:",
        "  15  credential main, after this event",
        "      refused: 33 -> 3"
      ])
    })
  )

  it.effect("notices a thing that is there no more, or was not there", () =>
    Effect.gen(function* () {
      const file = yield* recorded((text) =>
        text.replace(`"provider openai-codex":{`, `"provider other":{"retryAt":"1"},"provider openai-codex":{`)
      )
      const { exitCode, lines } = yield* ended({ file, assert: true })
      assert.strictEqual(exitCode, 4)
      assert.deepStrictEqual(lines.slice(-2), [
        "  10  provider other, after this event",
        "      retryAt: 1 -> as before"
      ])
    })
  )

  it.effect("takes a decision that came out otherwise then for expected, and any other one not", () =>
    Effect.gen(function* () {
      const { file, flags, known } = yield* diverging
      assert.strictEqual((yield* ended(flags)).exitCode, 0)
      writeFileSync(file, JSON.stringify({ ...known, divergences: known.divergences.slice(1) }))
      const { exitCode, lines } = yield* ended(flags)
      assert.strictEqual(exitCode, 4)
      assert.include(lines, "The first that is not as expected is a decision:")
    })
  )

  it.effect("names a decision that came out otherwise then and does not now", () =>
    Effect.gen(function* () {
      const file = yield* recorded((text) =>
        text.replace(
          `"divergences": []`,
          `"divergences": [{"seq":11,"credential":"main","type":"CooldownStarted","fields":{"event":"none"}}]`
        )
      )
      const { exitCode, lines } = yield* ended({ file, assert: true })
      assert.strictEqual(exitCode, 4)
      assert.deepStrictEqual(lines.slice(-4), [
        "The first that is not as expected is a decision that came out otherwise when the",
        "file was made, and comes out as recorded now:",
        "  11  main  CooldownStarted",
        "      recorded, and not decided then"
      ])
      const { unexpected } = Schema.decodeUnknownSync(Replay)(
        yield* jsonOf(Effect.ignore(ask({ file, assert: true }, true)))
      )
      assert.deepStrictEqual(unexpected, {
        formerly: { seq: 11, credential: "main", type: "CooldownStarted", fields: { event: "none" } }
      } as never)
    })
  )

  it.effect("names a decision that comes out otherwise in another way than then", () =>
    Effect.gen(function* () {
      const { file, flags, known } = yield* diverging
      const [first, ...others] = known.divergences
      writeFileSync(
        file,
        JSON.stringify({
          ...known,
          divergences: [{ ...first, fields: { ...first.fields, rule: "old/rule" } }, ...others]
        })
      )
      const { exitCode, lines } = yield* ended(flags)
      assert.strictEqual(exitCode, 4)
      const told = lines.slice(lines.indexOf("The first that is not as expected is a decision:"))
      const then = told.slice(told.indexOf("It came out like this when the file was made:"))
      assert.strictEqual(then[1], `  ${first.seq}  ${first.credential}  ${first.type}`)
      assert.include(then, "      rule: old/rule")
    })
  )

  it.effect("names a decision that is made again no more, and one that was not made again then", () =>
    Effect.gen(function* () {
      for (const [from, to, told] of [
        [
          `{"seq":8,"made":{"ErrorClassified of main":1}}`,
          `{"seq":8,"made":{"ErrorClassified of main":1,"OutcomeLost of main":1}}`,
          [
            "The first that is not as expected is a decision that was made again when the",
            "file was made, and is not now:",
            "  8  OutcomeLost of main",
            "      made again then: 1, now: 0"
          ]
        ],
        [
          `{"seq":8,"made":{"ErrorClassified of main":1}},`,
          ``,
          [
            "The first that is not as expected is a decision that is made again now, and was",
            "not when the file was made:",
            "  8  ErrorClassified of main",
            "      made again then: 0, now: 1"
          ]
        ]
      ] as const) {
        const file = yield* recorded((text) => {
          assert.include(text, from)
          return text.replace(from, to)
        })
        const { exitCode, lines } = yield* ended({ file, assert: true })
        assert.strictEqual(exitCode, 4)
        assert.deepStrictEqual(lines.slice(-4), [...told])
      }
    })
  )

  it.effect("compares what stands before damage, and does not call the whole right", () =>
    Effect.gen(function* () {
      const ledger = yield* tempFolder
      const path = join(ledger, "ledger.jsonl")
      cpSync(join(hourly, "ledger.jsonl"), path)
      writeFileSync(path, readFileSync(path, "utf8").replace(`{"seq":20,"at":"2026`, `{"seq":20,"at":"2027`))
      const file = join(yield* tempFolder, "expected.json")
      yield* shown({ ledger, write: file })
      assert.strictEqual(JSON.parse(readFileSync(file, "utf8")).head.seq, 19)
      const { exitCode, lines } = yield* ended({ ledger, file, assert: true })
      assert.strictEqual(exitCode, 4)
      assert.strictEqual(lines.at(-1), "The states at 19 places, and what diverges, are as expected.")
      assert.strictEqual((yield* ended({ file, assert: true })).exitCode, 0)
    })
  )

  it.effect("overwrites no file", () =>
    Effect.gen(function* () {
      const { exitCode, message } = yield* ended({ write: yield* recorded() })
      assert.strictEqual(exitCode, 1)
      assert.match(message, /is there already. Name another file/)
    })
  )
})

describe("an expected file that does not fit", () => {
  it.effect("is of another ledger", () =>
    Effect.gen(function* () {
      const flags = { ledger: join(examples, "quiet"), file: yield* recorded(), assert: true }
      const { exitCode, message } = yield* ended(flags)
      assert.strictEqual(exitCode, 4)
      assert.match(message, /expected.json is of another ledger/)
    })
  )

  it.effect("is of events that are not there, or not what they were", () =>
    Effect.gen(function* () {
      const longer = yield* recorded((text) => text.replace(`"seq":34,"event"`, `"seq":35,"event"`))
      assert.match((yield* ended({ file: longer, assert: true })).message, /is of 35 events, and the ledger has 34/)
      const other = yield* recorded((text) => text.replace(/"h":"./, `"h":"_`))
      const { exitCode, message } = yield* ended({ file: other, assert: true })
      assert.strictEqual(exitCode, 4)
      assert.match(message, /event 34 is not what it was/)
    })
  )

  it.effect("goes further than --at asks for, though its events are there", () =>
    Effect.gen(function* () {
      const file = yield* recorded()
      const { exitCode, message } = yield* ended({ file, assert: true, at: "20" })
      assert.strictEqual(exitCode, 2)
      assert.match(message, /is of 34 events, and --at ends at event 20\. Leave --at out\.$/)
    })
  )

  for (const [what, change, problem] of [
    ["is no JSON", () => "token=secret", /is not JSON/],
    ["lacks a field", (text: string) => text.replace(`"every": 1,`, ""), /: every: /],
    ["has a wrong value", (text: string) => text.replace(`"judged": 21`, `"judged": "21"`), /: judged: /],
    [
      "has a wrong value far inside",
      (text: string) => text.replace(`"seq":9,"made"`, `"seq":0,"made"`),
      /: decisions\.1\.seq: /
    ],
    [
      "names a credential as none can be named",
      (text: string) =>
        text.replace(
          `"divergences": []`,
          `"divergences": [{"seq":9,"credential":"a b","type":"ErrorClassified","fields":{}}]`
        ),
      /: divergences\.0\.credential: /
    ],
    [
      "is of a later format",
      (text: string) => text.replace(`"format": 2`, `"format": 3`),
      / is of format 3, and .* reads format 2\./
    ],
    [
      "is another document",
      () => `{"ledger":{"seq":3}}`,
      / is no file of `daybook replay --write`: it has no field `format`\./
    ],
    ["is another format of another program", () => `{"format":"csv"}`, /: its field `format` is not a number\./],
    ["is a list", () => `[1, 2]`, / it has no field `format`\./]
  ] as const) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const { exitCode, message } = yield* ended({ file: yield* recorded(change), assert: true })
        assert.strictEqual(exitCode, 2)
        assert.match(message, problem)
        assert.match(message, /^\/.*expected\.json/)
        assert.include(message, "Make a new one with `daybook replay --write FILE`.")
        assert.notInclude(message, "secret")
      })
    )
  }

  it.effect("is not there, or is given without --assert", () =>
    Effect.gen(function* () {
      const missing = yield* ended({ file: "/nowhere/expected.json", assert: true })
      assert.match(missing.message, /nothing to compare with at \/nowhere\/expected.json \(ENOENT\)/)
      const alone = yield* ended({ file: "expected.json" })
      assert.deepStrictEqual([missing.exitCode, alone.exitCode], [2, 2])
      assert.include(alone.message, "give --assert with it")
      assert.strictEqual((yield* ended({ assert: true, write: "x" })).exitCode, 2)
    })
  )
})

describe("the command", () => {
  it.live("writes what it came to, and compares with it", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const file = join(user, "expected.json")
      const written = yield* daybook(["replay", "--ledger", hourly, "--write", file, "--json"], { user })
      assert.deepStrictEqual([written.code, written.stderr], [0, ""])
      assert.strictEqual(Schema.decodeUnknownSync(Replay)(JSON.parse(written.stdout)).judged, 21)
      writeFileSync(file, readFileSync(file, "utf8").replace(`"refused":"3"`, `"refused":"33"`))
      const compared = yield* daybook(["replay", "--ledger", hourly, "--assert", file], { user })
      assert.deepStrictEqual([compared.code, compared.stderr], [4, ""])
      assert.include(compared.stdout, "refused: 33 -> 3")
    })
  )
})
