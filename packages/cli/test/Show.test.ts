/** `daybook show`: the pool as it stood, by a ledger of its own or a copy of it. */
import { answer } from "@daybook/cli/commands/Show"
import { Show } from "@daybook/cli/json/Show"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { cpSync } from "node:fs"
import { join } from "node:path"
import { jsonOf, linesOf, told, tooWide, unbroken } from "./support/Answers.ts"
import { daybook, hasTrace } from "./support/Cli.ts"
import { begin, head, minute, placeOf, timeOf, writePast } from "./support/Past.ts"
import { tempFolder } from "./support/TempFolder.ts"

vi.setConfig({ testTimeout: 60_000 })

const past = Effect.tap(tempFolder, writePast)

const asked = (at?: string, credential?: string) => ({
  at: Option.fromUndefinedOr(at),
  ledger: Option.none(),
  credential: Option.fromUndefinedOr(credential)
})

const shown = (home: string, at?: string, credential?: string) => linesOf(answer(told(home), asked(at, credential)))

const iso = (instant: number) => new Date(instant).toISOString()

describe("show", () => {
  it.effect("tells how each credential stood behind an event, with times counted from that event", () =>
    Effect.gen(function* () {
      const home = yield* past
      const [ledger, asOf, ...rest] = yield* shown(home, String(placeOf("key", "CredentialPaused")))
      assert.match(ledger ?? "", /^ledger {2}[0-9a-f-]{36}$/)
      assert.strictEqual(asOf, `as of   event ${head}, 2026-11-22T10:18:00Z`)
      assert.deepStrictEqual(rest, [
        "openai-codex  0 of 2 usable",
        "  dead     main (work)",
        "           Reused (rule codes/refresh_token_reused), since 2026-11-22T10:16:00Z",
        "           (2 min ago)",
        "  cooling  spare",
        "           RateLimited, until 2026-11-22T10:20:00Z (in 2 min)",
        "openai  0 of 1 usable",
        "  paused   key"
      ])
    })
  )

  it.effect("knows nothing of what came later", () =>
    Effect.gen(function* () {
      const home = yield* past
      const lines = yield* shown(home, String(placeOf("spare", "CredentialEnrolled")))
      assert.deepStrictEqual(lines.slice(2), [
        "openai-codex  2 of 2 usable",
        "  ok       main (work)",
        "           access token ends 2026-11-22T11:00:00Z (in 58 min), login ends",
        "           2026-12-22 (in 29 d)",
        "  ok       spare"
      ])
    })
  )

  it.effect("takes a time behind the last event for the end, as of that time: a bench is over by then", () =>
    Effect.gen(function* () {
      const home = yield* past
      const lines = yield* shown(home, iso(begin + 20 * minute))
      assert.strictEqual(lines[1], `as of   2026-11-22T10:20:00Z, after event ${head} of 2026-11-22T10:18:00Z`)
      assert.include(lines, "  ok       spare")
    })
  )

  it.effect("takes the id of an event, which names the same moment as its number", () =>
    Effect.gen(function* () {
      const home = yield* past
      const quarantine = "01920004-0000-7000-8000-000000000005"
      const place = String(placeOf("main", "CredentialQuarantined"))
      assert.deepStrictEqual(yield* shown(home, quarantine, "main"), yield* shown(home, place, "main"))
    })
  )

  it.effect("tells one credential axis by axis", () =>
    Effect.gen(function* () {
      const home = yield* past
      const lines = yield* shown(home, String(placeOf("main", "RefreshFailed") - 1), "work")
      assert.deepStrictEqual(unbroken(lines.slice(2)), [
        "main (work), openai-codex: ok",
        "  member     since event 3, 2026-11-22T10:00:00Z (13 min ago)",
        "  operator   enabled",
        "  health     live",
        "  available  yes",
        "  models     none benched",
        "  tokens     fp_rtmain2, the newest of 2, brought by agent[PID] with event 13, 2026-11-22T10:09:00Z (4 min ago), access token ends 2026-11-22T12:00:00Z (in 1 h), login ends 2026-12-22T10:00:00Z (in 29 d)",
        "  refresh    under way: worker[PID] sent fp_rtmain2 (unauthorized) 2026-11-22T10:13:00Z (now)",
        "  backoff    none",
        "  strikes    none",
        "  refusals   1 access token refused in a row",
        "  to finish  nothing",
        "  quota      never said",
        "  calls      1 accepted, 1 refused, the last accepted 2026-11-22T10:06:00Z (7 min ago)",
        "  label      work",
        "  priority   0",
        "  store      hermes /home/me/.hermes/auth.json (owned)",
        "  grant      01920001-0000-7000-8000-000000000001"
      ])
    })
  )

  it.effect("says of one that had left the pool that it was removed, and shows it in no overview", () =>
    Effect.gen(function* () {
      const home = yield* past
      const lines = yield* shown(home, undefined, "old")
      assert.deepStrictEqual(lines.slice(2, 4), [
        "old, openai-codex: removed",
        "  member     no: removed by an operator"
      ])
      assert.notInclude((yield* shown(home)).join("\n"), "old")
    })
  )

  it.effect("fits into 80 columns at any moment", () =>
    Effect.gen(function* () {
      const home = yield* past
      for (let seq = 3; seq <= head; seq++) {
        const lines = [...(yield* shown(home, String(seq))), ...(yield* shown(home, String(seq), "main"))]
        assert.deepStrictEqual(tooWide(lines), [])
      }
    })
  )

  it.effect("answers in JSON, in the shape that is on record, with what was asked for and nothing as null", () =>
    Effect.gen(function* () {
      const home = yield* past
      const pool = yield* jsonOf(answer(told(home, true), asked()))
      const read = Schema.decodeUnknownSync(Show, { onExcessProperty: "error" })
      assert.deepStrictEqual(
        read(pool).credentials.map(({ id, word }) => [id, word]),
        [
          ["main", "dead"],
          ["key", "paused"],
          ["spare", "cooling"]
        ] as ReadonlyArray<unknown>
      )
      assert.notInclude(JSON.stringify(pool), "null")
      const at = iso(timeOf("main", "RefreshFailed") - 1)
      const { axes, ledger } = read(yield* jsonOf(answer(told(home, true), asked(at, "main"))))
      assert.strictEqual(axes?.attempt?.trigger, "unauthorized")
      assert.deepEqual([Number(ledger.seq), ledger.at], [placeOf("main", "RefreshFailed") - 1, Date.parse(at)])
      const old = read(yield* jsonOf(answer(told(home, true), asked(undefined, "old"))))
      assert.deepStrictEqual(
        old.credentials.map(({ word }) => word),
        [undefined]
      )
    })
  )

  it.effect("says what is wrong with a moment or a name that cannot be shown", () =>
    Effect.gen(function* () {
      const home = yield* past
      const failure = (at?: string, credential?: string) =>
        Effect.map(Effect.flip(answer(told(home), asked(at, credential))), ({ message }) => message)
      assert.include(yield* failure("2026-11-21"), `It holds events 1 to ${head}, from 2026-11-22T10:00:00Z`)
      assert.include(yield* failure(String(head + 1)), `events 1 to ${head}`)
      assert.include(yield* failure("01920004-0000-7000-8000-00000000ffff"), "no event of this ledger has that id")
      assert.include(yield* failure("soon"), "that is no moment")
      assert.include(yield* failure(undefined, "mian"), "Did you mean main?")
      const early = yield* failure("4", "spare")
      assert.include(early, "spare was not in the pool yet at event 4. It was enrolled by event 5")
    })
  )

  it.effect("the command prints the same bytes of a copy of the ledger, without a home, a key or a network", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const home = join(user, "pool")
      yield* writePast(home)
      const copy = join(user, "copy", "ledger.jsonl")
      cpSync(join(home, "ledger.jsonl"), copy)
      const args = ["show", "main", "--at", String(head)]
      const ours = yield* daybook(args, { user, env: { DAYBOOK_HOME: home } })
      const theirs = yield* daybook([...args, "--ledger", copy], { user, wrapper: ["unshare", "--net"] })
      assert.deepStrictEqual(ours, theirs)
      assert.deepInclude(ours, { code: 0, stderr: "" })
      assert.include(ours.stdout, "main (work), openai-codex: dead\n")
      const wrong = yield* daybook(["show", "--at", "yesterday"], { user, env: { DAYBOOK_HOME: home } })
      assert.deepInclude(wrong, { code: 2, stdout: "" })
      assert.isFalse(hasTrace(wrong))
    })
  )
})
