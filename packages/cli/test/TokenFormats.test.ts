/** `daybook token --format`: a token as shells, curl and the AWS SDK take it. */
import { fromProcess } from "@aws-sdk/credential-provider-process"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { authFile, writeAuth } from "./support/AuthFile.ts"
import { main } from "./support/Cli.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const key = (id: string, access_token: string) => [
  { id, label: id, auth_type: "api_key", priority: 0, source: "manual", access_token }
]

/** A shell would run what is in it, were it not quoted. */
const nasty = "sk-'\"$(touch${IFS}pwned)`touch${IFS}pwned`\\';touch${IFS}pwned;#"

const makeKeys = Effect.gen(function* () {
  const world = yield* makeWorld
  const file = authFile(world.login)
  writeAuth(world.user, {
    ...file,
    credential_pool: {
      ...file.credential_pool,
      anthropic: key("claude", "sk-ant-api03-made-up"),
      openrouter: key("router", nasty),
      bedrock: key("bedrock", "AKIDEXAMPLE000000000:made+up/secret="),
      "bedrock-session": key("session", "ASIDEXAMPLE000000000:made+up/secret=:made+up/session=="),
      broken: key("broken", "sk-one\nsk-two"),
      ended: key("ended", "\nx-other: header")
    }
  })
  yield* world.begin
  return world
})

/** What a shell has after it evaluated the output. */
const inShell = (script: string, expression: string, cwd: string): string =>
  execFileSync("sh", ["-c", `eval "$1"; printf '%s' "${expression}"`, "sh", script], { cwd, encoding: "utf8", env: {} })

describe.concurrent("daybook token", () => {
  it.live("--format headers prints what a request needs, one header a line, and the API takes it", () =>
    Effect.gen(function* () {
      const { codex, login, run, sandbox } = yield* makeKeys
      const { code, stderr, stdout } = yield* run(["token", "openai-codex", "--format", "headers", ...codex])
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      const lines = stdout.trimEnd().split("\n")
      assert.sameMembers(
        lines.map((line) => line.slice(0, line.indexOf(":"))),
        ["authorization", "chatgpt-account-id"]
      )
      assert.include(lines, `authorization: Bearer ${login.access_token}`)
      const headers = lines.map((line): [string, string] => {
        const [name = "", ...value] = line.split(": ")
        return [name, value.join(": ")]
      })
      const answer = yield* Effect.promise(() =>
        fetch(`${sandbox.origin}/v1/responses`, {
          method: "POST",
          headers: [...headers, ["content-type", "application/json"]],
          body: JSON.stringify({ model: "sandbox-1", input: "hello" })
        })
      )
      assert.strictEqual(answer.status, 200)
      const anthropic = yield* run(["token", "anthropic", "--format", "headers"])
      assert.strictEqual(anthropic.stdout, "x-api-key: sk-ant-api03-made-up\n")
    })
  )

  it.live("--format env prints what a shell can evaluate, whatever is in the token", () =>
    Effect.gen(function* () {
      const { run, user } = yield* makeKeys
      const { code, stderr, stdout } = yield* run(["token", "openrouter", "--format", "env"])
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      assert.strictEqual(
        inShell(stdout, "$OPENROUTER_API_KEY|$DAYBOOK_TOKEN|$DAYBOOK_CREDENTIAL|${DAYBOOK_EXPIRES_AT-unset}", user),
        `${nasty}|${nasty}|router|`
      )
      assert.isFalse(existsSync(join(user, "pwned")))
      const exported = execFileSync("sh", ["-c", `eval "$1"; env`, "sh", stdout], { encoding: "utf8", env: {} })
      assert.include(exported, `OPENROUTER_API_KEY=${nasty}\n`)
    })
  )

  it.live("--format env names the variable that the provider's libraries read, by the kind of credential", () =>
    Effect.gen(function* () {
      const { codex, login, run, user } = yield* makeKeys
      const ofLogin = yield* run(["token", "openai-codex", "--format", "env", ...codex])
      const expiresAt = JSON.parse((yield* run(["token", "openai-codex", "--json", ...codex])).stdout).expiresAt
      assert.strictEqual(
        inShell(ofLogin.stdout, "$OPENAI_API_KEY|$DAYBOOK_CREDENTIAL|$DAYBOOK_EXPIRES_AT", user),
        `${login.access_token}|main|${expiresAt}`
      )
      const ofKey = yield* run(["token", "anthropic", "--format", "env"])
      assert.strictEqual(
        inShell(ofKey.stdout, "$ANTHROPIC_API_KEY|${ANTHROPIC_AUTH_TOKEN-unset}", user),
        "sk-ant-api03-made-up|unset"
      )
    })
  )

  it.live("is a credential_process of the AWS SDK, for keys of AWS and for any other token", () =>
    Effect.gen(function* () {
      const { codex, home, login, user } = yield* makeKeys
      const command = (...args: ReadonlyArray<string>) =>
        ["env", `HOME=${user}`, `DAYBOOK_HOME=${home}`, process.execPath, main, "token", ...args].join(" ")
      const config = join(user, "aws-config")
      const profiles = {
        plain: command("bedrock", "--format", "aws"),
        session: command("bedrock-session", "--format", "aws"),
        login: command("openai-codex", "--format", "aws", ...codex)
      }
      writeFileSync(
        config,
        Object.entries(profiles)
          .map(([name, process]) => `[profile ${name}]\ncredential_process = ${process}\n`)
          .join("\n")
      )
      const credentials = (profile: string) =>
        Effect.promise(() => fromProcess({ profile, configFilepath: config, filepath: join(user, "none") })())
      assert.deepInclude(yield* credentials("plain"), {
        accessKeyId: "AKIDEXAMPLE000000000",
        secretAccessKey: "made+up/secret="
      })
      assert.notProperty(yield* credentials("plain"), "sessionToken")
      assert.deepInclude(yield* credentials("session"), {
        accessKeyId: "ASIDEXAMPLE000000000",
        secretAccessKey: "made+up/secret=",
        sessionToken: "made+up/session=="
      })
      const ofLogin = yield* credentials("login")
      assert.deepInclude(ofLogin, {
        accessKeyId: "main",
        secretAccessKey: login.access_token,
        sessionToken: login.access_token
      })
      assert.isAbove(ofLogin.expiration?.getTime() ?? 0, Date.now())
    })
  )

  it.live("prints no token that would be two lines", () =>
    Effect.gen(function* () {
      const { run } = yield* makeKeys
      const ended = yield* run(["token", "ended", "--format", "headers"])
      assert.deepStrictEqual({ code: ended.code, stdout: ended.stdout }, { code: 1, stdout: "" })
      assert.include(ended.stderr, "The token of ended (ended) has a blank")
      const { code, stderr, stdout } = yield* run(["token", "broken", "--format", "headers"])
      assert.deepStrictEqual({ code, stdout }, { code: 3, stdout: "" })
      assert.include(stderr, "broken (broken): Misconfigured, its token has a line break in it")
      assert.notInclude(stderr, "sk-one")
    })
  )

  it.live("wants one answer to the question of the form", () =>
    Effect.gen(function* () {
      const { run } = yield* makeWorld
      const both = yield* run(["token", "openai", "--json", "--format", "env"])
      assert.deepStrictEqual(both, { code: 2, stdout: "", stderr: "Give --json or --format env, not both.\n" })
      const unknown = yield* run(["token", "openai", "--format", "yaml"])
      assert.strictEqual(unknown.code, 2)
      for (const format of ["raw", "json", "headers", "env", "aws"]) assert.include(unknown.stderr, format)
    })
  )

  it.live("for an unknown provider names the nearest, and leaves no ledger behind", () =>
    Effect.gen(function* () {
      const { home, run } = yield* makeWorld
      const { code, stderr, stdout } = yield* run(["token", "openai-codx", "--format", "aws"])
      assert.deepStrictEqual({ code, stdout }, { code: 3, stdout: "" })
      assert.include(stderr, "Did you mean openai-codex?")
      assert.isFalse(existsSync(home))
    })
  )
})
