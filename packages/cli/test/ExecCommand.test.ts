/** `daybook exec`: a command with tokens in its environment, as if it stood in our place. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { chmodSync, existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { apiKey } from "./support/AuthFile.ts"
import { talk } from "./support/Talk.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const makeBegun = Effect.tap(makeWorld, ({ begin }) => begin)

/** A program of one line. */
const script = (code: string): ReadonlyArray<string> => ["--", process.execPath, "-e", code]

const show = script("console.log(JSON.stringify({ env: process.env, argv: process.argv }))")

const shown = (stdout: string): { readonly env: Record<string, string>; readonly argv: ReadonlyArray<string> } =>
  JSON.parse(stdout)

describe.concurrent("daybook exec", () => {
  it.live("puts the token of a provider that is named into the command's environment, and nowhere else", () =>
    Effect.gen(function* () {
      const { at, codex, login, run } = yield* makeBegun
      const own = { ...at, env: { ...at.env, KEPT: "as it was" } }
      const { code, stderr, stdout } = yield* run(["exec", "--provider", "openai-codex", ...codex, ...show], own)
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      const { argv, env } = shown(stdout)
      assert.deepInclude(env, {
        OPENAI_API_KEY: login.access_token,
        DAYBOOK_TOKEN: login.access_token,
        DAYBOOK_CREDENTIAL: "main",
        DAYBOOK_TOKEN_OPENAI_CODEX: login.access_token,
        KEPT: "as it was"
      })
      assert.isAbove(Date.parse(env["DAYBOOK_EXPIRES_AT"] ?? ""), Date.now())
      assert.notInclude(argv.join(" "), login.access_token)
    })
  )

  it.live("hands over a token of every provider that has one, and says which has the variable that two share", () =>
    Effect.gen(function* () {
      const { codex, login, run } = yield* makeBegun
      const { code, stderr, stdout } = yield* run(["exec", ...codex, ...show])
      assert.strictEqual(code, 0)
      const { env } = shown(stdout)
      assert.deepInclude(env, {
        OPENAI_API_KEY: apiKey,
        DAYBOOK_TOKEN_OPENAI: apiKey,
        DAYBOOK_TOKEN_OPENAI_CODEX: login.access_token,
        DAYBOOK_CREDENTIAL_OPENAI_CODEX: "main"
      })
      assert.notProperty(env, "DAYBOOK_TOKEN")
      assert.strictEqual(
        stderr,
        "OPENAI_API_KEY has the token of openai. To have that of openai-codex in it, name it with --provider.\n"
      )
    })
  )

  it.live("hands over the credential that is named, by its label", () =>
    Effect.gen(function* () {
      const { codex, run } = yield* makeBegun
      const { env } = shown((yield* run(["exec", "--credential", "team", ...codex, ...show])).stdout)
      assert.deepInclude(env, { OPENAI_API_KEY: apiKey, DAYBOOK_CREDENTIAL: "key" })
      assert.notProperty(env, "DAYBOOK_TOKEN_OPENAI_CODEX")
    })
  )

  it.live("goes on without a provider that has nothing to give, and says why", () =>
    Effect.gen(function* () {
      const { codex, run } = yield* makeBegun
      yield* run(["pause", "main", ...codex])
      const some = yield* run(["exec", ...codex, ...show])
      assert.strictEqual(some.code, 0)
      assert.include(some.stderr, "main: paused by an operator")
      assert.notProperty(shown(some.stdout).env, "DAYBOOK_TOKEN_OPENAI_CODEX")
      const named = yield* run(["exec", "--provider", "openai-codex", ...codex, ...show])
      assert.deepStrictEqual({ code: named.code, stdout: named.stdout }, { code: 3, stdout: "" })
      assert.include(named.stderr, "main: paused by an operator")
    })
  )

  it.live("ends as the command ends: with its exit code, or with 128 and the signal that ended it", () =>
    Effect.gen(function* () {
      const { run } = yield* makeBegun
      const one = ["exec", "--provider", "openai"]
      assert.strictEqual((yield* run([...one, ...script("process.exit(7)")])).code, 7)
      const version = yield* run([...one, "--", process.execPath, "--version"])
      assert.deepStrictEqual(version, { code: 0, stdout: `${process.version}\n`, stderr: "" })
      assert.strictEqual((yield* run([...one, ...script("process.kill(process.pid, 'SIGKILL')")])).code, 137)
    })
  )

  it.live("hands its own input on", () =>
    Effect.gen(function* () {
      const { at, run } = yield* makeBegun
      const read = script("process.stdin.pipe(process.stdout)")
      const { stdout } = yield* run(["exec", "--provider", "openai", ...read], { ...at, input: "said to the command" })
      assert.strictEqual(stdout, "said to the command")
    })
  )

  it.live.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "hands %s on, and waits for what the command makes of it",
    (signal) =>
      Effect.gen(function* () {
        const { at } = yield* makeBegun
        const catches = `process.once("${signal}", () => setTimeout(() => process.exit(42), 50)); setInterval(() => {}, 1000); console.error("ready")`
        const command = yield* talk(["exec", "--provider", "openai", ...script(catches)], at)
        yield* command.shows(/ready/)
        command.signal(signal)
        assert.strictEqual((yield* command.ended).code, 42)
      })
  )

  it.live("says with 127 that there is no such command, and with 126 that one may not be executed", () =>
    Effect.gen(function* () {
      const { run, user } = yield* makeBegun
      const missing = yield* run(["exec", "--provider", "openai", "--", "no-such-command-anywhere"])
      assert.deepStrictEqual(missing, {
        code: 127,
        stdout: "",
        stderr: "There is no command no-such-command-anywhere. Give its path, or look at PATH.\n"
      })
      const plain = join(user, "plain")
      writeFileSync(plain, "echo no\n")
      chmodSync(plain, 0o600)
      const refused = yield* run(["exec", "--provider", "openai", "--", plain])
      assert.deepStrictEqual({ code: refused.code, stdout: refused.stdout }, { code: 126, stdout: "" })
      assert.include(refused.stderr, `${plain} may not be executed.`)
    })
  )

  it.live("wants the command after two dashes", () =>
    Effect.gen(function* () {
      const { run } = yield* makeWorld
      for (const [args, says] of [
        [["exec"], "Name the command after --"],
        [["exec", "--provider", "openai", "--"], "Name the command after --"],
        [["exec", "curl", "-s", "http://127.0.0.1:9"], "Put -- before the command"],
        [["exec", "npm", "test"], "`daybook exec -- npm test`"],
        [["exec", "npm", "run", "--", "test"], "`daybook exec -- npm run test`"]
      ] as const) {
        const { code, stderr, stdout } = yield* run(args)
        assert.deepStrictEqual([args, code, stdout], [args, 2, ""])
        assert.include(stderr, says)
      }
    })
  )

  it.live("runs nothing where there is nothing to hand over", () =>
    Effect.gen(function* () {
      const { at, home, run, user } = yield* makeWorld
      const nobody = { ...at, env: { ...at.env, HOME: join(user, "nobody") } }
      const mark = script(`require("node:fs").writeFileSync(${JSON.stringify(join(user, "ran"))}, "")`)
      const empty = yield* run(["exec", ...mark], nobody)
      assert.strictEqual(empty.code, 3)
      assert.include(empty.stderr, "`daybook login PROVIDER` or `daybook enrol`")
      const unknown = yield* run(["exec", "--provider", "opnai-codex", ...mark], nobody)
      assert.strictEqual(unknown.code, 3)
      assert.include(unknown.stderr, "Did you mean openai-codex?")
      assert.isFalse(existsSync(join(user, "ran")))
      assert.isFalse(existsSync(home))
    })
  )
})
