/** What the commands answer, as processes of their own on real files. */
import { assert, describe, it, vi } from "@effect/vitest"
import { join } from "node:path"
import { openPool } from "daybook"
import { Effect, Fiber } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { apiKey } from "./support/AuthFile.ts"
import { launch } from "./support/Cli.ts"
import { snapshot } from "./support/TempFolder.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const usageMistakes: ReadonlyArray<ReadonlyArray<string>> = [
  ["statsu"],
  ["status", "--bogus"],
  ["token"],
  ["token", "openai", "--format", "xml"],
  ["log", "--from", "0"],
  ["archive"],
  ["archive", "--before", "soon"],
  ["start", "--seconds", "soon"],
  ["start", "auth.json"],
  ["token", "openai-codex", "--sandbox", "http://example.com"]
]

describe.concurrent("the command", () => {
  it.live("a wrong command line ends with 2 and says on stderr what is wrong", () =>
    Effect.gen(function* () {
      const { run } = yield* makeWorld
      yield* Effect.forEach(
        usageMistakes,
        Effect.fnUntraced(function* (args) {
          const { code, stderr, stdout } = yield* run(args)
          assert.deepStrictEqual([args, code, stdout], [args, 2, ""])
          assert.notStrictEqual(stderr, "")
        }),
        { concurrency: 2 }
      )
    })
  )

  it.live("where there is no ledger, that is said with its folder and the next step, and none is made", () =>
    Effect.gen(function* () {
      const { home, run } = yield* makeWorld
      yield* Effect.forEach(
        [["status"], ["list"], ["log"], ["story", "main"], ["verify"], ["refresh", "main"], ["checkpoint"], ["repair"]],
        Effect.fnUntraced(function* (args) {
          const { code, stderr } = yield* run(args)
          assert.deepStrictEqual([args, code], [args, 1])
          assert.include(stderr, home)
          assert.include(stderr, "--home")
        }),
        { concurrency: 2 }
      )
      assert.isFalse(existsSync(home))
    })
  )

  describe("token", () => {
    it.live("prints the token and a newline, nothing else", () =>
      Effect.gen(function* () {
        const { codex, login, run, vault } = yield* makeWorld
        const ran = yield* run(["token", "openai-codex", "--vault", vault, ...codex])
        assert.deepStrictEqual(ran, { code: 0, stdout: `${login.access_token}\n`, stderr: "" })
      })
    )

    it.live("says in JSON which credential gave it and when it ends", () =>
      Effect.gen(function* () {
        const { run, vault } = yield* makeWorld
        const { stdout } = yield* run(["token", "openai", "--vault", vault, "--format", "json"])
        assert.deepInclude(JSON.parse(stdout), {
          token: apiKey,
          provider: "openai",
          credential: "key",
          expiresAt: null
        })
      })
    )

    it.live("refreshes what has ended, once, and prints the new one", () =>
      Effect.gen(function* () {
        const { codex, login, run, sandbox, vault } = yield* makeWorld
        yield* run(["token", "openai-codex", "--vault", vault, ...codex])
        const forced = yield* run(["refresh", "main", ...codex])
        assert.strictEqual(forced.code, 0, forced.stderr)
        assert.include(forced.stdout, "refresh succeeded")
        const { stdout } = yield* run(["token", "openai-codex", ...codex])
        const [post, ...others] = yield* sandbox.journal
        assert.deepStrictEqual(others, [])
        assert.strictEqual(post?.presented, login.refresh_token)
        assert.notStrictEqual(stdout, `${login.access_token}\n`)
        assert.include(yield* sandbox.issuedTokens, stdout.trim())
      })
    )

    it.live("ends with 3 and the reasons when there is nothing to give", () =>
      Effect.gen(function* () {
        const { codex, login, run, sandbox, vault } = yield* makeWorld
        yield* run(["token", "openai-codex", "--vault", vault, ...codex])
        yield* sandbox.revoke({ grant: login.grant })
        const refused = yield* run(["refresh", "main", ...codex])
        assert.strictEqual(refused.code, 3)
        assert.include(refused.stderr, "Revoked")
        const { code, stderr, stdout } = yield* run(["token", "openai-codex", ...codex])
        assert.deepStrictEqual({ code, stdout }, { code: 3, stdout: "" })
        assert.include(stderr, "main")
        const status = yield* run(["status"])
        assert.include(status.stdout, "dead")
        const doctor = yield* run(["doctor"])
        assert.strictEqual(doctor.code, 1)
        assert.include(doctor.stdout, "Log in to OpenAI Codex again")
      })
    )

    it.live("ends with 3 for a provider that nobody has logged in to", () =>
      Effect.gen(function* () {
        const { run, vault } = yield* makeWorld
        const { code, stderr } = yield* run(["token", "acme"])
        assert.strictEqual(code, 3)
        assert.include(stderr, `"acme"`)
        assert.include(stderr, `No provider "acme" is defined`)
        assert.include(stderr, `Name a store with --vault PATH, such as ${vault}.`)
      })
    )

    it.live("tells somebody who typed a label where it goes", () =>
      Effect.gen(function* () {
        const { begin, codex, run } = yield* makeWorld
        yield* begin
        const { code, stderr } = yield* run(["token", "team", ...codex])
        assert.strictEqual(code, 3)
        assert.include(stderr, "`daybook token openai --credential team`")
      })
    )
  })

  describe("an address that the views show", () => {
    it.live("is no name, and the command says where the name is", () =>
      Effect.gen(function* () {
        const { begin, codex, run } = yield* makeWorld
        yield* begin
        const { code, stderr } = yield* run(["pause", "ada@example.com", ...codex])
        assert.strictEqual(code, 1)
        assert.include(stderr, "An address is not a name: take the id that `daybook list` shows beside it.")
        assert.include(stderr, "key (team)")
      })
    )
  })

  describe("a new user", () => {
    it.live("is told by every command how a first login comes into the pool", () =>
      Effect.gen(function* () {
        const { at, home, run, user } = yield* makeWorld
        const steps = /`daybook login PROVIDER` or `daybook enrol`/
        for (const args of [["status"], ["list"]]) assert.match((yield* run(args)).stderr, steps, args.join(" "))
        assert.match((yield* run(["doctor"])).stdout, steps)
        const elsewhere = { ...at, env: { ...at.env, HOME: join(user, "nobody") } }
        const none = yield* run(["token", "openai-codex"], elsewhere)
        assert.include(none.stderr, "`daybook login openai-codex` or `daybook enrol`")
        yield* Effect.promise(async () => (await openPool({ home })).close())
        for (const args of [["status"], ["list"]]) assert.match((yield* run(args)).stdout, steps, args.join(" "))
      })
    )

    it.live("is told how a login that another program makes comes into the pool", () =>
      Effect.gen(function* () {
        const { run } = yield* makeWorld
        const { code, stderr } = yield* run(["login", "anthropic"])
        assert.strictEqual(code, 1)
        assert.include(stderr, "Then `daybook import claude-code`, or `daybook enrol` for hermes' file")
      })
    )
  })

  describe("a credential that is not in the pool", () => {
    it.live("is named by every command, with those that are", () =>
      Effect.gen(function* () {
        const { begin, codex, run } = yield* makeWorld
        yield* begin
        for (const args of [
          ["story", "nobody"],
          ["refresh", "nobody", ...codex],
          ["token", "openai-codex", "--credential", "nobody", ...codex]
        ]) {
          const { code, stderr } = yield* run(args)
          assert.strictEqual(code, 1, args.join(" "))
          assert.include(stderr, `"nobody"`)
          assert.include(stderr, "main")
        }
      })
    )
  })

  describe("looking at a pool", () => {
    const looks = [
      ["status"],
      ["list"],
      ["doctor"],
      ["log"],
      ["story", "main"],
      ["show"],
      ["diff", "1"],
      ["audit"],
      ["verify"],
      ["checkpoint"],
      ["start", "--observe", "--json"]
    ]

    it.live("needs no network and leaves every file as it is", () =>
      Effect.gen(function* () {
        const { at, begin, run, user } = yield* makeWorld
        yield* begin
        const before = snapshot(user)
        for (const args of looks) {
          const { code, stderr } = yield* run(args, { ...at, wrapper: ["unshare", "--net"] })
          assert.deepStrictEqual([args, code, stderr], [args, 0, ""])
        }
        assert.deepStrictEqual(snapshot(user), before)
      })
    )

    it.live("shows an address live from its store, though the ledger does not hold it, in one stable shape", () =>
      Effect.gen(function* () {
        const { begin, home, run } = yield* makeWorld
        yield* begin
        const status = JSON.parse((yield* run(["status", "--json"])).stdout)
        const list = JSON.parse((yield* run(["list", "--json"])).stdout)
        assert.deepStrictEqual(Object.keys(list.credentials[0]), Object.keys(status.credentials[0]))
        assert.strictEqual(status.home, home)
        assert.deepInclude(status.credentials[0], { id: "main", label: "ada@example.com", word: "ok", until: null })
        assert.notInclude(readFileSync(`${home}/ledger.jsonl`, "utf8"), "ada@example.com")
      })
    )
  })

  describe("log", () => {
    it.live("filters by type, credential and place, as JSON Lines", () =>
      Effect.gen(function* () {
        const { begin, run } = yield* makeWorld
        yield* begin
        const eventsOf = (text: string) =>
          text
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line))
        const enrolled = eventsOf((yield* run(["log", "--json", "--type", "CredentialEnrolled"])).stdout)
        assert.sameMembers(
          enrolled.map(({ credential }) => credential),
          ["key", "main"]
        )
        const ofKey = eventsOf((yield* run(["log", "--json", "--provider", "openai"])).stdout)
        assert.deepStrictEqual(ofKey, eventsOf((yield* run(["log", "--json", "--credential", "key"])).stdout))
        const late = eventsOf((yield* run(["log", "--json", "--from", String(ofKey[0].seq)])).stdout)
        assert.deepStrictEqual(late[0], ofKey[0])
      })
    )

    it.live("refuses a type and a provider that nobody has, and names those that are", () =>
      Effect.gen(function* () {
        const { begin, run } = yield* makeWorld
        yield* begin
        const type = yield* run(["log", "--type", "RefreshStartet"])
        assert.deepInclude(type, { code: 2, stdout: "" })
        assert.include(type.stderr, "RefreshStarted")
        const provider = yield* run(["log", "--provider", "openai-codecs"])
        assert.deepInclude(provider, { code: 2, stdout: "" })
        assert.include(provider.stderr, "openai-codex")
      })
    )

    it.live("--follow shows what another process appends", () =>
      Effect.gen(function* () {
        const { at, begin, run } = yield* makeWorld
        yield* begin
        const follower = yield* Effect.acquireRelease(
          Effect.sync(() => launch(["log", "--follow"], at)),
          (child) => Effect.sync(() => child.kill("SIGKILL"))
        )
        const shows = (pattern: RegExp) =>
          Effect.callback<void>((resume) => {
            let text = ""
            follower.stdout?.on("data", (chunk: Buffer) => {
              text += chunk.toString()
              if (pattern.test(text)) resume(Effect.void)
            })
          })
        yield* shows(/credential enrolled/)
        const again = yield* Effect.forkChild(shows(/actor joined/), { startImmediately: true })
        yield* run(["pause", "main"])
        yield* Fiber.join(again)
      })
    )
  })
})
