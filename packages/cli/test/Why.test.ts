/** `daybook why`: of a ledger of its own, of recorded ones, in words and in JSON. */
import * as History from "@daybook/cli/History"
import { tell } from "@daybook/cli/commands/Why"
import { Why } from "@daybook/cli/json/Why"
import { nextStep } from "@daybook/words/NextStep"
import { plain } from "@daybook/cli/render/Paint"
import { whyLines } from "@daybook/cli/render/WhyLines"
import { Stop } from "@daybook/cli/Stop"
import * as Excerpt from "@daybook/ledger/Excerpt"
import { fold } from "@daybook/pool/Evolve"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { CredentialId, EventId, GrantId, LedgerId, Seq } from "@daybook/pool/Ids"
import { empty, members } from "@daybook/pool/PoolState"
import { Cause } from "@daybook/pool/queries/Cause"
import { why } from "@daybook/pool/queries/Why"
import { Recollection } from "@daybook/pool/queries/why/Recollection"
import { fieldNames, fields } from "@daybook/pool/queries/why/Fields"
import type { Draft } from "@daybook/pool/Recorded"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, HashMap, Option, Schema } from "effect"
import { TestClock } from "effect/testing"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { jsonOf, linesOf, tooWide, told } from "./support/Answers.ts"
import { daybook, hasTrace } from "./support/Cli.ts"
import { placeOf, writePast } from "./support/Past.ts"
import {
  enrolled,
  failed,
  generation,
  grant,
  lost,
  main,
  observed,
  quarantined,
  started,
  succeeded
} from "./support/Refreshes.ts"
import { tempFolder } from "./support/TempFolder.ts"
import { begin, minute, recordedOf, type Step, uuid, write } from "./support/Written.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 60_000 })

const past = Effect.tap(tempFolder, writePast)

const asked = (what: string | undefined, at?: string, ledger?: string) => ({
  what,
  at: Option.fromUndefinedOr(at),
  ledger: Option.fromUndefinedOr(ledger)
})

const about = { v: 1, credential: main } as const

const lines = (home: string, what: string | undefined, at?: string) => linesOf(tell(told(home), asked(what, at)))

const document = (home: string, what: string, at?: string) =>
  Effect.map(jsonOf(tell(told(home, true), asked(what, at))), Schema.decodeUnknownSync(Why))

const stopped = (home: string, what: string | undefined, at?: string) =>
  Effect.map(Effect.flip(tell(told(home), asked(what, at))), (error) => {
    if (!(error instanceof Stop)) throw error
    return error.message
  })

/** A terminal verdict on a failure. */
const terminal = (id: EventId, of: EventId): Draft => ({
  ...about,
  id,
  cause: of,
  type: "ErrorClassified",
  data: {
    grant,
    of,
    generation: generation(1),
    surface: "token",
    verdict: "Terminal",
    reason: "Reused",
    rule: "codes/refresh_token_reused",
    classifier: 2
  }
})

/** What people read, of processes whose names are always the same. */
const rendered = (steps: ReadonlyArray<Step>): ReadonlyArray<string> => {
  const events = recordedOf(steps)
  const state = fold(events)
  const credential = HashMap.getUnsafe(state.credentials, main)
  const at = state.latest
  const recollection = new Recollection(empty, { credential: main, field: "status", now: at })
  events.forEach((event) => recollection.add(event))
  const { held, setter, trouble } = recollection
  const answer = why({ credential, field: "status", now: at, state, events: held, setter, trouble })
  return whyLines({ answer, state, at, next: nextStep(answer, state, at) }, plain)
}

const recordings = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))

describe("why", () => {
  it("says first what is so and why, then what led there and what shows it, and what to do in the end", () => {
    const verdict = EventId.make(uuid(8, 1))
    const refusal = { status: 401, code: "refresh_token_reused" }
    const text = rendered([
      { by: "agent", event: enrolled() },
      { by: "agent", event: observed(generation(1)) },
      { by: "worker", event: started(generation(1), 1), after: 60 },
      { by: "agent", event: started(generation(1), 2) },
      { by: "worker", event: failed(generation(1), 1, { fault: "ECONNRESET" }) },
      { by: "agent", event: { ...failed(generation(1), 2, refusal), id: EventId.make(uuid(8, 2)) } },
      { by: "agent", event: terminal(verdict, EventId.make(uuid(8, 2))) },
      { by: "agent", event: { ...quarantined(generation(1), "Reused"), cause: verdict } }
    ])
    assert.deepStrictEqual(text, [
      "main (openai-codex) is dead (Reused)",
      "raced: worker[101] and agent[100] had the same refresh token under way at once,",
      "since 2026-11-22T11:00:00Z: two processes raced with one token.",
      "as of event 10, 2026-11-22T11:05:00Z",
      "",
      "How it came about",
      "       4  2026-11-22T10:02:00Z",
      "          agent[100] saw tokens fp_rt1____ in the hermes store for the first",
      "          time.",
      "       6  2026-11-22T11:01:00Z  59 min later",
      "          agent[100] sent refresh token fp_rt1____ (its access token had ended).",
      "       8  2026-11-22T11:03:00Z  2 min later",
      "          The refresh by agent[100] failed: 401 refresh_token_reused.",
      "       9  2026-11-22T11:04:00Z  1 min later",
      "          agent[100] took that for Terminal Reused (rule",
      "          codes/refresh_token_reused).",
      "      10  2026-11-22T11:05:00Z  1 min later",
      "          agent[100] declared the refresh token of fp_rt1____ dead: Reused.",
      "          Nothing is sent with it again.",
      "",
      "What else shows it",
      "       5  2026-11-22T11:00:00Z",
      "          worker[101] sent refresh token fp_rt1____ (its access token had",
      "          ended).",
      "       7  2026-11-22T11:02:00Z",
      "          The refresh by worker[101] failed: ECONNRESET.",
      "",
      "Next: Log in to OpenAI Codex again in the program that owns this login: `hermes",
      "auth add openai-codex` for hermes, `codex login` for the Codex CLI.",
      "  hermes auth add openai-codex"
    ])
  })

  it.effect("has another answer for a moment before", () =>
    Effect.gen(function* () {
      const home = yield* past
      const causeAt = (at: number) => Effect.map(document(home, "main", String(at)), ({ cause }) => cause)
      assert.strictEqual(yield* causeAt(placeOf("main", "CredentialQuarantined") - 3), "unknown")
      assert.strictEqual(yield* causeAt(placeOf("main", "CredentialQuarantined")), "replayed")
      assert.strictEqual(yield* causeAt(placeOf("main", "ApiOutcomeObserved")), "healthy")
    })
  )

  it.effect("answers two who ask about the same event alike, whenever they ask", () =>
    Effect.gen(function* () {
      const home = yield* past
      const seq = String(placeOf("spare", "CooldownStarted"))
      const first = yield* lines(home, "spare", seq)
      yield* TestClock.adjust("10 days")
      assert.deepStrictEqual(yield* lines(home, "spare", seq), first)
    })
  )

  it.effect("takes a label, and a label with a dot in it before a field", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      yield* write(user, [
        { by: "agent", event: enrolled({ label: "my.status" }) },
        { by: "agent", event: observed(generation(1)) }
      ])
      assert.deepInclude(yield* document(user, "my.status"), { credential: main, field: "status" })
      assert.deepInclude(yield* document(user, "my.status.label"), { field: "label", value: "my.status" })
    })
  )

  it.effect("offers the nearest field, and the nearest credential", () =>
    Effect.gen(function* () {
      const home = yield* past
      const noField = yield* stopped(home, "main.stauts")
      assert.include(noField, 'A credential has no field "stauts". Did you mean status?')
      assert.include(noField, "expiresAt, label, priority")
      assert.include(yield* stopped(home, "mian.status"), "Did you mean main?")
      assert.include(yield* stopped(home, "mian"), "Did you mean main?")
    })
  )

  it.effect("answers from what stands before damage, and says so", () =>
    Effect.gen(function* () {
      const home = yield* past
      const file = join(home, "ledger.jsonl")
      writeFileSync(file, readFileSync(file, "utf8").replace("CredentialPaused", "CredentialPause?"))
      const { cause, damage } = yield* document(home, "main")
      assert.strictEqual(cause, "replayed")
      assert.isDefined(damage)
    })
  )
})

const prioritised: Draft = { v: 1, credential: main, type: "CredentialPrioritised", data: { priority: 1 } }

/** A ledger of many writers, without each of them. */
const writeAtOnce = Effect.fnUntraced(function* (folder: string, steps: ReadonlyArray<Step>) {
  const events = recordedOf(steps).filter((event) => event.type !== "Unknown")
  const source = { ledger: LedgerId.make(uuid(3, 1)), from: seq(1), to: seq(events.length), head: seq(events.length) }
  const [first] = events
  assert.isDefined(first)
  const excerpt = yield* Excerpt.create(folder, first, source)
  yield* excerpt.write(events)
  yield* excerpt.finish
}, Effect.scoped)

/** A login that is refreshed for hours, and what else happens to it. */
const hours = (count: number, ...events: ReadonlyArray<Draft>): ReadonlyArray<Step> => [
  { by: "agent", event: enrolled({ label: "work" }) },
  { by: "agent", event: observed(generation(0)) },
  ...events.map((event) => ({ by: "worker", event })),
  ...Array.from({ length: count }, (_, n): ReadonlyArray<Step> => [
    { by: "agent", event: started(generation(n), n), after: 60 * (n + 1) },
    { by: "agent", event: succeeded(generation(n), generation(n + 1), n) }
  ]).flat()
]

const seq = (n: number) => Seq.make(n)

describe("what was set long ago", () => {
  it.effect("is found, however often the login was refreshed since", () =>
    Effect.gen(function* () {
      const home = yield* tempFolder
      yield* write(home, hours(12, { ...about, type: "CredentialPaused", data: { keepalive: true } }))
      const status = yield* document(home, "main")
      assert.deepInclude(status, { cause: "operator", value: "paused", setBy: seq(6) })
      assert.strictEqual(status.next.command, "daybook resume main")
      assert.deepInclude(yield* document(home, "main.label"), { value: "work", setBy: seq(3) })
      assert.deepInclude(yield* document(home, "main.operator"), { value: "paused, kept alive", setBy: seq(6) })
    })
  )

  it.effect("brings its causes along, each looked up by its id", () =>
    Effect.gen(function* () {
      const home = yield* tempFolder
      const [seen, judged] = [EventId.make(uuid(8, 1)), EventId.make(uuid(8, 2))]
      const evidence = { status: 429, code: "usage_limit_reached", left: true }
      yield* write(
        home,
        hours(
          12,
          {
            ...about,
            id: seen,
            type: "ApiOutcomeObserved",
            data: { generation: generation(0), accepted: false, count: 1, evidence }
          },
          {
            ...about,
            id: judged,
            cause: seen,
            type: "ErrorClassified",
            data: {
              grant,
              of: seen,
              generation: generation(0),
              surface: "api",
              verdict: "QuotaExhausted",
              rule: "r",
              classifier: 1
            }
          },
          {
            ...about,
            cause: judged,
            type: "CooldownStarted",
            data: { until: begin + 24 * 60 * minute, reason: "QuotaExhausted" }
          }
        )
      )
      const answer = yield* document(home, "main", "-1m")
      assert.deepInclude(answer, { cause: "quota", setBy: seq(8) })
      assert.include(answer.says, "429 usage_limit_reached")
      assert.deepStrictEqual(
        answer.chain.map(({ event }) => event.seq),
        [6, 7, 8].map(seq)
      )
    })
  )
})

describe("a process of long ago", () => {
  it.effect("is named, however many have written since", () =>
    Effect.gen(function* () {
      const home = join(yield* tempFolder, "pool")
      yield* writeAtOnce(home, [
        { by: "agent", event: enrolled() },
        { by: "agent", event: observed(generation(1)) },
        { by: "crasher", event: started(generation(1), 1) },
        ...Array.from({ length: 514 }, (_, n): Step => ({ by: `short-lived-${n}`, event: prioritised })),
        { by: "agent", event: lost(generation(1), 1, begin) }
      ])
      const { says } = yield* document(home, "main")
      assert.match(says, /^crasher\[\d+\] sent the refresh token/)
    })
  )
})

describe("the last line", () => {
  const next = (home: string, what: string) => Effect.map(document(home, what), ({ next }) => next.command)

  it.effect("is the command that is right for whoever keeps the login", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* next(yield* past, "main"), "hermes auth add openai-codex")
      const home = yield* tempFolder
      const store = { kind: "own", path: "/home/me/grants/1.json", slot: "tokens" } as const
      yield* write(home, [
        { by: "agent", event: enrolled({ store }) },
        { by: "agent", event: observed(generation(1)) },
        { by: "agent", event: started(generation(1), 1) },
        { by: "agent", event: failed(generation(1), 1, { status: 401, code: "refresh_token_reused" }) },
        { by: "agent", event: quarantined(generation(1), "Reused") }
      ])
      assert.strictEqual(yield* next(home, "main"), "daybook login openai-codex --credential main")
    })
  )

  it.effect("is the one that fits the cause, in each recorded ledger", () =>
    Effect.gen(function* () {
      const fitting = {
        "another-program-wins": "daybook lineage main",
        "left-alone-for-weeks": "hermes auth add openai-codex",
        quiet: "daybook story main",
        "refusals-that-nobody-knows": "daybook classify --event 11",
        "refused-after-every-refresh": "daybook loops main",
        "token-invalidated-hourly": "hermes auth add openai-codex",
        "wrong-client": "daybook doctor"
      }
      for (const [name, command] of Object.entries(fitting)) {
        const answer = yield* jsonOf(tell(told("/nowhere", true), asked("main", undefined, join(recordings, name))))
        assert.strictEqual(Schema.decodeUnknownSync(Why)(answer).next.command, command, name)
      }
    })
  )

  it.effect("of a twin that joined a benched account comes behind what benched it, however long before that was", () =>
    Effect.gen(function* () {
      const home = yield* tempFolder
      const account = Fingerprint.make("fp_account_________")
      const other = CredentialId.make("twin")
      const twin = GrantId.make(uuid(9, 2))
      const until = begin + 60 * minute
      const seen = observed({ ...generation(9), account })
      yield* write(home, [
        { by: "agent", event: enrolled() },
        { by: "agent", event: observed({ ...generation(1), account }) },
        { by: "agent", event: { ...about, type: "CooldownStarted", data: { until, reason: "QuotaExhausted" } } },
        { by: "agent", event: { ...enrolled({ grant: twin }), credential: other } as Draft },
        { by: "agent", event: { ...seen, credential: other, data: { ...seen.data, grant: twin } } as Draft }
      ])
      const { cause, chain } = yield* document(home, "twin")
      assert.strictEqual(cause, "quota")
      assert.deepStrictEqual(chain[0]?.tie, "account")
      assert.strictEqual(chain[0]?.event.type, "CooldownStarted")
    })
  )

  it.effect("of a login that works and is in a running loop is about the loop", () =>
    Effect.gen(function* () {
      const home = yield* tempFolder
      const turns = Array.from({ length: 11 }, (_, turn): ReadonlyArray<Step> => [
        { by: "agent", event: started(generation(turn + 1), turn + 1) },
        { by: "agent", event: succeeded(generation(turn + 1), generation(turn + 2), turn + 1) }
      ])
      yield* write(home, [
        { by: "agent", event: enrolled() },
        { by: "agent", event: observed(generation(1)) },
        ...turns.flat().map((step, place) => ({ ...step, after: 2 + Math.floor(place / 2) * 0.5 }))
      ])
      const { cause, next } = yield* document(home, "main")
      assert.strictEqual(cause, "healthy")
      assert.strictEqual(next.command, "daybook loops main")
      assert.match(next.says, /caught in a loop that still runs/)
    })
  )

  it.effect("of a client that is refused names what to correct", () =>
    Effect.gen(function* () {
      const answer = yield* jsonOf(
        tell(told("/nowhere", true), asked("main", undefined, join(recordings, "wrong-client")))
      )
      assert.include(Schema.decodeUnknownSync(Why)(answer).next.says, "Correct `clientId` in the definition")
    })
  )

  it.effect("takes up what a person decided, or what was wrong last", () =>
    Effect.gen(function* () {
      const home = yield* past
      assert.strictEqual(yield* next(home, "key"), "daybook resume key")
      assert.strictEqual(yield* next(home, "old"), "daybook enrol --again old")
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(yield* next(home, "spare"), `daybook why spare --at ${placeOf("spare", "CooldownStarted")}`)
    })
  )
})

describe("each recorded ledger", () => {
  const names = readdirSync(recordings, { withFileTypes: true }).filter((entry) => entry.isDirectory())

  it.effect("is answered in 80 columns", () =>
    Effect.gen(function* () {
      for (const { name } of names) {
        for (const what of yield* asks(name)) {
          const text = yield* linesOf(tell(told("/nowhere"), asked(what, undefined, join(recordings, name))))
          const sentences = text.filter((line) => !line.includes("--ledger ")) // a path is as long as it is
          assert.deepStrictEqual(tooWide(sentences), [], `${name} ${what}`)
        }
      }
    }).pipe(Effect.scoped)
  )

  /** Each credential; of one ledger each field of it, too. */
  const asks = Effect.fnUntraced(function* (name: string) {
    const { state } = yield* History.open({ home: "/nowhere" }, { ledger: Option.some(join(recordings, name)) })
    const fields = name === "another-program-wins" ? fieldNames.map((field) => `.${field}`) : [""]
    return members(state).flatMap(({ id }) => fields.map((field) => `${id}${field}`))
  })
})

describe("the page about it", () => {
  const page = readFileSync(fileURLToPath(new URL("../../../docs/history.md", import.meta.url)), "utf8")

  it("has every cause, and every field with what it is", () => {
    for (const cause of Cause.literals) assert.include(page, `\n| \`${cause}\` | `)
    for (const name of fieldNames) assert.include(page, `\n| \`${name}\` | ${fields[name].says} |\n`)
  })
})

describe("the command", () => {
  it.live("writes a document of its schema, and nothing else, into a pipe", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const ledger = join(recordings, "spent-by-another-program")
      const ran = yield* daybook(["why", "main", "--ledger", ledger, "--json"], { user })
      assert.strictEqual(ran.code, 0, ran.stderr)
      assert.deepInclude(Schema.decodeUnknownSync(Why)(JSON.parse(ran.stdout)), { cause: "replayed", field: "status" })
      assert.deepStrictEqual(readdirSync(user), [])
    }).pipe(Effect.provide(nodeServices))
  )

  it.live("says in one line what is wrong with what was asked", () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const ran = yield* daybook(["why", "main.state", "--ledger", join(recordings, "quiet")], { user })
      assert.strictEqual(ran.code, 2)
      assert.isFalse(hasTrace(ran))
      assert.include(ran.stderr, "Its fields are: status,")
    }).pipe(Effect.provide(nodeServices))
  )
})

describe("why, of nobody in particular", () => {
  it.effect("is about the only credential of the pool", () =>
    Effect.gen(function* () {
      const home = join(recordings, "session-of-61-hours")
      assert.deepStrictEqual(yield* lines(home, undefined), yield* lines(home, "main"))
      assert.deepStrictEqual(yield* lines(home, undefined, "20"), yield* lines(home, "main", "20"))
    })
  )

  it.effect("is about the only one that is not ok, whichever are paused", () =>
    Effect.gen(function* () {
      const home = yield* past
      const at = String(placeOf("spare", "CooldownStarted"))
      assert.deepStrictEqual(yield* lines(home, undefined, at), yield* lines(home, "spare", at))
    })
  )

  it.effect("asks which one is meant where several can be, and says where there is none", () =>
    Effect.gen(function* () {
      const home = yield* past
      assert.strictEqual(
        yield* stopped(home, undefined, String(placeOf("main", "CredentialQuarantined"))),
        `Say which credential is meant, as in \`daybook why main --home ${home}\`: main (dead), spare (cooling).`
      )
      assert.match(
        yield* stopped(home, undefined, String(placeOf("old", "CredentialEnrolled"))),
        /^Say which credential is meant, as in `daybook why \w+ --home \S+`: (\w+ \(ok\)(, |\.$))+/
      )
      assert.match(
        yield* stopped(home, undefined, "1"),
        /^There was no credential in the pool at event 1\. Name one that was in it: `daybook log --home \S+`\.$/
      )
    })
  )
})
