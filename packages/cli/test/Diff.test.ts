/** `daybook diff`: what changed between two moments. */
import { answer } from "@daybook/cli/commands/Diff"
import { Diff } from "@daybook/cli/json/Diff"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { join } from "node:path"
import { jsonOf, linesOf, told, tooWide } from "./support/Answers.ts"
import { daybook } from "./support/Cli.ts"
import { head, placeOf, writePast } from "./support/Past.ts"
import { tempFolder } from "./support/TempFolder.ts"

vi.setConfig({ testTimeout: 60_000 })

const past = Effect.tap(tempFolder, writePast)

const asked = (one: number | string, other?: number | string) => ({
  ledger: Option.none(),
  one: String(one),
  other: other === undefined ? Option.none() : Option.some(String(other))
})

const shown = (home: string, one: number | string, other?: number | string) =>
  Effect.map(linesOf(answer(told(home), asked(one, other))), (lines) =>
    lines.map((line) => line.replace(/\[\d+\]/g, "[PID]"))
  )

const refused = placeOf("main", "ApiOutcomeObserved") + 6

describe("diff", () => {
  it.effect("tells of each credential what it was and became, and which events did it", () =>
    Effect.gen(function* () {
      const home = yield* past
      const lines = yield* shown(home, placeOf("old", "CredentialRemoved"), placeOf("main", "CredentialQuarantined"))
      assert.deepStrictEqual(lines.slice(1), [
        "from    event 14, 2026-11-22T10:10:00Z",
        "to      event 20, 2026-11-22T10:16:00Z",
        "main (work), openai-codex: ok -> dead",
        "  health     live",
        "             -> dead since 2026-11-22T10:16:00Z, Reused (rule",
        "                codes/refresh_token_reused), the refresh token of fp_rtmain2",
        "             by event 20, credential quarantined, of worker[PID]",
        "  refusals   none",
        "             -> 1 access token refused in a row",
        "             by event 16, error classified, of worker[PID]",
        "  calls      1 accepted, 0 refused, the last accepted 2026-11-22T10:06:00Z",
        "             -> 1 accepted, 1 refused, the last accepted 2026-11-22T10:06:00Z",
        "             by event 15, API outcome observed, of worker[PID]"
      ])
    })
  )

  it.effect("tells who came and who went, and ends at the end of the ledger if nothing else is named", () =>
    Effect.gen(function* () {
      const home = yield* past
      const lines = yield* shown(home, placeOf("spare", "CredentialEnrolled"))
      assert.strictEqual(lines[2], `to      event ${head}, 2026-11-22T10:18:00Z`)
      const text = lines.join("\n")
      assert.include(text, "key, openai: joined the pool, now paused\n  member     since event 7")
      assert.include(
        text,
        "old, openai-codex: joined the pool and left it again\n  member     no: removed by an operator"
      )
    })
  )

  it.effect("goes from the earlier to the later moment in whichever order they are named", () =>
    Effect.gen(function* () {
      const home = yield* past
      assert.deepStrictEqual(yield* shown(home, head, refused), yield* shown(home, refused, head))
    })
  )

  it.effect("says so where nothing changed, and where time alone did", () =>
    Effect.gen(function* () {
      const home = yield* past
      assert.deepStrictEqual((yield* shown(home, head, head)).slice(3), ["Nothing changed."])
      const lines = yield* shown(home, head, "2026-11-22T11:00")
      assert.deepStrictEqual(lines.slice(3), [
        "spare, openai-codex: cooling -> ok",
        "  available  no: RateLimited, until 2026-11-22T10:20:00Z",
        "             -> yes",
        "             by time alone"
      ])
    })
  )

  it.effect("fits into 80 columns between any two moments", () =>
    Effect.gen(function* () {
      const home = yield* past
      for (let seq = 1; seq < head; seq++) assert.deepStrictEqual(tooWide(yield* shown(home, seq)), [])
    })
  )

  it.effect("answers in JSON, in the shape that is on record: of each side only the axes that differ", () =>
    Effect.gen(function* () {
      const home = yield* past
      const json = yield* jsonOf(answer(told(home, true), asked(placeOf("main", "RefreshFailed"), head)))
      const { differences, from } = Schema.decodeUnknownSync(Diff, { onExcessProperty: "error" })(json)
      assert.strictEqual(Number(from.seq), placeOf("main", "RefreshFailed"))
      const [key, main] = differences
      assert.deepStrictEqual(Object.keys(main?.after ?? {}).toSorted(), ["health", "pending", "word"])
      assert.deepStrictEqual(Object.keys(main?.by ?? {}).toSorted(), ["health", "pending"])
      assert.strictEqual(main?.before?.health?._tag, "Live")
      assert.deepInclude(key, { what: "changed" })
      assert.deepInclude(key?.after, { word: "paused", operator: { state: "paused", keepalive: false } })
    })
  )

  it.effect("names the moment that the ledger does not reach", () =>
    Effect.gen(function* () {
      const home = yield* past
      const failure = (one: string, other?: string) =>
        Effect.map(Effect.flip(answer(told(home), asked(one, other))), ({ message }) => message)
      assert.include(yield* failure("2026-11-21"), "A 2026-11-21: the ledger does not reach there")
      assert.include(yield* failure("3", "9999"), "B 9999: the ledger does not reach there")
      assert.include(yield* failure("3", "later"), "B later: that is no moment")
    })
  )

  it.effect("the command takes an age for a moment, of another ledger too", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const home = join(user, "pool")
      yield* writePast(home)
      const { code, stderr, stdout } = yield* daybook(["diff", "-2m", "--ledger", home], { user })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^from {4}event 20, 2026-11-22T10:16:00Z$/m)
      assert.match(stdout, /^key, openai: ok -> paused$/m)
      const wrong = yield* daybook(["diff"], { user })
      assert.deepInclude(wrong, { code: 2, stdout: "" })
    })
  )
})
