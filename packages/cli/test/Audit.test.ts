/** `daybook audit`: who did how much of what. */
import * as ActorNames from "@daybook/cli/ActorNames"
import { answer } from "@daybook/cli/commands/Audit"
import { open as openHistory } from "@daybook/cli/History"
import { Audit } from "@daybook/cli/json/Audit"
import { auditLines } from "@daybook/cli/render/AuditLines"
import { plain } from "@daybook/cli/render/Paint"
import { ActorId, CredentialId, Seq } from "@daybook/pool/Ids"
import type { Actor } from "@daybook/pool/PoolState"
import { type Row, sum } from "@daybook/pool/queries/AuditCounts"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, HashMap, Option, Schema } from "effect"
import { join } from "node:path"
import { jsonOf, linesOf, told, tooWide } from "./support/Answers.ts"
import { daybook } from "./support/Cli.ts"
import { head, placeOf, writePast } from "./support/Past.ts"
import { tempFolder } from "./support/TempFolder.ts"

vi.setConfig({ testTimeout: 60_000 })

const past = Effect.tap(tempFolder, writePast)

const asked = (since?: string, until?: string) => ({
  all: false,
  ledger: Option.none(),
  since: Option.fromUndefinedOr(since),
  until: Option.fromUndefinedOr(until)
})

const shown = (home: string, since?: string, until?: string) =>
  Effect.map(linesOf(answer(told(home), asked(since, until))), (lines) =>
    lines.map((line) => line.replace(/\[\d+\] */g, "[PID] "))
  )

describe("audit", () => {
  it.effect("has a table by process and one by credential, and what the ledger says of itself", () =>
    Effect.gen(function* () {
      const home = yield* past
      const lines = (yield* shown(home)).slice(1)
      assert.deepStrictEqual(
        lines.map((line) => line.replace(/ {2,}/g, " ")),
        [
          "from event 1",
          `to event ${head}, 2026-11-22T10:18:00Z`,
          "",
          "PROCESS SENT OK FAILED LOST RACED REFUSED DEAD IN OUT ACTS",
          "worker[PID] 1 0 1 0 0 1 1 4 1 0",
          "agent[PID] 1 1 0 0 0 0 0 0 0 1",
          "total 2 1 1 0 0 1 1 4 1 1",
          "",
          "CREDENTIAL SENT OK FAILED LOST RACED REFUSED DEAD IN OUT ACTS",
          "main 2 1 1 0 0 1 1 1 0 0",
          "key 0 0 0 0 0 0 0 1 0 1",
          "old 0 0 0 0 0 0 0 1 1 0",
          "spare 0 0 0 0 0 0 0 1 0 0",
          "total 2 1 1 0 0 1 1 4 1 1",
          "",
          "2 processes began to write, 0 files of the ledger were completed."
        ]
      )
    })
  )

  it.effect("counts only what lies between two moments", () =>
    Effect.gen(function* () {
      const home = yield* past
      const since = String(placeOf("main", "RefreshSucceeded"))
      const lines = yield* shown(home, since, "2026-11-22T10:10:00Z")
      assert.strictEqual(lines[1], `from    event ${since}`)
      assert.strictEqual(lines.at(-3)?.replace(/ {2,}/g, " "), "total 0 1 0 0 0 0 0 0 1 0")
      assert.include(yield* shown(home, "2026-11-23"), "Nothing that is counted happened.")
    })
  )

  it.effect("answers in JSON, in the shape that is on record, and adds up", () =>
    Effect.gen(function* () {
      const home = yield* past
      const json = yield* jsonOf(answer(told(home, true), asked()))
      const { actors, chain, credentials, rows, totals } = Schema.decodeUnknownSync(Audit, {
        onExcessProperty: "error"
      })(json)
      for (const all of [rows, actors, credentials]) {
        const { enrolled, refused, sent } = sum(all)
        assert.deepStrictEqual({ enrolled, refused, sent }, { enrolled: 4, refused: 1, sent: 2 })
      }
      assert.deepInclude(totals, { sent: 2, succeeded: 1, quarantined: 1 })
      assert.match(actors[0]?.name ?? "", /^worker\[\d+\]$/)
      assert.deepInclude(chain, { joined: 2, segmentsSealed: 0, unknownEvents: 0 })
    })
  )

  it.effect("knows the names of processes that the state has forgotten", () =>
    Effect.gen(function* () {
      const history = yield* openHistory(told(yield* past), {})
      const [actor] = HashMap.keys(history.state.actors)
      if (actor === undefined) throw new Error("nobody wrote")
      const forgetful = { ...history, state: { ...history.state, actors: HashMap.empty<ActorId, Actor>() } }
      assert.match((yield* ActorNames.find(forgetful, [actor])).actor(actor), /^(worker|agent)\[\d+\]$/)
    }).pipe(Effect.scoped)
  )

  it.effect("refuses a period that ends before it begins, and one that the ledger does not reach", () =>
    Effect.gen(function* () {
      const home = yield* past
      const failure = (since?: string, until?: string) =>
        Effect.map(Effect.flip(answer(told(home), asked(since, until))), ({ message }) => message)
      assert.include(yield* failure("12", "5"), "--since 12 is later than --until 5")
      assert.include(yield* failure("99"), "--since 99: the ledger does not reach there")
      assert.include(yield* failure(undefined, "2026-11-21"), "--until 2026-11-21")
    })
  )

  it.effect("the command counts in another ledger", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const home = join(user, "pool")
      yield* writePast(home)
      const { code, stderr, stdout } = yield* daybook(["audit", "--since", "-2m", "--ledger", home], { user })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^from {4}event 20$/m)
    })
  )
})

describe("the tables of an account", () => {
  const counts = { sent: 0, succeeded: 0, failed: 0, lost: 0, unsent: 0, adopted: 0 }
  const others = { refused: 0, quarantined: 0, enrolled: 0, removed: 0, acts: 0 }
  const row = (n: number, more: Partial<Row> = {}): Row => ({
    actor: ActorId.make(`01920000-0000-7000-8000-${String(n).padStart(12, "0")}`),
    credential: CredentialId.make(`${"long".repeat(15)}${n}`),
    ...counts,
    ...others,
    ...more
  })
  const linesWith = (rows: ReadonlyArray<Row>, most?: number) => {
    const life = { segmentsSealed: 0, tailsSealed: [], damageAccepted: [], joined: 0 }
    const account = { rows, totals: sum(rows), policies: [], life }
    const names = (id: string) => `a-program-of-many-words[${id.slice(-5)}]`
    return auditLines({ account, from: Seq.make(1), oldest: Seq.make(1), names }, most, plain)
  }

  it("fit into 80 columns, whatever the names and however large the numbers", () => {
    const huge = { sent: 1_000_000, succeeded: 999_999, refused: 1_234_567 }
    const lines = linesWith([row(1, huge), row(2, huge)])
    assert.deepStrictEqual(tooWide(lines), [])
    assert.include(lines.join("\n"), "…")
    assert.include(lines.join("\n"), "1000000")
  })

  it("show the busiest, and what the others come to", () => {
    const lines = linesWith([row(1, { sent: 1 }), row(2, { sent: 5 }), row(3, { sent: 2 }), row(4, { sent: 3 })], 2)
    const sent = lines.slice(1, 5).map((line) => line.trim().split(/ {2,}/).slice(0, 2))
    assert.deepStrictEqual(
      sent.map(([name, count]) => [name?.slice(0, 8), count]),
      [
        ["a-progra", "5"],
        ["a-progra", "3"],
        ["2 others", "3"],
        ["total", "11"]
      ]
    )
  })

  it("tell what was lost of the ledger, and what is not here", () => {
    const at = Date.UTC(2026, 10, 22, 10)
    const life = {
      joined: 1,
      segmentsSealed: 1,
      tailsSealed: [{ seq: Seq.make(5), at, offset: 10, length: 3 }],
      damageAccepted: [{ seq: Seq.make(9), at, segment: Seq.make(4), offset: 10, length: 30, upTo: Seq.make(7) }]
    }
    const policies = Array.from({ length: 7 }, (_, n) => ({
      seq: Seq.make(n + 10),
      at,
      actor: row(1).actor,
      hash: "h"
    }))
    const rows = [row(1, { unsent: 2 })]
    const account = { rows, totals: sum(rows), policies, life }
    const lines = auditLines({ account, from: Seq.make(4), oldest: Seq.make(4), names: () => "worker[1]" }, 20, plain)
    const text = lines.join(" ").replace(/ +/g, " ")
    for (const said of [
      "2 attempts ended before anything was sent.",
      "Events up to 3 are not here: they were archived, or never copied.",
      "Event 5, 2026-11-22T10:00:00Z: half a line of a writer that died was closed, 3 bytes at 10.",
      "Event 9, 2026-11-22T10:00:00Z: damage was accepted, 30 bytes at 10 of the file that begins with event 4.",
      "Events up to 7 may be lost.",
      "2 earlier changes of policy",
      "Event 16, 2026-11-22T10:00:00Z: worker[1] decides by policy h."
    ]) {
      assert.include(text, said)
    }
    assert.notInclude(text, "Event 11,")
    assert.deepStrictEqual(tooWide(lines), [])
  })
})
