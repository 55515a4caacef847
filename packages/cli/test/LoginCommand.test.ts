/** `daybook login` as a process of its own; the test is the person, and the sandbox is every provider. */
import type { LoginPolicy } from "@daybook/sandbox/Logins"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { hasTrace, type Ran } from "./support/Cli.ts"
import { flawsIn, flawsInAnswer } from "./support/JsonSchemas.ts"
import { talk } from "./support/Talk.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const loginWorld = Effect.fnUntraced(function* (policy: LoginPolicy = {}) {
  const world = yield* makeWorld
  yield* world.sandbox.logins({
    deviceInterval: 0,
    grant: { account: "account-1", email: "ada@example.com" },
    ...policy
  })
  const begin = (args: ReadonlyArray<string>, place = world.at) =>
    talk(["login", ...args, "--sandbox", world.sandbox.origin], place)
  /** No trace, and no token, code or verifier in what a person or a log may see. */
  const isClean = Effect.fnUntraced(function* (ran: Ran) {
    assert.isFalse(hasTrace(ran), ran.stderr)
    const ledger = join(world.home, "ledger.jsonl")
    const seen = ran.stdout + ran.stderr + (existsSync(ledger) ? readFileSync(ledger, "utf8") : "")
    for (const secret of yield* world.sandbox.issuedTokens) assert.notInclude(seen, secret)
    assert.deepStrictEqual(flawsInAnswer(["login", ...(ran.stdout.startsWith("{") ? ["--json"] : [])], ran.stdout), [])
    return ran
  })
  return { ...world, begin, isClean }
})

const browse = (url: string) => Effect.promise(async () => (await fetch(url)).text())

/** Where a browser on another machine ends, which nobody answers. */
const addressAfter = (url: string) =>
  Effect.promise(async () => (await fetch(url, { redirect: "manual" })).headers.get("location") ?? "")

const address = /^ {2}(http:\S+)$/m
const userCode = /^ {2}([0-9A-F]{4}-[0-9A-F]{4})$/m

const Result = Schema.fromJsonString(
  Schema.Struct({
    credential: Schema.String,
    provider: Schema.String,
    label: Schema.NullOr(Schema.String),
    renewed: Schema.Boolean,
    store: Schema.Struct({ kind: Schema.String, path: Schema.String, slot: Schema.String }),
    expiresAt: Schema.NullOr(Schema.String),
    deadline: Schema.NullOr(Schema.String)
  })
)
const read = Schema.decodeUnknownSync(Result)

describe("login", () => {
  it.live("by browser shows an address, takes the answer that comes, and says where the login is", () =>
    Effect.gen(function* () {
      const { begin, codex, isClean, run } = yield* loginWorld()
      const command = yield* begin(["openai-codex", "--browser", "--no-open", "--label", "work"])
      const [, url = ""] = yield* command.shows(address)
      assert.include(yield* browse(url), "Answer received")
      const { code, stdout } = yield* isClean(yield* command.ended)
      assert.strictEqual(code, 0)
      assert.match(
        stdout,
        /^[0-9a-f]{8} \(work\) is logged in to openai-codex\. Its tokens are in \S+\/grants\/\S+\.json\.\n$/
      )
      assert.match((yield* run(["token", "openai-codex", "--credential", "work", ...codex])).stdout, /^eyJ/)
    })
  )

  it.live("without a screen logs in by a code, and tells programs so line by line", () =>
    Effect.gen(function* () {
      const { begin, isClean, sandbox } = yield* loginWorld()
      const command = yield* begin(["openai-codex", "--json"])
      const [line] = yield* command.shows(/^\{.*\}$/m)
      const shown = JSON.parse(line) as { event: string; url: string; userCode: string; until: string }
      assert.deepInclude(shown, { event: "device", url: `${sandbox.origin}/codex/device` })
      assert.isAbove(Date.parse(shown.until), Date.now())
      assert.deepStrictEqual(flawsIn("login-prompt", shown), [])
      yield* sandbox.decide({ userCode: shown.userCode, decision: "approve" })
      const { stdout } = yield* isClean(yield* command.ended)
      assert.deepInclude(read(stdout), { provider: "openai-codex", label: "ada@example.com", renewed: false })
    })
  )

  for (const provider of ["nous", "qwen-oauth", "xai-oauth"]) {
    it.live(`at ${provider} ends with a login that gives tokens`, () =>
      Effect.gen(function* () {
        const { begin, codex, isClean, run, sandbox } = yield* loginWorld()
        const command = yield* begin([provider])
        const [, code = ""] = yield* command.shows(userCode)
        yield* sandbox.decide({ userCode: code, decision: "approve" })
        assert.strictEqual((yield* isClean(yield* command.ended)).code, 0)
        assert.strictEqual((yield* run(["token", provider, ...codex])).code, 0)
      })
    )
  }

  it.live("by pasting takes the address at which a browser elsewhere ended, after a slip of the hand", () =>
    Effect.gen(function* () {
      const { begin, isClean } = yield* loginWorld()
      const command = yield* begin(["xai-oauth", "--paste"])
      yield* command.shows(/It is waited for until .*; Ctrl-C ends that\./)
      const [, url = ""] = yield* command.shows(address)
      command.type("not a code")
      yield* command.shows(/There is no code in that/)
      command.type(yield* addressAfter(url))
      assert.strictEqual((yield* isClean(yield* command.ended)).code, 0)
    })
  )

  it.live("by pasting another login's answer ends with 1", () =>
    Effect.gen(function* () {
      const { begin, isClean } = yield* loginWorld({ decision: "wrongState" })
      const command = yield* begin(["xai-oauth", "--paste"])
      const [, url = ""] = yield* command.shows(address)
      command.type(yield* addressAfter(url))
      const { code, stderr } = yield* isClean(yield* command.ended)
      assert.strictEqual(code, 1)
      assert.include(stderr, "That is the answer to another login.")
    })
  )

  it.live("of the same account renews the credential; --new makes another", () =>
    Effect.gen(function* () {
      const { begin, run, sandbox } = yield* loginWorld()
      const logIn = Effect.fnUntraced(function* (...more: ReadonlyArray<string>) {
        const command = yield* begin(["openai-codex", "--device", "--json", ...more])
        const [, userCode = ""] = yield* command.shows(/"userCode":"([^"]+)"/)
        yield* sandbox.decide({ userCode, decision: "approve" })
        return read((yield* command.ended).stdout)
      })
      const first = yield* logIn()
      const second = yield* logIn()
      const third = yield* logIn("--new")
      assert.deepStrictEqual([second.credential, second.renewed], [first.credential, true])
      assert.strictEqual(second.label, "ada@example.com")
      assert.deepStrictEqual([third.credential === first.credential, third.renewed], [false, false])
      const { stdout } = yield* run(["log"])
      assert.lengthOf(stdout.match(/login completed/g) ?? [], 3)
    })
  )

  it.live("that is dead is renewed by the command that refresh, token and status name", () =>
    Effect.gen(function* () {
      const { begin, codex, run, sandbox } = yield* loginWorld()
      const command = yield* begin(["openai-codex", "--label", "own"])
      const [, code = ""] = yield* command.shows(userCode)
      yield* sandbox.decide({ userCode: code, decision: "approve" })
      const [, id = ""] = /^(\S+) /.exec((yield* command.ended).stdout) ?? []
      const body = JSON.stringify({ error: { code: "refresh_token_invalidated", message: "revoked" } })
      yield* sandbox.fault({ fault: { _tag: "Status", status: 401, body }, times: 1 })
      const remedy = `\`daybook login openai-codex --credential ${id}\``
      const refused = yield* run(["refresh", "own", ...codex])
      assert.strictEqual(refused.code, 3)
      assert.include(refused.stderr, `Log in to OpenAI Codex again: ${remedy}.`)
      assert.notInclude(refused.stderr, "hermes")
      const none = yield* run(["token", "openai-codex", ...codex])
      assert.include(none.stderr, `${remedy} brings it back`)
      assert.include((yield* run(["status"])).stdout, remedy)
    })
  )

  it.live("to a credential in hermes' file puts the new pair there", () =>
    Effect.gen(function* () {
      const { begin, isClean, login, run, sandbox, vault, codex } = yield* loginWorld()
      yield* run(["token", "openai-codex", "--vault", vault, ...codex])
      yield* sandbox.logins({ deviceInterval: 0, grant: { account: login.account_id } })
      const command = yield* begin(["openai-codex", "--device", "--credential", "main"])
      const [, code = ""] = yield* command.shows(userCode)
      yield* sandbox.decide({ userCode: code, decision: "approve" })
      const { stdout } = yield* isClean(yield* command.ended)
      assert.strictEqual(
        stdout,
        `main (ada@example.com) is logged in to openai-codex again. Its tokens are in ${vault}.\n`
      )
      assert.notInclude(readFileSync(vault, "utf8"), login.refresh_token)
    })
  )

  it.live("of another account than the named credential's ends with 1, and says what became of it", () =>
    Effect.gen(function* () {
      const { begin, isClean, login, run, sandbox, vault, codex } = yield* loginWorld()
      yield* run(["token", "openai-codex", "--vault", vault, ...codex])
      const command = yield* begin(["openai-codex", "--device", "--credential", "main"])
      const [, code = ""] = yield* command.shows(userCode)
      yield* sandbox.decide({ userCode: code, decision: "approve" })
      const { code: exit, stderr } = yield* isClean(yield* command.ended)
      assert.strictEqual(exit, 1)
      const [, became = ""] = /It is in the pool as ([0-9a-f]{8})/.exec(stderr) ?? []
      assert.include(readFileSync(vault, "utf8"), login.refresh_token)
      assert.strictEqual((yield* run(["token", "openai-codex", "--credential", became, ...codex])).code, 0)
    })
  )

  it.live("to a removed credential says how to bring it back", () =>
    Effect.gen(function* () {
      const { codex, run, vault } = yield* loginWorld()
      yield* run(["enrol", vault, ...codex])
      yield* run(["remove", "main", "--yes", ...codex])
      const { code, stderr } = yield* run(["login", "openai-codex", "--credential", "main", ...codex])
      assert.strictEqual(code, 1)
      assert.include(stderr, "main was removed from the pool. `daybook enrol --again main` brings it back.")
    })
  )

  it.live("at an address where nobody answers says that it could not be reached", () =>
    Effect.gen(function* () {
      const { run } = yield* loginWorld()
      const { code, stderr } = yield* run(["login", "nous", "--device", "--sandbox", "http://127.0.0.1:1"])
      assert.strictEqual(code, 1)
      assert.match(stderr, /nous could not be reached: .*ECONNREFUSED/)
      assert.notInclude(stderr, "refused the login")
    })
  )

  it.live("that the person refuses ends with 1", () =>
    Effect.gen(function* () {
      const { begin, isClean, sandbox } = yield* loginWorld()
      const command = yield* begin(["nous"])
      const [, code = ""] = yield* command.shows(userCode)
      yield* sandbox.decide({ userCode: code, decision: "deny" })
      const { code: exit, stderr, stdout } = yield* isClean(yield* command.ended)
      assert.deepStrictEqual([exit, stdout], [1, ""])
      assert.include(stderr, "The login to nous was not allowed.")
    })
  )

  it.live("that nobody finishes in time ends with 1", () =>
    Effect.gen(function* () {
      const { begin, isClean } = yield* loginWorld({ deviceLifetime: 1 })
      const { code, stderr } = yield* isClean(yield* (yield* begin(["nous"])).ended)
      assert.strictEqual(code, 1)
      assert.include(stderr, "Nobody finished the login to nous in time.")
    })
  )

  it.live("that is broken off ends at once, and leaves nothing of a login behind", () =>
    Effect.gen(function* () {
      const { begin, home, isClean } = yield* loginWorld()
      const command = yield* begin(["openai-codex", "--browser", "--no-open"])
      yield* command.shows(address)
      command.signal("SIGINT")
      const { code, stderr, stdout } = yield* isClean(yield* command.ended)
      assert.deepStrictEqual([code, stdout], [130, ""])
      assert.include(stderr, "The login was broken off.")
      assert.deepStrictEqual(readdirSync(join(home, "stash")), [])
      assert.isFalse(existsSync(join(home, "grants")))
    })
  )

  it.live("opens the browser where there is a screen, unless told not to", () =>
    Effect.gen(function* () {
      const { at, begin, isClean, user } = yield* loginWorld()
      const bin = join(user, "bin")
      mkdirSync(bin)
      const program = join(bin, "xdg-open")
      writeFileSync(
        program,
        `#!/bin/sh\nprintf %s "$1" > "${join(user, "opened")}.new"\nmv "${join(user, "opened")}.new" "${join(user, "opened")}"\nexec curl -sL "$1" >/dev/null\n`
      )
      chmodSync(program, 0o755)
      const place = { ...at, env: { ...at.env, DISPLAY: ":9", PATH: `${bin}:${process.env["PATH"]}` } }
      const command = yield* begin(["openai-codex"], place)
      const [, url = ""] = yield* command.shows(address)
      const { code } = yield* isClean(yield* command.ended)
      assert.deepStrictEqual([code, readFileSync(join(user, "opened"), "utf8")], [0, url])
    })
  )

  it.live("to a provider that nobody knows, or that has no such login, says what there is", () =>
    Effect.gen(function* () {
      const { home, run } = yield* loginWorld()
      for (const [args, code, words] of [
        [["opnai-codex"], 1, "Did you mean openai-codex?"],
        [["anthropic"], 1, "`hermes auth add anthropic`"],
        [["nous", "--browser"], 1, "nous has no login by browser. It has one by device code."],
        [["nous", "--device", "--paste"], 2, "Give one of"],
        [["nous", "--new", "--credential", "x"], 2, "not both"],
        [["nous", "--credential", "x"], 1, "There is no ledger"]
      ] as const) {
        const ran = yield* run(["login", ...args])
        assert.deepStrictEqual([args, ran.code, ran.stdout], [args, code, ""])
        assert.include(ran.stderr, words)
      }
      assert.isFalse(existsSync(home))
    })
  )
})
