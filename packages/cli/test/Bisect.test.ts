/** `daybook bisect`: by a condition and by a command, halving and event by event. */
import { answer } from "@daybook/cli/commands/Bisect"
import { Bisect } from "@daybook/cli/json/Bisect"
import { plain } from "@daybook/cli/render/Paint"
import { Stop } from "@daybook/cli/Stop"
import { fields } from "@daybook/pool/queries/condition/Fields"
import { parse } from "@daybook/pool/queries/condition/Parse"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it, vi } from "@effect/vitest"
import { Console, Effect, Option, Result, Schema } from "effect"
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { daybook } from "./support/Cli.ts"
import { enrolled, failed, generation, lost, observed, quarantined, started, succeeded } from "./support/Refreshes.ts"
import { tempFolder } from "./support/TempFolder.ts"
import { begin, minute, type Step, write } from "./support/Written.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const [one, two] = [generation(1), generation(2)]
const by = (who: string, event: Step["event"]): Step => ({ by: who, event })

/** It is enrolled, refreshed, in doubt, and dies: events 3, 6, 8, 11 and 12. Event 1 begins the ledger, 2 is `agent`. */
const deaths: ReadonlyArray<Step> = [
  by("agent", enrolled()),
  by("agent", observed(one)),
  by("agent", started(one, 1)),
  by("agent", succeeded(one, two, 1)),
  by("agent", started(two, 2)),
  by("agent", lost(two, 2, begin + 6 * minute)),
  by("agent", started(two, 3, "replay")),
  by("agent", failed(two, 3, { status: 400, code: "invalid_grant" })),
  by("agent", quarantined(two, "ResponseLost")),
  by("agent", observed(generation(3), "login"))
]

const refreshes = (count: number): ReadonlyArray<Step> => [
  by("agent", enrolled()),
  by("agent", observed(one)),
  ...Array.from({ length: count }, (_, n) => [
    by("agent", started(generation(n + 1), n)),
    by("agent", succeeded(generation(n + 1), generation(n + 2), n))
  ]).flat()
]

const inPool = Effect.fnUntraced(function* (steps: ReadonlyArray<Step>) {
  const user = yield* tempFolder
  yield* write(`${user}/pool`, steps)
  return { user, home: `${user}/pool` }
})

interface Asked {
  readonly when?: string
  readonly command?: ReadonlyArray<string>
  readonly from?: string
  readonly to?: string
  readonly all?: boolean
  readonly json?: boolean
}

/** What the command prints, in this process. */
const printed = Effect.fnUntraced(function* (
  home: string,
  { all = false, command = [], from, json = false, to, when }: Asked
) {
  const lines: Array<string> = []
  const console: Console.Console = { ...globalThis.console, log: (text: string) => void lines.push(text) }
  yield* answer(
    { home, json, paint: plain },
    {
      when: Option.fromUndefinedOr(when),
      from: Option.fromUndefinedOr(from),
      to: Option.fromUndefinedOr(to),
      ledger: Option.none(),
      command,
      all,
      argv: ["daybook", "bisect", "--", ...command]
    }
  ).pipe(Effect.provideService(Console.Console, console))
  return lines.join("\n")
})

const found = (home: string, asked: Asked) =>
  Effect.map(printed(home, { ...asked, json: true }), (text) => Schema.decodeUnknownSync(Bisect)(JSON.parse(text)))

/** Why it was not done. */
const stopped = (home: string, asked: Asked) =>
  Effect.map(Effect.flip(printed(home, asked)), (error) => {
    if (!(error instanceof Stop)) throw error
    return error
  })

describe("by a condition", () => {
  it.effect("it shows the event, what led to it, how things stood, and every other change", () =>
    Effect.gen(function* () {
      const { home } = yield* inPool(deaths)
      assert.deepStrictEqual((yield* printed(home, { when: "main.status == suspect" })).split("\n"), [
        "main.status == suspect holds from event 8 on.",
        "",
        "event      8, 2026-11-22T10:05:00Z, main",
        "           agent[PID] found an attempt whose answer was lost with its process:".replace(
          "PID",
          `${process.pid}`
        ),
        "           fp_rt2____ may be spent.",
        "",
        "             BEFORE  SINCE",
        "main.status  ok      suspect",
        "",
        "It does not begin once and stay:",
        "  event 11  holds no more",
        "",
        "12 events were looked at, each from 1 to 12: this is exact."
      ])
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("it says where it holds at no event, or held from the first", () =>
    Effect.gen(function* () {
      const { home } = yield* inPool(deaths)
      assert.match(yield* printed(home, { when: "count(dead) > 1" }), /holds at no event from 1 to 12\./)
      assert.match(yield* printed(home, { when: "head > 0" }), /holds at event 1 already, and never ends\./)
      assert.match(
        yield* printed(home, { when: "main.status != dead" }),
        /at event 1 already\. It ends there, and begins again\nfrom event 12 on\./
      )
      assert.match(
        yield* printed(home, { when: "head < 5" }),
        /at event 1 already; it ends later\.\n[^]*event 5  holds no more/
      )
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("it looks only between two moments, if they are given", () =>
    Effect.gen(function* () {
      const { home } = yield* inPool(deaths)
      const { atFrom, first, from, to } = yield* found(home, { when: "main.refreshing", from: "6", to: "-4m" })
      assert.deepStrictEqual({ atFrom, from, to, first: first?.seq }, { atFrom: "fails", from: 6, to: 8, first: 7 })
      const { message } = yield* stopped(home, { when: "head > 1", from: "6", to: "3" })
      assert.match(message, /--from is event 6, and --to is event 3, which comes before it\./)
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("it halves a long ledger, and finds what going through all of it finds", () =>
    Effect.gen(function* () {
      const { home } = yield* inPool(refreshes(900))
      for (const when of [
        "main.generations >= 40",
        "head > 1701",
        "main.expiresAt != none",
        "main.current == fp_rt700"
      ]) {
        const [halved, whole] = [yield* found(home, { when }), yield* found(home, { when, all: true })]
        assert.deepStrictEqual(
          [halved.search, halved.exact, whole.search, whole.exact],
          ["halving", false, "every event", true]
        )
        assert.isBelow(halved.judged, 600)
        assert.strictEqual(whole.judged, 1804)
        assert.deepStrictEqual(halved.first, when.includes("current") ? undefined : whole.first)
      }
      assert.match(yield* printed(home, { when: "head > 9" }), /by halving: taken for granted is that it\nchanges once/)
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("it is told where it cannot be read, under the place", () =>
    Effect.gen(function* () {
      const { home } = yield* inPool(deaths)
      const { exitCode, message } = yield* stopped(home, { when: "head > 3 && main.statsu == dead" })
      assert.strictEqual(exitCode, 2)
      assert.deepStrictEqual(message.split("\n"), [
        "--when cannot be read:",
        "  head > 3 && main.statsu == dead",
        "                   ^ a credential has no field statsu. Did you mean status?"
      ])
    }).pipe(Effect.provide(nodeServices))
  )
})

describe("by a command", () => {
  /** A program that reads the pool from its input and notes each look. */
  const judging = (user: string, code: string): string => {
    const program = join(user, "judge.mjs")
    writeFileSync(
      program,
      `#!${process.execPath}
import { appendFileSync, readFileSync } from "node:fs"
const pool = JSON.parse(readFileSync(0, "utf8"))
const at = Number(process.env.DAYBOOK_AT)
appendFileSync(${JSON.stringify(join(user, "looks"))}, at + " " + pool.ledger.seq + "\\n")
process.exit(${code})`
    )
    chmodSync(program, 0o700)
    return program
  }

  it.effect("it runs the command with the pool of each moment, and takes its exit code for the answer", () =>
    Effect.gen(function* () {
      const { home, user } = yield* inPool(deaths.slice(0, -1))
      const program = judging(user, 'pool.credentials.some(({ word }) => word === "dead") ? 0 : 1')
      const { command, first, judged, search } = yield* found(home, { command: [program, "--flag"] })
      assert.deepStrictEqual([first?.seq, first?.event.type, search], [11, "CredentialQuarantined", "halving"])
      assert.deepStrictEqual(command, [program, "--flag"])
      const looks = readFileSync(join(user, "looks"), "utf8").trim().split("\n")
      assert.strictEqual(looks.length, judged)
      for (const look of looks) assert.match(look, /^(\d+) \1$/)
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("it goes around moments of which the command cannot tell, and says what it could not see", () =>
    Effect.gen(function* () {
      const { home, user } = yield* inPool(deaths)
      const program = judging(user, "at > 4 && at < 8 ? 125 : at > 5 ? 0 : 7")
      const text = yield* printed(home, { command: [program], all: true })
      assert.match(
        text.replaceAll("\n", " "),
        /holds from one of the events 5 to 8 on; those before 8 could not be judged\./
      )
      assert.match(text, /the command could not judge some of\nthem\.$/)
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("it ends with the command that gives no answer, is not there, or is missing", () =>
    Effect.gen(function* () {
      const { home, user } = yield* inPool(deaths)
      const killed = yield* stopped(home, { command: [judging(user, "(process.kill(process.pid, 'SIGKILL'), 0)")] })
      assert.match(killed.message, /judge\.mjs ended with signal SIGKILL at event 1, which is no answer\./)
      const strange = yield* stopped(home, { command: [judging(user, "200")] })
      assert.match(
        strange.message,
        /judge\.mjs ended with exit code 200 at event 1, which is no answer\. It must exit with 0/
      )
      const absent = yield* stopped(home, { command: ["no-such-program"] })
      assert.deepStrictEqual(
        [absent.exitCode, absent.message],
        [127, "There is no command no-such-program. Give its path, or look at PATH."]
      )
      assert.match((yield* stopped(home, {})).message, /^Say what to look for/)
      assert.match((yield* stopped(home, { when: "head > 1", command: ["true"] })).message, /^Give either/)
    }).pipe(Effect.provide(nodeServices))
  )
})

describe("the command", () => {
  it.effect("answers a program in a document of its schema", () =>
    Effect.gen(function* () {
      const { home, user } = yield* inPool(deaths)
      const args = ["bisect", "--when", "main.status == dead && at > 2026-01-01", "--ledger", home, "--json"]
      const { code, stderr, stdout } = yield* daybook(args, { user })
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      const document: typeof Bisect.Encoded = JSON.parse(stdout)
      Schema.decodeUnknownSync(Bisect)(document)
      assert.deepStrictEqual(document.first?.before, { "main.status": "suspect", at: "2026-11-22T10:07:00.000Z" })
      assert.deepStrictEqual(document.first?.since, { "main.status": "dead", at: "2026-11-22T10:08:00.000Z" })
      assert.deepStrictEqual(document.flips, [
        { after: 10, seq: 11, holds: true },
        { after: 11, seq: 12, holds: false }
      ])
    }).pipe(Effect.provide(nodeServices))
  )

  it.effect("wants the dashes before a command, whose flags are not ours", () =>
    Effect.gen(function* () {
      const { home, user } = yield* inPool(deaths)
      const ran = yield* daybook(
        ["bisect", "--home", home, "--", "node", "-e", "process.exit(process.env.DAYBOOK_AT > 4 ? 0 : 1)"],
        { user }
      )
      assert.strictEqual(ran.code, 0, ran.stderr)
      assert.match(ran.stdout.replaceAll("\n", " "), /holds from event 5 on\./)
      const wrong = yield* daybook(["bisect", "--home", home, "node"], { user })
      assert.deepStrictEqual([wrong.code, wrong.stdout], [2, ""])
      assert.match(wrong.stderr, /after --, such as `daybook bisect -- node`/)
    }).pipe(Effect.provide(nodeServices))
  )
})

describe("the page on looking back", () => {
  const page = readFileSync(fileURLToPath(new URL("../../../docs/history.md", import.meta.url)), "utf8")
  const section = page.slice(page.indexOf("### Conditions"), page.indexOf("### A command of your own"))

  it("shows conditions that can be read", () => {
    const [, block = ""] = /```\n([^]*?)```/.exec(section) ?? []
    const conditions = block.trim().split("\n")
    assert.isAbove(conditions.length, 3)
    for (const condition of conditions) assert.isTrue(Result.isSuccess(parse(condition)), condition)
  })

  it("names every field of a credential, and none that there is not", () => {
    const cells = Array.from(section.matchAll(/^\| (`.*?) \|/gm), ([, cell = ""]) => cell)
    const names = cells.flatMap((cell) => Array.from(cell.matchAll(/`(\w+)`/g), ([, name = ""]) => name))
    assert.sameMembers(names, Object.keys(fields))
  })
})
