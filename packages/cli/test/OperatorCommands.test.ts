/** What an operator's commands do, as processes of their own, beside programs that have the pool open. */
import { assert, describe, it, vi } from "@effect/vitest"
import { openAiCodex, openPool, providerAt } from "daybook"
import { Effect, Fiber } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { main, type Place } from "./support/Cli.ts"
import { writeCodex } from "./support/CodexFile.ts"
import { writeLoginFiles } from "./support/LoginFiles.ts"
import { makeReadOnly, smallDisk, snapshot } from "./support/TempFolder.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 300_000 })

interface Line {
  readonly type: string
  readonly at: string
  readonly credential?: string
}

const eventsIn = (home: string): ReadonlyArray<Line> =>
  readFileSync(join(home, "ledger.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line)

const typesIn = (home: string) => eventsIn(home).map(({ type }) => type)

/** A program of this very process, with the pool open. */
const program = ({ home, sandbox }: { readonly home: string; readonly sandbox: { readonly origin: string } }) =>
  Effect.acquireRelease(
    Effect.promise(() => openPool({ home, providers: [providerAt(openAiCodex, sandbox.origin)] })),
    (pool) => Effect.promise(() => pool.close())
  )

describe("pause", () => {
  it.live("stops a program that is running, within a second of its event, and resume puts it back", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { begin, codex, home, login, run, sandbox } = world
      yield* begin
      const pool = yield* program(world)
      const served = () =>
        pool.getToken("openai-codex").then(
          ({ token }) => token,
          () => undefined
        )
      assert.strictEqual(yield* Effect.promise(served), login.access_token)
      const refusedAt = yield* Effect.forkChild(
        Effect.promise(async () => {
          while ((await served()) !== undefined) await new Promise((resolve) => setTimeout(resolve, 5))
          return Date.now()
        })
      )
      const paused = yield* run(["pause", "main", ...codex])
      assert.strictEqual(paused.code, 0, paused.stderr)
      assert.include(paused.stdout, "credential paused")
      const event = eventsIn(home).find(({ type }) => type === "CredentialPaused")
      const delay = (yield* Fiber.join(refusedAt)) - Date.parse(event?.at ?? "")
      assert.isBelow(delay, 1000)
      const refused = yield* run(["refresh", "main", ...codex])
      assert.strictEqual(refused.code, 3)
      assert.include(refused.stderr, "resume it first")
      const twice = yield* run(["pause", "main", "--json", ...codex])
      assert.deepInclude(JSON.parse(twice.stdout), { credential: "main", outcome: "unchanged", events: [] })
      assert.include((yield* run(["status"])).stdout, "daybook resume main")
      assert.strictEqual((yield* run(["resume", "main", ...codex])).code, 0)
      yield* Effect.promise(async () => {
        while ((await served()) === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
      })
      assert.deepStrictEqual(yield* sandbox.journal, [])
    })
  )

  it.live("with --keepalive is shown as such in every view", () =>
    Effect.gen(function* () {
      const { begin, codex, run } = yield* makeWorld
      yield* begin
      yield* run(["pause", "main", "--keepalive", ...codex])
      assert.include((yield* run(["status"])).stdout, "kept alive")
      const [main] = (JSON.parse((yield* run(["list", "--json"])).stdout) as { credentials: ReadonlyArray<object> })
        .credentials
      assert.deepInclude(main, { id: "main", word: "paused", keepalive: true })
      assert.match((yield* run(["story", "main"])).stdout, /still\s+refreshed\s+before\s+it\s+lapses/)
    })
  )
})

const mistakes: ReadonlyArray<readonly [args: ReadonlyArray<string>, code: number, says: string]> = [
  [["pause", "mian"], 1, "Did you mean main?"],
  [["prioritise", "main", "-1"], 2, `"-1" is not a priority. Give a whole number, 0 or more.`],
  [["prioritise", "main", "first"], 2, `"first" is not a priority. Give a whole number, 0 or more.`],
  [["relabel", "main", "ada@example.com"], 2, "looks like an address"],
  [["remove", "main"], 2, "--yes"],
  [["enrol", "nowhere.json"], 1, "There is no file"],
  [["enrol", "--kind", "herms"], 2, "Did you mean hermes?"],
  [["enrol", "--again", "main"], 0, "main is in the pool"]
]

describe.concurrent("a command of an operator", () => {
  for (const [args, code, says] of mistakes) {
    it.live(`changes nothing if it is wrong or fulfilled already, and says what is right: ${args.join(" ")}`, () =>
      Effect.gen(function* () {
        const { begin, home, run } = yield* makeWorld
        yield* begin
        const membership = () => typesIn(home).filter((type) => type.startsWith("Credential"))
        const before = membership()
        const ran = yield* run(args)
        assert.strictEqual(ran.code, code, ran.stderr)
        assert.include(ran.stdout + ran.stderr, says)
        assert.deepStrictEqual(membership(), before)
      })
    )
  }

  it.live("begins no ledger where there is none", () =>
    Effect.gen(function* () {
      const { home, run } = yield* makeWorld
      const commands = [
        ["pause", "main"],
        ["remove", "main", "--yes"],
        ["revive", "main"],
        ["enrol", "--again", "main"]
      ]
      for (const args of commands) {
        const { code, stderr } = yield* run(args)
        assert.deepStrictEqual([args, code], [args, 1])
        assert.include(stderr, home)
      }
      assert.isFalse(existsSync(home))
    })
  )

  it.live("that cannot write says so", () =>
    Effect.gen(function* () {
      const { at, run, user, vault } = yield* makeWorld
      const disk = yield* smallDisk
      yield* Effect.promise(async () => (await openPool({ home: disk, vault })).close())
      makeReadOnly(disk)
      const { code, stderr } = yield* run(["pause", "main"], { ...at, user, env: { DAYBOOK_HOME: disk } })
      assert.strictEqual(code, 1)
      assert.include(stderr, disk)
    })
  )
})

describe.concurrent("remove", () => {
  it.live("leaves hermes' file alone, and says how to take the login out there", () =>
    Effect.gen(function* () {
      const { begin, codex, run, vault } = yield* makeWorld
      yield* begin
      const file = readFileSync(vault)
      const removed = yield* run(["remove", "main", "--yes", ...codex])
      assert.strictEqual(removed.code, 0, removed.stderr)
      assert.include(removed.stdout, "hermes auth remove openai-codex main")
      assert.deepStrictEqual(readFileSync(vault), file)
      const twice = yield* run(["remove", "main", ...codex])
      assert.strictEqual(twice.code, 0, twice.stderr)
      assert.include(twice.stdout, "was removed before")
      assert.notInclude((yield* run(["list"])).stdout, "main")
      assert.match((yield* run(["story", "main"])).stdout, /took\s+it\s+out\s+of\s+the\s+pool/)
    })
  )

  it.live("is undone by enrol --again, under a new id, although nothing of its file is in the pool any more", () =>
    Effect.gen(function* () {
      const { begin, codex, home, login, run } = yield* makeWorld
      yield* begin
      assert.strictEqual((yield* run(["remove", "key", "--yes", ...codex])).code, 0)
      assert.strictEqual((yield* run(["remove", "main", "--yes", ...codex])).code, 0)
      const again = yield* run(["enrol", "--again", "main", "--json", ...codex])
      const { credential } = JSON.parse(again.stdout) as { credential: string }
      assert.notStrictEqual(credential, "main")
      const { stdout } = yield* run(["token", "openai-codex", "--credential", credential, ...codex])
      assert.strictEqual(stdout, `${login.access_token}\n`)
      assert.strictEqual(typesIn(home).filter((type) => type === "CredentialEnrolled").length, 3)
      const story = JSON.parse((yield* run(["story", credential, "--json"])).stdout) as { events: ReadonlyArray<Line> }
      assert.deepStrictEqual(
        story.events.flatMap(({ credential: about, type }) => (type.startsWith("Credential") ? [[type, about]] : [])),
        [
          ["CredentialEnrolled", "main"],
          ["CredentialRemoved", "main"],
          ["CredentialEnrolled", credential]
        ]
      )
    })
  )
})

describe.concurrent("a question on a terminal", () => {
  /** `script` gives the command a terminal, and types the answer on it. */
  const onTerminal = (args: ReadonlyArray<string>, at: Place, answer: string) =>
    Effect.promise(async () => {
      const command = [process.execPath, main, ...args].map((word) => `'${word}'`).join(" ")
      const child = spawn("script", ["-qec", command, "/dev/null"], {
        env: { PATH: process.env["PATH"], HOME: at.user, TERM: "xterm", ...at.env },
        stdio: ["pipe", "pipe", "inherit"]
      })
      let shown = ""
      let isAnswered = false
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        shown += text
        if (!isAnswered && /from the pool\?/.test(shown)) isAnswered = child.stdin.write(answer)
      })
      const [code] = (await once(child, "close")) as [number]
      return { code, shown }
    })

  it.live("removes after a yes, and changes nothing after a no", () =>
    Effect.gen(function* () {
      const { at, begin, home, run } = yield* makeWorld
      yield* begin
      const no = yield* onTerminal(["remove", "main"], at, "n")
      assert.strictEqual(no.code, 1, no.shown)
      assert.include(no.shown, "Nothing was changed")
      assert.notInclude(typesIn(home), "CredentialRemoved")
      const yes = yield* onTerminal(["remove", "main"], at, "y")
      assert.strictEqual(yes.code, 0, yes.shown)
      assert.include(typesIn(home), "CredentialRemoved")
      assert.strictEqual((yield* run(["remove", "key", "--yes"])).code, 0)
    })
  )
})

describe.concurrent("relabel and prioritise", () => {
  it.live("count before what the store says, and names find their credential", () =>
    Effect.gen(function* () {
      const { begin, codex, login, run } = yield* makeWorld
      yield* begin
      assert.include((yield* run(["status"])).stdout, "ada@example.com")
      assert.strictEqual((yield* run(["relabel", "main", "work", ...codex])).code, 0)
      const { stdout } = yield* run(["token", "openai-codex", "--credential", "work", ...codex])
      assert.strictEqual(stdout, `${login.access_token}\n`)
      assert.strictEqual((yield* run(["prioritise", "work", "5", ...codex])).code, 0)
      const listed = (yield* run(["list"])).stdout
      assert.match(listed, /main +work .* 5 /)
      assert.notInclude(listed, "ada@example.com")
    })
  )
})

describe.concurrent("revive", () => {
  it.live("brings a dead login back, which is then sent once", () =>
    Effect.gen(function* () {
      const { begin, codex, login, run, sandbox, vault } = yield* makeWorld
      yield* begin
      yield* sandbox.fault({
        fault: { _tag: "Status", status: 400, body: JSON.stringify({ error: "invalid_grant" }) }
      })
      assert.strictEqual((yield* run(["refresh", "main", ...codex])).code, 3)
      assert.include((yield* run(["status"])).stdout, "daybook revive main")
      assert.notInclude(readFileSync(vault, "utf8"), login.refresh_token)
      const revived = yield* run(["revive", "main", ...codex])
      assert.strictEqual(revived.code, 0, revived.stderr)
      assert.include(revived.stdout, "quarantine lifted")
      assert.include(readFileSync(vault, "utf8"), login.refresh_token)
      assert.strictEqual((yield* run(["refresh", "main", ...codex])).code, 0)
      const twice = yield* run(["revive", "main", "--json", ...codex])
      assert.deepInclude(JSON.parse(twice.stdout), { outcome: "unchanged", events: [] })
      assert.strictEqual((yield* sandbox.journal).length, 2)
    })
  )
})

describe.concurrent("enrol", () => {
  it.live("begins a ledger, says what it enrolled, and the next time that it was there", () =>
    Effect.gen(function* () {
      const { codex, home, run, vault } = yield* makeWorld
      const first = yield* run(["enrol", vault, ...codex])
      assert.strictEqual(first.code, 0, first.stderr)
      assert.include(first.stdout, `Enrolled 2 of 2 from ${vault}.`)
      assert.match(first.stdout, /^ {2}enrolled {9}main {2}openai-codex, .*\n {2}enrolled {9}key {3}openai, /m)
      const second = yield* run(["enrol", "--json", ...codex])
      assert.deepStrictEqual(
        (JSON.parse(second.stdout) as { logins: ReadonlyArray<Record<string, string>> }).logins.map(
          ({ credential, outcome }) => [credential, outcome]
        ),
        [
          ["main", "member"],
          ["key", "member"]
        ]
      )
      assert.strictEqual(typesIn(home).filter((type) => type === "CredentialEnrolled").length, 2)
    })
  )

  it.live("reads another program's file where that program keeps it, and only there", () =>
    Effect.gen(function* () {
      const { run, user } = yield* makeWorld
      writeLoginFiles(user)
      const moved = yield* run(["enrol", "--kind", "claude-code", join(user, ".qwen", "oauth_creds.json")])
      assert.strictEqual(moved.code, 2)
      assert.include(moved.stderr, ".credentials.json")
      const { code, stderr, stdout } = yield* run(["enrol", "--kind", "claude-code", "--json"])
      assert.strictEqual(code, 0, stderr)
      const { logins } = JSON.parse(stdout) as { logins: ReadonlyArray<Record<string, string>> }
      assert.deepStrictEqual(
        logins.map(({ outcome, provider }) => [outcome, provider]),
        [["enrolled", "anthropic"]]
      )
      const [listed] = (JSON.parse((yield* run(["list", "--json"])).stdout) as { credentials: ReadonlyArray<object> })
        .credentials
      assert.deepInclude(listed, { provider: "anthropic", ownership: "borrowed" })
    })
  )

  it.live("of a file that holds no login, or cannot be read, begins no ledger", () =>
    Effect.gen(function* () {
      const { home, run, user } = yield* makeWorld
      const path = join(user, "empty.json")
      for (const content of [JSON.stringify({ version: 1 }), "{"]) {
        writeFileSync(path, content)
        const { code, stderr } = yield* run(["enrol", path])
        assert.strictEqual(code, 1)
        assert.include(stderr, path)
      }
      assert.isFalse(existsSync(home))
    })
  )

  it.live("takes a file over from another ledger if it is told to, and says from which", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { at, begin, codex, home, run, user, vault } = world
      yield* begin
      assert.strictEqual((yield* run(["refresh", "main", ...codex])).code, 0)
      const other = { ...at, env: { DAYBOOK_HOME: join(user, "other") } }
      assert.strictEqual((yield* run(["enrol", vault, ...codex], other)).code, 0)
      assert.strictEqual((yield* run(["refresh", "main", ...codex], other)).code, 3)
      const before = snapshot(home)
      const asked = yield* run(["enrol", vault, "--take-over", ...codex], other)
      assert.strictEqual(asked.code, 2)
      assert.include(asked.stderr, home)
      const taken = yield* run(["enrol", vault, "--take-over", "--yes", ...codex], other)
      assert.strictEqual(taken.code, 0, taken.stderr)
      assert.include(taken.stdout, home)
      assert.deepStrictEqual(snapshot(home), before)
      assert.strictEqual((yield* run(["refresh", "main", ...codex], other)).code, 0)
      const former = yield* run(["refresh", "main", ...codex])
      assert.strictEqual(former.code, 3)
      assert.include(former.stderr, join(user, "other"))
    })
  )
})

describe("a file of another program than the named one", () => {
  it.live("is told from an empty one, with the command that reads it", () =>
    Effect.gen(function* () {
      const { codex, login, run, user, vault } = yield* makeWorld
      const file = writeCodex(user, login)
      const enrol = yield* run(["enrol", file, ...codex])
      assert.strictEqual(enrol.code, 1)
      assert.include(enrol.stderr, `looks like the file of the Codex CLI: \`daybook enrol ${file} --kind codex-cli\``)
      const claude = yield* run(["import", "claude-code", "--path", file, ...codex])
      assert.include(claude.stderr, `\`daybook import codex-cli --path ${file}\``)
      const hermes = yield* run(["import", "codex-cli", "--path", vault, ...codex])
      assert.include(hermes.stderr, `looks like the file of hermes: \`daybook enrol ${vault}\``)
    })
  )
})

describe("refresh", () => {
  it.live("of what Daybook may only read says the one thing that helps", () =>
    Effect.gen(function* () {
      const { begin, codex, home, run, user, vault } = yield* makeWorld
      yield* begin
      const key = yield* run(["refresh", "key", ...codex])
      assert.notInclude(key.stderr, "Run that program")
      const other = join(user, "other")
      yield* Effect.promise(async () => (await openPool({ home: other, vault })).close())
      yield* run(["refresh", "main", ...codex])
      const bound = yield* run(["refresh", "main", "--home", other, ...codex])
      assert.include(bound.stderr, `use that home (\`--home\``)
      assert.include(bound.stderr, home)
      assert.notInclude(bound.stderr, "Run that program")
    })
  )
})
