/** What is printed, as a function of values. */
import { decode, type Recorded } from "@daybook/pool/Recorded"
import { empty } from "@daybook/pool/PoolState"
import { CredentialId } from "@daybook/pool/Ids"
import { fold } from "@daybook/pool/Evolve"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { stripVTControlCharacters } from "node:util"
import { outcomeOf } from "@daybook/cli/commands/Refresh"
import { adviceOn } from "@daybook/cli/Advice"
import { failureOf } from "@daybook/cli/Failure"
import { Status, statusJson } from "@daybook/cli/json/Status"
import { nearest } from "@daybook/cli/Nearest"
import { type PoolView, type Row, viewOf } from "@daybook/cli/PoolView"
import { doctorLines } from "@daybook/cli/render/DoctorLines"
import { eventJson } from "@daybook/cli/render/EventJson"
import { listLines } from "@daybook/cli/render/ListLines"
import { logLine } from "@daybook/cli/render/LogLine"
import { namesIn } from "@daybook/words/Names"
import { type Observed, observedLines } from "@daybook/cli/render/ObservedLines"
import { colours, paintFor, plain } from "@daybook/cli/render/Paint"
import { stillThere } from "@daybook/cli/render/StillThere"
import { statusLines } from "@daybook/cli/render/StatusLines"
import { storyLines } from "@daybook/cli/render/StoryLines"
import { table } from "@daybook/cli/render/Table"
import { absolute, moment, relative } from "@daybook/words/Time"

const now = Date.parse("2026-11-22T10:00:00Z")
const minute = 60_000
const day = 24 * 60 * minute

const uuid = (n: number) => `01920000-0000-7000-8000-${String(n).padStart(12, "0")}`

const grant = uuid(900)
const actor = uuid(800)

const event = (seq: number, type: string, data: unknown, more: Record<string, unknown> = {}): Recorded =>
  Result.getOrThrow(
    decode({ seq, at: new Date(now + seq * 1000).toISOString(), id: uuid(seq), actor, type, v: 1, data, ...more })
  )

const joined = event(1, "ActorJoined", { program: "worker", version: "1.0.0", pid: 42, host: "here" })
const enrolled = event(
  2,
  "CredentialEnrolled",
  {
    provider: "openai-codex",
    kind: "oauth",
    grant,
    priority: 0,
    source: "device_code",
    ownership: "owned",
    store: { kind: "hermes", path: "/home/me/auth.json", slot: "providers.openai-codex" }
  },
  { credential: "main" }
)
const generation = { access: "fp_aaaaaaaaaaaaaaaa", refresh: "fp_rrrrrrrrrrrrrrrr" }
const started = event(
  3,
  "RefreshStarted",
  { grant, attempt: uuid(700), generation, trigger: "expired", timeLimit: 1000 },
  { credential: "main" }
)
const failed = event(
  4,
  "RefreshFailed",
  { grant, attempt: uuid(700), generation, evidence: { status: 401, code: "refresh_token_reused", left: true } },
  { cause: uuid(3) }
)
const fromTheFuture = event(5, "MoonPhaseObserved", { grant, phase: "full" }, { v: 3 })
const all = [joined, enrolled, started, failed, fromTheFuture]
const state = fold(all)

describe("times", () => {
  it("are ISO 8601 in UTC, with the distance beside them", () => {
    assert.strictEqual(absolute(now), "2026-11-22T10:00:00Z")
    assert.strictEqual(moment(now + 5 * minute, now), "2026-11-22T10:05:00Z (in 5 min)")
  })

  it.each([
    [0, "now"],
    [999, "now"],
    [1_000, "in 1 s"],
    [-59_000, "59 s ago"],
    [90 * minute, "in 1 h"],
    [-49 * 60 * minute, "2 d ago"]
  ])("%d ms away is %s", (distance, words) => assert.strictEqual(relative(now + distance, now), words))
})

describe("colour", () => {
  it("is for terminals only", () => {
    assert.strictEqual(paintFor({}, {}), plain)
    assert.strictEqual(paintFor({ isTTY: true }, {}), colours)
  })

  it("is never shown against NO_COLOR", () => assert.strictEqual(paintFor({ isTTY: true }, { NO_COLOR: "1" }), plain))

  it("does not move the columns of a table", () => {
    const plainly = table(
      ["A", "B"],
      [
        ["long", "x"],
        ["s", "y"]
      ],
      plain
    )
    const coloured = table(
      ["A", "B"],
      [
        ["long", "x"],
        [colours("bad", "s"), "y"]
      ],
      colours
    )
    assert.deepStrictEqual(coloured.map(stripVTControlCharacters), plainly)
  })
})

const row = (more: Partial<Row>): Row => ({
  id: "main" as Row["id"],
  label: "ada@example.com",
  relabelled: false,
  keepalive: false,
  provider: "openai-codex",
  kind: "oauth",
  ownership: "owned",
  source: "device_code",
  store: { kind: "hermes", path: "/home/me/auth.json", slot: "providers.openai-codex" },
  priority: 0,
  grant: grant as Row["grant"],
  word: "ok",
  reason: undefined,
  rule: undefined,
  sameAccountAs: undefined,
  since: undefined,
  until: undefined,
  expiresAt: undefined,
  deadline: undefined,
  generations: 1,
  refreshing: false,
  lastAcceptedAt: undefined,
  todo: undefined,
  ...more
})

const view = (...rows: ReadonlyArray<Row>): PoolView => ({
  home: "/home/me/daybook",
  at: now,
  head: 5,
  rows,
  unknownEvents: 0,
  problems: []
})

describe("status", () => {
  it("says why, since when and what to do", () => {
    const dead = row({ word: "dead", reason: "Revoked", rule: "api/x", since: now - 3 * minute, todo: "Log in again." })
    const [, provider, line, todo] = statusLines(view(dead), plain)
    assert.strictEqual(provider, "openai-codex  0 of 1 usable")
    assert.strictEqual(
      line,
      "  dead     main (ada@example.com)  Revoked (rule api/x), since 2026-11-22T09:57:00Z (3 min ago)"
    )
    assert.include(todo, "-> Log in again.")
  })

  it("says until when a credential cools", () => {
    const lines = statusLines(view(row({ word: "cooling", reason: "RateLimited", until: now + minute })), plain)
    assert.include(lines[2], "RateLimited, until 2026-11-22T10:01:00Z (in 1 min)")
  })

  it("says that a pool is empty", () =>
    assert.include(statusLines(view(), plain).join("\n"), "No credential is in this pool yet."))

  it("counts the events of a newer version", () =>
    assert.include(statusLines({ ...view(), unknownEvents: 2 }, plain).at(-1), "2 events are from a newer version"))

  it("is one JSON document, with null for what nobody knows", () => {
    const json = Schema.encodeSync(Status)(statusJson(view(row({ until: now }))))
    assert.deepInclude(json.credentials[0], { until: "2026-11-22T10:00:00.000Z", reason: null, todo: null })
  })
})

describe("advice", () => {
  it("sends a person to the program that owns the login", () =>
    assert.include(adviceOn(row({ word: "dead", reason: "Revoked" }), now), "hermes auth add openai-codex"))

  it("names Daybook's own command for a dead login in its own store", () =>
    assert.include(
      adviceOn(
        row({ word: "dead", reason: "Revoked", id: CredentialId.make("mine"), store: { kind: "own", slot: "g" } }),
        now
      ),
      "`daybook login openai-codex --credential mine`"
    ))

  it("stops the second user of a token before the new login", () =>
    assert.match(adviceOn(row({ word: "dead", reason: "Reused" }), now) ?? "", /^Stop the other program/))

  it("asks for a new key where there is no login", () =>
    assert.include(adviceOn(row({ word: "dead", kind: "apiKey", provider: "acme" }), now), "new API key for acme"))

  it("waits for the end of a suspect's access token, even if a time to try again has passed", () => {
    const suspect = row({ word: "suspect", until: now - minute, expiresAt: now + minute })
    const advice = "Nothing: its access token is served meanwhile; when that ends, the token is sent once more."
    assert.strictEqual(adviceOn(suspect, now), advice)
    assert.strictEqual(adviceOn({ ...suspect, expiresAt: undefined }, now), advice)
  })

  it("offers to refresh a suspect whose access token is over", () => {
    const advice = adviceOn(row({ word: "suspect", until: now - minute, expiresAt: now - minute }), now)
    assert.include(advice, "`daybook refresh main`")
    assert.notInclude(advice, "2026")
  })

  it("is silent about a credential that works", () => assert.isUndefined(adviceOn(row({}), now)))

  it("names the command that puts a paused credential back, and whether it is refreshed meanwhile", () => {
    assert.match(adviceOn(row({ word: "paused" }), now) ?? "", /nothing is sent with it.*`daybook resume main`/)
    assert.match(
      adviceOn(row({ word: "paused", keepalive: true }), now) ?? "",
      /before it lapses.*`daybook resume main`/
    )
  })

  it("names the command that brings a dead login back, after what else there is to do", () =>
    assert.match(
      adviceOn(row({ word: "dead", reason: "Revoked" }), now) ?? "",
      /hermes auth add.*`daybook revive main`/
    ))

  it("says from three days before a login ends that it must be made again", () => {
    const ends = (deadline: number) => adviceOn(row({ deadline }), now) ?? ""
    assert.strictEqual(ends(now + 3 * day), "")
    assert.match(ends(now + 3 * day - 1), /whole login ends 2026-11-25.*hermes auth add/)
    assert.strictEqual(adviceOn(row({ word: "dead", reason: "Expired", deadline: now }), now)?.includes("ends"), false)
  })
})

describe("the end of a login", () => {
  it("is shown by status and list as a day, and how far away it is", () => {
    const ends = row({ deadline: now + 22 * day })
    assert.include(statusLines(view(ends), plain)[2], "login ends 2026-12-14 (in 22 d)")
    assert.include(listLines(view(ends), plain)[1], "2026-12-14 (in 22 d)")
  })

  it("is not shown of a dead one", () =>
    assert.notInclude(statusLines(view(row({ word: "dead", deadline: now + day })), plain)[2], "login ends"))
})

describe("the label of a credential", () => {
  const login = {
    store: { kind: "own", slot: "tokens" },
    provider: "openai-codex",
    kind: "oauth",
    ownership: "owned",
    source: "login",
    label: "ada@example.com",
    priority: 0,
    tokens: {}
  } as const
  const shown = (more: Partial<Row>) =>
    viewOf(
      { credentials: [row({ store: login.store, ...more })], unknownEvents: 0 },
      { logins: [login], problems: [] },
      { home: "/home/me/daybook", at: now, head: 5 }
    ).rows[0]?.label

  it("is its store's, which may be an address", () =>
    assert.strictEqual(shown({ label: undefined }), "ada@example.com"))

  it("is the operator's, if there is one", () => assert.strictEqual(shown({ label: "work", relabelled: true }), "work"))
})

describe("a mistyped name", () => {
  const names = ["main", "second", "work laptop", "codex-1", "codex-2"]

  it.each([
    ["mian", ["main"]],
    ["Secnd", ["second"]],
    ["worklaptop", ["work laptop"]],
    ["codex-3", ["codex-1", "codex-2"]]
  ] as const)("%s is near %j", (typed, near) => assert.deepStrictEqual([...nearest(typed, names)], [...near]))

  it("that is near nothing has no suggestion", () => {
    assert.deepStrictEqual(nearest("production", names), [])
    assert.deepStrictEqual(nearest("main", []), [])
  })
})

describe("where a removed login still is", () => {
  const said = (store: Row["store"], more: Partial<Parameters<typeof stillThere>[0]> = {}) =>
    stillThere({ ...row({}), store, ...more } as Parameters<typeof stillThere>[0])

  it("is said with the command of the program that keeps it", () => {
    const path = "/home/me/auth.json"
    assert.include(
      said({ kind: "hermes", path, slot: "providers.openai-codex" }),
      "hermes auth remove openai-codex main`"
    )
    assert.include(said({ kind: "hermes", path, slot: "credential_pool.openai-codex.b2" }), "remove openai-codex b2`")
    assert.include(said({ kind: "codex-cli", path, slot: "tokens" }), "codex logout")
    assert.include(said({ kind: "file", path, slot: "" }, { source: "Claude Code" }), "Claude Code still has its login")
  })

  it("is quarantine, for thirty days, if only Daybook has it", () =>
    assert.include(said({ kind: "own", path: "/home/me/grants/x.json", slot: "x" }), "30 days"))
})

it("the list shows label, store and word of a credential in one row", () => {
  const [headings, cells] = listLines(view(row({ expiresAt: now + minute })), plain)
  assert.match(headings ?? "", /^ID +LABEL +PROVIDER/)
  for (const part of ["main", "ada@example.com", "hermes /home/me/auth.json", "(in 1 min)", "ok"]) {
    assert.include(cells, part)
  }
})

describe("a line of the log", () => {
  it("has place, time, actor, type in words, credential and what matters", () =>
    assert.strictEqual(
      logLine(started, namesIn(state), plain).replaceAll(/ {2,}/g, " | ").trim(),
      "| 3 | 2026-11-22T10:00:03.000Z | worker[42] | refresh started | main | fp_rrrrrrr, expired".trim()
    ))

  it("finds the credential of an event that names only its grant", () =>
    assert.include(logLine(failed, namesIn(state), plain), "main"))

  it("names each credential that nothing can be had from, and the model that was asked for", () => {
    const passed = [
      { credential: "main", why: "paused" },
      { credential: "spare", why: "dead (Revoked)" }
    ]
    const none = event(6, "SelectionExhausted", { provider: "openai-codex", model: "m", passed })
    assert.include(logLine(none, namesIn(state), plain), "openai-codex, m: main paused; spare dead (Revoked)")
  })

  it("shows an event of a newer version as unknown", () => {
    const line = logLine(fromTheFuture, namesIn(state), plain)
    assert.include(line, "MoonPhaseObserved, written by a newer version")
    assert.include(line, "v3")
  })

  it("names an actor who never said who it is by its id", () =>
    assert.include(logLine(started, namesIn(empty), plain), actor.slice(-8)))
})

describe("the story of a credential", () => {
  it("tells sentences, each under its cause", () => {
    const lines = storyLines({ events: [enrolled, started, failed], earlier: 0, wentOn: [] }, namesIn(state), plain)
    assert.strictEqual(lines[0], "2026-11-22")
    assert.include(lines.join("\n"), "  worker[42] sent refresh token fp_rrrrrrr (its access token had\n")
    assert.include(lines.join("\n"), "    └ The refresh by worker[42] failed: 401 refresh_token_reused.")
  })

  it("says of calls that were counted how many they were, and when the last one was", () => {
    const told = (data: object) => {
      const use = event(6, "ApiOutcomeObserved", { generation, accepted: true, ...data }, { credential: "main" })
      return storyLines({ events: [use], earlier: 0, wentOn: [] }, namesIn(state), plain)[1]?.slice(17)
    }
    assert.strictEqual(told({ count: 1 }), "The API accepted its token, sent by worker[42].")
    const last = new Date(now).toISOString()
    assert.include(told({ count: 12, last }), "sent by worker[42]: 12 calls, the")
  })
})

it.each(all.map((event) => [event.type, event] as const))("%s in JSON is what the ledger holds", (_, event) =>
  assert.deepStrictEqual(Result.getOrThrow(decode(JSON.parse(JSON.stringify(eventJson(event))))), event)
)

it("the doctor puts troubles last, each with its next step", () => {
  const lines = doctorLines(
    [
      { level: "problem", about: "/key", says: "gone", next: "Put it back." },
      { level: "fine", about: "/ledger", says: "whole" }
    ],
    plain
  )
  assert.deepStrictEqual(lines, [
    "fine     /ledger: whole",
    "problem  /key: gone",
    "         -> Put it back.",
    "1 problem."
  ])
})

it("observing says which logins are one and the same", () => {
  const observed = (kind: "hermes" | "codex-cli"): Observed => ({
    id: undefined,
    label: undefined,
    provider: "openai-codex",
    kind: "oauth",
    source: "device_code",
    ownership: "owned",
    store: { kind, path: `/${kind}.json`, slot: "tokens" },
    expiresAt: undefined,
    fingerprint: "fp_same",
    lastAuthError: undefined
  })
  const lines = observedLines([observed("hermes"), observed("codex-cli")], now, plain)
  assert.include(lines[1], "shares its refresh token with codex-cli /codex-cli.json")
  assert.include(lines[2], "shares its refresh token with hermes /hermes.json")
})

it("observing nothing says where logins come from", () =>
  assert.include(observedLines([], now, plain).join("\n"), "daybook start --observe PATH"))

describe("the outcome of a refresh", () => {
  const self = uuid(800) as typeof started.actor
  const race = { grant, held: generation, found: generation, winner: { store: "hermes" }, phase: "before request" }
  const adopted = event(6, "RaceAdopted", race)
  const others = event(7, "RaceAdopted", race, { actor: uuid(801) })
  const succeeded = event(8, "RefreshSucceeded", {
    grant,
    attempt: uuid(700),
    generation,
    next: generation,
    rotated: true
  })

  it.each([
    ["a race that we lost", [adopted], "adopted"],
    ["a race that another lost", [succeeded, others], "refreshed"],
    ["a refresh after a race", [adopted, succeeded], "refreshed"]
  ])("of %s is told", (_, events, outcome) => assert.strictEqual(outcomeOf(events, self), outcome))
})

it("a failure that nobody foresaw ends with 1 and its own words", () =>
  assert.deepStrictEqual(failureOf(new Error("the moon")), { exitCode: 1, message: "the moon" }))
