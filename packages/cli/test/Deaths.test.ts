/** A login that dies while a command runs: what a person reads on stderr, as processes of their own. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { authFile, writeAuth } from "./support/AuthFile.ts"
import { makeWorld } from "./support/World.ts"

vi.setConfig({ testTimeout: 60_000 })

const count = (text: string, part: string): number => text.split(part).length - 1

const remedy = "Log in to OpenAI Codex again"

/** Its access token is over, and its provider has ended it. */
const withDeadLogin = Effect.gen(function* () {
  const world = yield* makeWorld
  const { sandbox, user } = world
  const dead = yield* sandbox.issue({ accessLifetime: 1 })
  yield* sandbox.revoke({ grant: dead.grant })
  const file = authFile(dead)
  writeAuth(user, file)
  return { ...world, dead, file }
})

describe("a login that dies in the very command", () => {
  for (const format of ["raw", "json"]) {
    it.live(`is told with its remedy once by \`token --format ${format}\`, in the command's own error`, () =>
      Effect.gen(function* () {
        const { codex, run, vault } = yield* withDeadLogin
        const ran = yield* run(["token", "openai-codex", "--vault", vault, "--format", format, ...codex])
        assert.deepStrictEqual([ran.code, ran.stdout], [3, ""])
        assert.strictEqual(count(ran.stderr, remedy), 1, ran.stderr)
        assert.strictEqual(count(ran.stderr, "the login is dead"), 1, ran.stderr)
      })
    )
  }

  it.live("is told once where several logins are passed over", () =>
    Effect.gen(function* () {
      const { codex, file, run, sandbox, user, vault } = yield* withDeadLogin
      const other = yield* sandbox.issue({ accessLifetime: 1 })
      yield* sandbox.revoke({ grant: other.grant })
      const [row] = file.credential_pool["openai-codex"]
      const { access_token, refresh_token } = other
      const second = { ...row, id: "second", source: "manual:device_code", access_token, refresh_token }
      writeAuth(user, { ...file, credential_pool: { "openai-codex": [row, second] } })
      const ran = yield* run(["token", "openai-codex", "--vault", vault, ...codex])
      assert.strictEqual(ran.code, 3)
      assert.strictEqual(count(ran.stderr, remedy), 2, ran.stderr)
      assert.strictEqual(count(ran.stderr, "openai-codex (main): the login is dead"), 1, ran.stderr)
      assert.strictEqual(count(ran.stderr, "openai-codex (second): the login is dead"), 1, ran.stderr)
    })
  )

  it.live("is told in one line beside the token that another login gives", () =>
    Effect.gen(function* () {
      const { codex, file, login, run, user, vault } = yield* withDeadLogin
      const [row] = file.credential_pool["openai-codex"]
      const { access_token, refresh_token } = login
      const second = { ...row, id: "second", priority: 1, source: "manual:device_code", access_token, refresh_token }
      writeAuth(user, { ...file, credential_pool: { "openai-codex": [row, second] } })
      const ran = yield* run(["token", "openai-codex", "--vault", vault, ...codex])
      assert.deepStrictEqual([ran.code, ran.stdout], [0, `${login.access_token}\n`])
      assert.match(ran.stderr, /^openai-codex \(main\): the login is dead \(\w+, rule \S+\)\. Log in to .*\n$/)
      const again = yield* run(["token", "openai-codex", ...codex])
      assert.deepStrictEqual([again.stdout, again.stderr], [`${login.access_token}\n`, ""])
    })
  )
})
