/** `daybook log`: which events are shown, and what is refused. */
import { answer } from "@daybook/cli/commands/Log"
import { LogEvent } from "@daybook/cli/json/Log"
import type { Asked } from "@daybook/cli/LogQuery"
import { isWanted, linesWith, type Wanted } from "@daybook/cli/EventFilter"
import { open as openHistory } from "@daybook/cli/History"
import { columnsOf } from "@daybook/cli/render/Columns"
import { logLine, logLines } from "@daybook/cli/render/LogLine"
import { plain } from "@daybook/cli/render/Paint"
import { ActorId, CorrelationId, CredentialId, EventId, Seq } from "@daybook/pool/Ids"
import { empty } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { namesIn } from "@daybook/words/Names"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { linesOf, told, tooWide } from "./support/Answers.ts"
import { daybook } from "./support/Cli.ts"
import { head, placeOf, writePast } from "./support/Past.ts"
import { tempFolder } from "./support/TempFolder.ts"
import { uuid } from "./support/Written.ts"

vi.setConfig({ testTimeout: 60_000 })

const past = Effect.tap(tempFolder, writePast)

type Named = { readonly [Flag in Exclude<keyof Asked, "follow" | "from">]?: string } & {
  readonly from?: number
  readonly follow?: boolean
  readonly wide?: boolean
}

const asked = ({ follow = false, from, wide = true, ...named }: Named): Asked & { readonly wide: boolean } => {
  const { actor, correlation, credential, ledger, provider, since, type, until, verdict } = named
  const option = Option.fromUndefinedOr<string | undefined>
  return {
    follow,
    wide,
    from: Option.fromUndefinedOr(from),
    actor: option(actor),
    correlation: option(correlation),
    credential: option(credential),
    ledger: option(ledger),
    provider: option(provider),
    since: option(since),
    type: option(type),
    until: option(until),
    verdict: option(verdict)
  }
}

const shown = (home: string, named: Named) => linesOf(answer(told(home), asked(named)))

/** The places of what is shown. */
const places = (home: string, named: Named) =>
  Effect.map(shown(home, named), (lines) => lines.filter((line) => line !== "").map((line) => Number(line.slice(0, 5))))

const failure = (home: string, named: Named) =>
  Effect.map(Effect.flip(answer(told(home), asked(named))), ({ message }) => message)

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, place) => from + place)

const call = "01920003-0000-7000-8000-000000000001"

describe("log", () => {
  it("has room for names that are long, and uses that of a terminal that is wide", () => {
    const one = { seq: Seq.make(1_234_567), at: 0, id: EventId.make(uuid(2, 2)), actor: ActorId.make(uuid(1, 1)) }
    const credential = CredentialId.make("the-login-of-the-night-shift-on-the-second-machine")
    const paused: Recorded = {
      ...one,
      type: "CredentialRelabelled",
      v: 1,
      credential,
      data: { label: "x ".repeat(40) }
    }
    const lines = logLines(paused, namesIn(empty), 80, plain)
    assert.deepStrictEqual(tooWide(lines), [])
    assert.include(lines.join("\n"), credential)
    assert.strictEqual(logLines(paused, namesIn(empty), 300, plain).length, 1)
  })

  it("takes the width of a terminal, and never less than 80 columns", () => {
    assert.deepStrictEqual(
      [{}, { columns: 200 }, { isTTY: true, columns: 120 }, { isTTY: true, columns: 40 }, { isTTY: true }].map(
        columnsOf
      ),
      [80, 80, 120, 80, 80]
    )
  })

  it("keeps its columns beside an event of a newer version, and names its type behind them", () => {
    const one = { seq: Seq.make(2), at: 0, id: EventId.make(uuid(2, 2)), actor: ActorId.make(uuid(1, 1)) }
    const known: Recorded = { ...one, type: "CredentialPaused", v: 1, credential: CredentialId.make("main"), data: {} }
    const newer: Recorded = {
      ...one,
      type: "Unknown",
      v: 2,
      credential: known.credential,
      data: { type: "SomethingThatIsHeardOfMuchLater", raw: {} }
    }
    const [line, odd] = [known, newer].map((event) => logLine(event, namesIn(empty), plain))
    assert.strictEqual(odd?.indexOf("main"), line?.indexOf("main"))
    assert.include(odd, "SomethingThatIsHeardOfMuchLater, written by a newer version (v2)")
  })

  it.effect("shows every event, with --wide a line each", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* places(yield* past, {}), range(1, head))
    })
  )

  it.effect("shows every event in 80 columns, under its day, and leaves out nothing but its thousandths", () =>
    Effect.gen(function* () {
      const home = yield* past
      const lines = yield* shown(home, { wide: false })
      assert.deepStrictEqual(tooWide(lines), [])
      assert.strictEqual(lines[0], "2026-11-22")
      const narrow = lines
        .slice(1)
        .join("\n")
        .split(/\n(?= *\d+  \d\d:)/)
      const wide = yield* shown(home, {})
      const words = (text: string) => text.trim().split(/\s+/)
      assert.deepStrictEqual(
        narrow.map(words),
        wide.map((line) => words(line.replace(/\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)\.\d{3}Z/, "$1")))
      )
    })
  )

  it.effect("names each day once, before its first event", () =>
    Effect.gen(function* () {
      const recording = fileURLToPath(new URL("../../../examples/ledgers/quota-for-fifteen-days", import.meta.url))
      const lines = yield* shown("/nowhere", { wide: false, ledger: recording, type: "QuotaObserved" })
      assert.deepStrictEqual(
        lines.filter((line) => !line.startsWith(" ")),
        ["2026-03-02", "2026-03-03"]
      )
      assert.strictEqual(lines.indexOf("2026-03-03"), lines.findIndex((line) => line.startsWith("   15")) - 1)
    })
  )

  it.effect("shows what one process wrote, by program, by the name the log shows, and by id", () =>
    Effect.gen(function* () {
      const home = yield* past
      const ofAgent = yield* places(home, { actor: "agent" })
      assert.deepStrictEqual(ofAgent, [10, 11, 12, 13, head])
      const [line = ""] = yield* shown(home, { actor: "agent", type: "CredentialPaused" })
      const [name = ""] = /agent\[\d+\]/.exec(line) ?? []
      assert.deepStrictEqual(yield* places(home, { actor: name }), ofAgent)
      const paused = readFileSync(join(home, "ledger.jsonl"), "utf8").trim().split("\n").at(-1) ?? ""
      const { actor } = JSON.parse(paused) as { readonly actor: string }
      for (const id of [actor, actor.slice(-8)]) assert.deepStrictEqual(yield* places(home, { actor: id }), ofAgent)
    })
  )

  it.effect("shows a verdict with what was done about it, in whichever case it is typed", () =>
    Effect.gen(function* () {
      const home = yield* past
      const deaths = [placeOf("main", "CredentialQuarantined") - 1, placeOf("main", "CredentialQuarantined")]
      assert.deepStrictEqual(yield* places(home, { verdict: "Reused" }), deaths)
      assert.deepStrictEqual(yield* places(home, { verdict: "terminal" }), deaths)
      assert.deepStrictEqual(yield* places(home, { verdict: "RateLimited" }), [placeOf("spare", "CooldownStarted")])
    })
  )

  it.effect("shows a story across credentials", () =>
    Effect.gen(function* () {
      const home = yield* past
      assert.deepStrictEqual(yield* places(home, { correlation: call }), range(15, head - 1))
      assert.deepStrictEqual(yield* places(home, { correlation: call, credential: "spare" }), [head - 1])
    })
  )

  it.effect("shows a part, named by events, by times or by ages; both ends belong to it", () =>
    Effect.gen(function* () {
      const home = yield* past
      assert.deepStrictEqual(yield* places(home, { since: "5", until: "9" }), range(5, 9))
      const since = "2026-11-22T10:16:00Z"
      assert.deepStrictEqual(yield* places(home, { since }), range(placeOf("main", "CredentialQuarantined"), head))
      assert.deepStrictEqual(yield* places(home, { since: "2m ago" }), yield* places(home, { since }))
      assert.deepStrictEqual(yield* places(home, { until: "2026-11-22T10:00:00Z" }), range(1, 3))
      assert.deepStrictEqual(yield* places(home, { since: "2026-11-21" }), range(1, head))
      assert.deepStrictEqual(yield* places(home, { since: "2026-11-23" }), [])
      const death = "01920004-0000-7000-8000-000000000005"
      assert.deepStrictEqual(yield* places(home, { since: death, from: 1 }), yield* places(home, { since }))
    })
  )

  it.effect("calls things by the names they had at its end, whatever was written since", () =>
    Effect.gen(function* () {
      const home = yield* past
      const before = yield* shown(home, { until: "12" })
      const copy = yield* tempFolder
      const lines = readFileSync(join(home, "ledger.jsonl"), "utf8").split("\n")
      writeFileSync(join(copy, "ledger.jsonl"), `${lines.slice(0, 12).join("\n")}\n`)
      assert.deepStrictEqual(yield* shown(copy, {}), before)
    })
  )

  it.effect("refuses what nobody has, with what there is", () =>
    Effect.gen(function* () {
      const home = yield* past
      assert.include(yield* failure(home, { actor: "wroker" }), "Did you mean worker? Its programs are: agent, worker.")
      assert.include(yield* failure(home, { verdict: "Reusd" }), "Did you mean Reused?")
      assert.match(yield* failure(home, { verdict: "x" }), /are: Transient, Terminal, AccessExpired, .*ResponseLost/)
      assert.include(yield* failure(home, { correlation: "x" }), `shows it as "correlation"`)
      const unknown = call.replace(/1$/, "2")
      assert.include(yield* failure(home, { correlation: unknown }), `belongs to the story ${unknown}`)
      assert.include(
        yield* failure(home, { until: "2026-11-21" }),
        "--until 2026-11-21: the ledger does not reach there"
      )
      assert.include(yield* failure(home, { since: "9", until: "5" }), "--since 9 is later than --until 5")
      assert.include(yield* failure(home, { follow: true, until: "5" }), "Leave one of them out")
      assert.include(yield* failure(home, { credential: "key", until: "5" }), "key was not in the pool yet at event 5")
    })
  )

  it.effect("answers from what stands before damage, and says so", () =>
    Effect.gen(function* () {
      const home = yield* past
      const path = join(home, "ledger.jsonl")
      const lines = readFileSync(path, "utf8").split("\n")
      writeFileSync(path, lines.map((line, place) => (place === 9 ? line.replace("agent", "agend") : line)).join("\n"))
      const said = vi.spyOn(console, "error").mockReturnValue()
      assert.deepStrictEqual(yield* places(home, {}), range(1, 9))
      assert.include(said.mock.calls.flat().join("\n"), "from the events up to 9, which are whole")
      said.mockRestore()
    })
  )

  it.effect("the command takes its flags, and gives in JSON what the ledger holds", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const home = join(user, "pool")
      yield* writePast(home)
      const flags = ["--actor", "agent", "--since", "-10m", "--until", String(head), "--ledger", home, "--json"]
      const { code, stderr, stdout } = yield* daybook(["log", ...flags], { user })
      assert.deepStrictEqual([code, stderr], [0, ""])
      const read = Schema.decodeUnknownSync(LogEvent, { onExcessProperty: "error" })
      const events = stdout
        .trim()
        .split("\n")
        .map((line) => read(JSON.parse(line)))
      assert.deepStrictEqual(
        events.map(({ seq, type }) => [Number(seq), type]),
        [
          [12, "RefreshStarted"],
          [13, "RefreshSucceeded"],
          [head, "CredentialPaused"]
        ] as ReadonlyArray<unknown>
      )
    })
  )
})

describe("what a line must hold to be looked at", () => {
  /** What a scan for these lines gives, which is asked once more. */
  const found = (home: string, wanted: Wanted, isSieved: boolean) =>
    Effect.gen(function* () {
      const { ledger, state } = yield* openHistory(told(home), {})
      const events: Array<Recorded> = []
      yield* ledger.scan({ ...(isSieved ? linesWith(state, wanted) : {}), take: (event) => void events.push(event) })
      return events.filter((event) => isWanted(event, state, wanted)).map(({ seq }) => Number(seq))
    }).pipe(Effect.scoped)

  const wishes: ReadonlyArray<readonly [string, Wanted]> = [
    ["a credential", { credential: CredentialId.make("main") }],
    ["a provider", { provider: "openai-codex" }],
    ["a provider and a type", { provider: "openai", type: "CredentialPaused" }],
    ["a verdict", { verdict: "Terminal" }],
    ["a story", { correlation: CorrelationId.make(call) }],
    ["a verdict on a credential", { verdict: "RateLimited", credential: CredentialId.make("spare") }]
  ]

  it.effect.each(wishes)("loses no event of %s", ([, wanted]) =>
    Effect.gen(function* () {
      const home = yield* past
      const sieved = yield* found(home, wanted, true)
      assert.isNotEmpty(sieved)
      assert.deepStrictEqual(sieved, yield* found(home, wanted, false))
    })
  )

  it.effect("leaves most lines unread", () =>
    Effect.gen(function* () {
      const { ledger, state } = yield* openHistory(told(yield* past), {})
      let taken = 0
      yield* ledger.scan({ ...linesWith(state, { credential: CredentialId.make("key") }), take: () => void taken++ })
      assert.strictEqual(taken, 2)
      assert.deepStrictEqual(linesWith(state, {}), {})
    }).pipe(Effect.scoped)
  )
})
