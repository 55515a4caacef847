/** `daybook loops`: the loops of recorded ledgers, in words and in JSON. */
import { answer } from "@daybook/cli/commands/Loops"
import { Loops } from "@daybook/cli/json/Loops"
import { loopsLines } from "@daybook/cli/render/LoopsLines"
import { plain } from "@daybook/cli/render/Paint"
import { fold } from "@daybook/pool/Evolve"
import { Seq } from "@daybook/pool/Ids"
import { type Loop, loopKinds, stopActs } from "@daybook/pool/queries/Loops"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { TestClock } from "effect/testing"
import { cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { jsonOf, linesOf, tooWide, told } from "./support/Answers.ts"
import { daybook, hasTrace } from "./support/Cli.ts"
import { enrolled, grant, main } from "./support/Refreshes.ts"
import { tempFolder } from "./support/TempFolder.ts"
import { begin, minute, recordedOf } from "./support/Written.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const recordings = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))
const hourly = join(recordings, "token-invalidated-hourly")

interface Asked {
  readonly credential?: string
  readonly since?: string
  readonly at?: string
}

const asked = (ledger: string, { at, credential, since }: Asked = {}) => ({
  ledger: Option.some(ledger),
  at: Option.fromUndefinedOr(at),
  since: Option.fromUndefinedOr(since),
  credential: Option.fromUndefinedOr(credential)
})

/** A command that goes on in a second line is one. */
const joined = (lines: ReadonlyArray<string>) =>
  lines
    .join("\n")
    .replaceAll(/ \\\n +/g, " ")
    .split("\n")

/** A path is as long as it is. */
const withoutPaths = (lines: ReadonlyArray<string>) => lines.filter((line) => !line.includes("--ledger "))

const said = (ledger: string, more?: Asked) => linesOf(answer(told("/nowhere"), asked(ledger, more)))

const documentOf = (ledger: string, more?: Asked) =>
  Effect.map(jsonOf(answer(told("/nowhere", true), asked(ledger, more))), (json) =>
    Schema.decodeUnknownSync(Loops)(json)
  )

describe("loops", () => {
  it.effect("tells what goes round, in figures, what would stop it and where to look next", () =>
    Effect.gen(function* () {
      const [, ...lines] = yield* said(hourly)
      assert.deepStrictEqual(
        joined(lines).map((line) => line.replace(/\[\d+\]/, "[PID]").replace(/:\d\dZ/, ":SSZ")),
        [
          "as of   event 34, 2026-03-02T15:56:SSZ",
          "main, openai-codex: cooldown re-entry, still running",
          "  The bench ends by time, and the call after it meets the same refusal (rule",
          "  api/codes/token_revoked).",
          "  7 times, mostly 1 h apart, 6 requests wasted, by agent[PID]",
          "  first  event 9, 2026-03-02T09:20:SSZ",
          "  last   event 33, 2026-03-02T15:26:SSZ (30 min ago)",
          "  What would stop it: Log in to OpenAI Codex again in the program that owns this",
          "  login: `hermes auth add openai-codex` for hermes, `codex login` for the Codex",
          "  CLI. Policy: the row of `benches` that names this refusal lets it come back;",
          "  without the row a revoked login is quarantined at the first refusal.",
          "  Next:",
          `    daybook why main --at 33 --ledger ${hourly}`
        ]
      )
    })
  )

  it.effect("says of a healthy ledger what was looked through", () =>
    Effect.gen(function* () {
      const lines = yield* said(join(recordings, "quiet"))
      assert.deepStrictEqual(lines.slice(2), [
        "No loop. Events 1 to 19 were looked through for 7 kinds of loop of 1 credential."
      ])
      const one = yield* said(join(recordings, "quiet"), { credential: "main", since: "5" })
      assert.deepStrictEqual(one.slice(2), [
        "No loop. Events 1 to 19 were looked through for 7 kinds of loop of main, that",
        "went on at event 5 or later."
      ])
    })
  )

  it.effect("answers as of a moment: what came later is not known, and no clock counts", () =>
    Effect.gen(function* () {
      const before = yield* documentOf(hourly, { at: "14" })
      const [loop] = (yield* documentOf(hourly, { at: "18" })).loops
      assert.deepStrictEqual([before.loops, loop?.iterations, loop?.running], [[], 3, true])
      const lines = yield* said(hourly, { at: "18" })
      yield* TestClock.adjust("1000 days")
      assert.deepStrictEqual(yield* said(hourly, { at: "18" }), lines)
    })
  )

  it.effect("leaves out what was over before the moment that is named", () =>
    Effect.gen(function* () {
      const ended = join(recordings, "killed-again-and-again")
      assert.strictEqual((yield* documentOf(ended, { since: "21" })).loops.length, 1)
      const later = yield* documentOf(ended, { since: "22" })
      assert.deepStrictEqual([later.since, later.loops], [Seq.make(22), []])
    })
  )

  it.effect("gives every loop of every recorded ledger in JSON as its schema has it, and no line is too wide", () =>
    Effect.gen(function* () {
      const folders = readdirSync(recordings, { withFileTypes: true }).filter((entry) => entry.isDirectory())
      const kinds = new Set<string>()
      for (const { name } of folders) {
        const { from, loops } = yield* documentOf(join(recordings, name))
        assert.strictEqual(from, 1)
        for (const { first, kind, last } of loops) {
          kinds.add(kind)
          assert.isBelow(first.seq, last.seq)
        }
        assert.deepStrictEqual(tooWide(withoutPaths(yield* said(join(recordings, name)))), [])
      }
      assert.deepStrictEqual([...kinds].toSorted(), [...loopKinds].toSorted())
    })
  )

  it.effect("answers from what stands before damage", () =>
    Effect.gen(function* () {
      using warned = vi.spyOn(console, "error").mockImplementation(() => {})
      const folder = yield* tempFolder
      cpSync(hourly, folder, { recursive: true })
      const path = join(folder, "ledger.jsonl")
      const lines = readFileSync(path, "utf8").split("\n")
      writeFileSync(path, lines.map((line, place) => (place === 29 ? line.replace("seq", "sEq") : line)).join("\n"))
      const { damage, ledger, loops } = yield* documentOf(folder)
      assert.deepStrictEqual([damage?.line, ledger.seq, loops[0]?.iterations], [30, Seq.make(29), 6])
      assert.include(warned.mock.calls.join("\n"), "What is answered here is from the events up to 29")
    })
  )
})

describe("a loop in words", () => {
  const events = recordedOf([{ by: "agent", event: enrolled({ label: "work" }), after: 0 }])
  const state = fold(events)
  const place = (seq: number) => ({ seq: Seq.make(seq), at: begin + seq * minute })
  const loop: Loop = {
    kind: "dead-token-replayed",
    credential: main,
    grant,
    model: undefined,
    first: place(1),
    last: place(9),
    iterations: 3,
    period: 400,
    actors: events.map(({ actor }) => actor).slice(0, 1),
    stores: [],
    wasted: 1,
    rule: undefined,
    policy: undefined,
    stop: "pay",
    ended: undefined,
    running: false
  }
  const asked = { from: Seq.make(1), since: undefined, credential: undefined, state, at: begin + 60 * minute }
  const looked = { ...asked, again: (command: string) => command }
  const wordsOf = (more: Partial<Loop>) => loopsLines([{ ...loop, ...more }], looked, plain).join("\n")
  const inOneLine = (more: Partial<Loop>) => wordsOf(more).replace(/\s+/g, " ")

  it("says how it stands, and counts as people do", () => {
    assert.include(wordsOf({}), "main (work), openai-codex: dead token replayed, not seen lately")
    assert.include(wordsOf({}), "3 times, mostly within a second of each other, 1 request wasted, by agent[100]")
    assert.include(wordsOf({ ended: place(12) }), "ended by event 12")
    assert.include(
      inOneLine({ wasted: 0, stores: ["hermes"] }),
      "no request wasted, by agent[100] and another program, seen"
    )
    assert.include(wordsOf({ model: "large" }), "model large only")
  })

  it("names three processes and counts the others", () => {
    const [one] = loop.actors
    const many = Array.from({ length: 5 }, () => one!)
    assert.include(inOneLine({ actors: many }), "agent[100] and 2 other processes")
  })

  it("is told though its credential is not known any more", () => {
    const lines = loopsLines([loop], { ...looked, state: fold([]) }, plain)
    assert.strictEqual(lines[0], "main: dead token replayed, not seen lately")
    assert.deepStrictEqual(lines.slice(-2), ["  Next:", "    daybook log --from 1"])
  })

  it("sends whoever reads of a well login to what went round, since why would say that nothing is wrong", () => {
    const nextOf = (more: Partial<Loop>) => wordsOf(more).split("\n").at(-1)?.trim()
    assert.strictEqual(
      nextOf({ kind: "refresh-storm", stop: "calm-callers" }),
      "daybook log --type RefreshStarted --credential main --from 1"
    )
    assert.strictEqual(nextOf({ kind: "adopt-ping-pong", stop: "one-writer" }), "daybook story main --at 9")
    assert.strictEqual(nextOf({ kind: "refresh-changes-nothing", stop: "check-api" }), "daybook story main --at 9")
    assert.strictEqual(nextOf({ kind: "quarantine-flapping", stop: "one-writer" }), "daybook why main --at 9")
  })

  it("has a sentence for each kind, and for each way to end it, of which none is too wide", () => {
    const kinds = loopKinds.flatMap((kind) => [{ kind }, { kind, rule: "codes/invalid_grant" }, { kind, wasted: 0 }])
    const stops = stopActs.flatMap((stop) =>
      [undefined, "benches", "timeLimit", "cooldown.BillingRequired"].map((policy) => ({ stop, policy }))
    )
    const texts = [...kinds, ...stops].map(wordsOf)
    assert.strictEqual(new Set(texts).size, texts.length - 4) // three kinds name no rule, and one text is in both lists
    assert.deepStrictEqual(tooWide(texts.flatMap((text) => text.split("\n"))), [])
  })
})

describe("the command", () => {
  const run = (...args: ReadonlyArray<string>) =>
    Effect.flatMap(tempFolder, (user) => daybook(["loops", ...args, "--ledger", hourly], { user }))

  it.live("ends well whether there are loops or not, since it was asked and has answered", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run("--json")
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.strictEqual(Schema.decodeUnknownSync(Loops)(JSON.parse(stdout)).loops.length, 1)
    }).pipe(Effect.scoped)
  )

  it.live("offers the nearest name for a credential that is not there", () =>
    Effect.gen(function* () {
      const ran = yield* run("mian")
      assert.deepStrictEqual([ran.code, ran.stdout, hasTrace(ran)], [1, "", false])
      assert.include(ran.stderr, "Did you mean main?")
    }).pipe(Effect.scoped)
  )
})
