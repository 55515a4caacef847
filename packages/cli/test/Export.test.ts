/** `daybook export`: events for other tools. */
import { answer } from "@daybook/cli/commands/Export"
import { columns, csv } from "@daybook/cli/export/Csv"
import { perfetto } from "@daybook/cli/export/Perfetto"
import { assert, describe, it } from "@effect/vitest"
import { ActorId, CredentialId, EventId, Seq } from "@daybook/pool/Ids"
import { empty } from "@daybook/pool/PoolState"
import { Effect, Option } from "effect"
import { execFileSync } from "node:child_process"
import { TestClock } from "effect/testing"
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { told } from "./support/Answers.ts"
import { daybook } from "./support/Cli.ts"
import { eventsIn } from "./support/Ledger.ts"
import { head, placeOf, writePast } from "./support/Past.ts"
import { tempFolder } from "./support/TempFolder.ts"
import { uuid } from "./support/Written.ts"

interface Wanted {
  readonly format?: "jsonl" | "csv" | "perfetto"
  readonly since?: string
  readonly until?: string
  readonly credential?: string
  readonly ledger?: string
}

const exported = Effect.fnUntraced(function* (home: string, { credential, format, ledger, since, until }: Wanted = {}) {
  const out = join(yield* tempFolder, "out")
  yield* answer(told(home), {
    jsonl: format === "jsonl",
    csv: format === "csv",
    perfetto: format === "perfetto",
    ledger: Option.fromUndefinedOr(ledger),
    since: Option.fromUndefinedOr(since),
    until: Option.fromUndefinedOr(until),
    credential: Option.fromUndefinedOr(credential),
    out: Option.some(out)
  })
  return readFileSync(out, "utf8")
})

const past = Effect.tap(tempFolder, writePast)

const parsed = (lines: string): ReadonlyArray<{ readonly seq: number }> =>
  lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))

describe("export", () => {
  it.effect("gives every event as it stands in the ledger, a line of JSON each", () =>
    Effect.gen(function* () {
      const home = yield* past
      const events = eventsIn(home).map((event) => {
        const { c: _c, h: _h, ...rest } = event as typeof event & { readonly c: string; readonly h: string }
        return rest
      })
      assert.deepStrictEqual<unknown>(parsed(yield* exported(home)), events)
    })
  )

  it.effect("takes a range and one credential", () =>
    Effect.gen(function* () {
      const home = yield* past
      const [from, to] = [placeOf("spare", "CooldownStarted"), placeOf("old", "CredentialRemoved")]
      const range = { since: String(from), until: String(to) }
      const seqs = parsed(yield* exported(home, range)).map(({ seq }) => seq)
      assert.deepStrictEqual(
        seqs,
        Array.from({ length: to - from + 1 }, (_, place) => from + place)
      )
      const spare = parsed(yield* exported(home, { ...range, credential: "spare" }))
      assert.deepStrictEqual(
        spare.map(({ seq }) => seq),
        [from]
      )
    })
  )

  it.effect("writes a table that Python's own reader takes, with as many rows as there are events", () =>
    Effect.gen(function* () {
      const home = yield* past
      const out = join(yield* tempFolder, "out.csv")
      const program = "import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline='')))))"
      yield* answer(told(home), {
        jsonl: false,
        csv: true,
        perfetto: false,
        ledger: Option.none(),
        since: Option.none(),
        until: Option.none(),
        credential: Option.none(),
        out: Option.some(out)
      })
      const rows: ReadonlyArray<Record<string, string>> = JSON.parse(
        execFileSync("python3", ["-c", program, out], { encoding: "utf8" })
      )
      assert.strictEqual(rows.length, head)
      assert.deepStrictEqual(Object.keys(rows[0] ?? {}), columns)
      const quarantined = rows.find(({ type }) => type === "CredentialQuarantined")
      assert.deepInclude(quarantined, {
        seq: String(placeOf("main", "CredentialQuarantined")),
        credential: "main",
        provider: "openai-codex",
        reason: "Reused",
        rule: "codes/refresh_token_reused",
        generation_refresh: "fp_rtmain2_________"
      })
      assert.deepStrictEqual(
        rows.map(({ data = "" }) => JSON.parse(data)),
        eventsIn(home).map(({ data }) => data)
      )
    })
  )

  it("draws what was over before it began as over at once", () => {
    const { begin, end, event } = perfetto(empty)
    const bench = event({
      seq: Seq.make(2),
      at: 5_000,
      id: EventId.make(uuid(2, 2)),
      actor: ActorId.make(uuid(1, 1)),
      type: "CooldownStarted",
      v: 1,
      credential: CredentialId.make("main"),
      data: { until: 1_000, reason: "RateLimited" }
    })
    const { traceEvents } = JSON.parse(`${begin}${bench}${end()}`) as {
      readonly traceEvents: ReadonlyArray<{ readonly ph: string; readonly ts: number }>
    }
    const lasting = traceEvents.filter(({ ph }) => ph === "b" || ph === "e")
    assert.deepStrictEqual(
      lasting.map(({ ph, ts }) => [ph, ts]),
      [
        ["b", 5_000_000],
        ["e", 5_000_000]
      ]
    )
  })

  it("writes whatever a newer version may say into a table, and no formula", () => {
    const raw = { model: { toString: 1 }, reason: '=HYPERLINK("x")\n', generation: null, evidence: [1], next: "a" }
    const row = csv(empty).event({
      seq: Seq.make(2),
      at: 0,
      id: EventId.make(uuid(2, 2)),
      actor: ActorId.make(uuid(1, 1)),
      type: "Unknown",
      v: 7,
      data: { type: "HeardOfLater", raw }
    })
    assert.include(row, `,"{""toString"":1}",`)
    assert.include(row, `,"'=HYPERLINK(""x"")\n",`)
  })

  it.effect("begins with the first event where the ledger does not reach back, and not behind the last one", () =>
    Effect.gen(function* () {
      const home = yield* past
      for (const since of ["2020-01-01", "-70d", "1"]) {
        assert.strictEqual(parsed(yield* exported(home, { since })).length, head)
      }
      const { message } = yield* Effect.flip(exported(home, { since: String(head + 1) }))
      assert.match(message, new RegExp(`^--since ${head + 1}: the ledger does not reach there\\.`))
    })
  )

  it.effect("says of a ledger that is not where it was said to be how one is named", () =>
    Effect.gen(function* () {
      const folder = join(yield* tempFolder, "none")
      const { message } = yield* Effect.flip(exported(yield* past, { ledger: folder }))
      assert.strictEqual(
        message,
        `There is no ledger in ${folder}. Name with --ledger the folder of one, or the ledger.jsonl in it.`
      )
    })
  )

  it.live("ends with its reader, and says in a sentence that nothing more can be written", () =>
    Effect.gen(function* () {
      const home = yield* Effect.provide(past, TestClock.layer())
      const into = (what: string) =>
        daybook(["export", "--ledger", home], { user: home, wrapper: ["sh", "-c", `exec "$@" ${what}`, "sh"] })
      const read = yield* into("| head -n 1")
      assert.deepStrictEqual([read.stderr, parsed(read.stdout).length], ["", 1])
      if (!existsSync("/dev/full")) return
      const { code, stderr } = yield* into("> /dev/full")
      assert.deepStrictEqual(
        [code, stderr],
        [1, "Standard output cannot be written (ENOSPC). Free space where it goes, or send it elsewhere.\n"]
      )
    })
  )

  it.effect(
    "draws a trace: each event in its process, arrows from cause to effect, and what lasts from begin to end",
    () =>
      Effect.gen(function* () {
        const home = yield* past
        const text = yield* exported(home, { format: "perfetto" })
        const { traceEvents: entries } = JSON.parse(text) as {
          readonly traceEvents: ReadonlyArray<Readonly<Record<string, unknown>>>
        }
        const of = (ph: string) => entries.filter((entry) => entry["ph"] === ph)
        assert.strictEqual(of("X").length, head)
        const times = of("X").map(({ ts }) => Number(ts))
        assert.deepStrictEqual(
          times,
          times.toSorted((a, b) => a - b)
        )
        assert.strictEqual(new Set(times).size, times.length)
        const causes = eventsIn(home).filter(({ cause }) => cause !== undefined)
        assert.deepStrictEqual<unknown>(
          of("f").map(({ id }) => id),
          causes.map(({ id }) => id)
        )
        assert.deepStrictEqual(
          of("s").map(({ id }) => id),
          of("f").map(({ id }) => id)
        )
        const spans = (ph: string) => of(ph).map(({ cat, id, pid, tid }) => JSON.stringify({ cat, id, pid, tid }))
        assert.deepStrictEqual(spans("b").toSorted(), spans("e").toSorted())
        assert.deepStrictEqual(
          of("b")
            .map(({ name }) => String(name))
            .toSorted(),
          [
            "bench: RateLimited",
            "dead: Reused",
            "refresh of fp_rtmain1 (proactive)",
            "refresh of fp_rtmain2 (unauthorized)"
          ]
        )
        assert.strictEqual(yield* exported(home, { format: "perfetto" }), text)
      })
  )

  it.effect("writes for its owner alone, and never over a file", () =>
    Effect.gen(function* () {
      const home = yield* past
      const out = join(yield* tempFolder, "out")
      const none = Option.none()
      const asked = {
        jsonl: false,
        csv: false,
        perfetto: false,
        ledger: none,
        since: none,
        until: none,
        credential: none
      }
      yield* answer(told(home), { ...asked, out: Option.some(out) })
      assert.strictEqual(statSync(out).mode & 0o777, 0o600)
      const again = yield* Effect.flip(answer(told(home), { ...asked, out: Option.some(out) }))
      assert.strictEqual(again.message, `${out} is there already. Name another file; nothing is overwritten.`)
      const two = yield* Effect.flip(answer(told(home), { ...asked, csv: true, perfetto: true, out: none }))
      assert.strictEqual(two.message, "--csv and --perfetto: choose one of them.")
    })
  )
})
