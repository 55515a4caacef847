/** The logins of other programs as `import` and `token --recover` use them: real processes, real files. */
import { assert, describe, it, vi } from "@effect/vitest"
import { openAiCodex, openPool, providerAt } from "daybook"
import { Effect } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { codexPath, look, writeCodex } from "./support/CodexFile.ts"
import { writeLoginFiles } from "./support/LoginFiles.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const events = (home: string): ReadonlyArray<{ readonly type: string }> =>
  readFileSync(join(home, "ledger.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))

const count = (home: string, type: string) => events(home).filter((event) => event.type === type).length

describe.concurrent("daybook import", () => {
  it.live("borrows a login: says whose it is and what was checked, and its token is served afterwards", () =>
    Effect.gen(function* () {
      const { codex, login, run, sandbox, user } = yield* makeWorld
      const file = writeCodex(user, login)
      const before = look(file)
      const imported = yield* run(["import", "codex-cli", ...codex])
      assert.deepStrictEqual([imported.code, imported.stderr], [0, ""])
      assert.include(
        imported.stdout,
        `${file} holds a login of OpenAI Codex, of ${login.email}, account ${login.account_id}`
      )
      assert.include(imported.stdout, "OpenAI Codex accepted its access token. Nothing of it was spent.")
      assert.match(
        imported.stdout,
        /^\S+ borrows it: only its access token is used\. When that ends, run codex login;/m
      )
      const token = yield* run(["token", "openai-codex", ...codex])
      assert.strictEqual(token.stdout, `${login.access_token}\n`)
      assert.match((yield* run(["list"])).stdout, /openai-codex .*\.codex\/auth\.json/)
      assert.match(
        (yield* run(["doctor"])).stdout,
        /\.codex\/auth\.json: only read, never written; .* keychain is not read/
      )
      assert.deepStrictEqual(look(file), before)
      assert.deepStrictEqual(yield* sandbox.journal, [])
    })
  )

  it.live("says so if it is in the pool already", () =>
    Effect.gen(function* () {
      const { codex, home, login, run, user } = yield* makeWorld
      writeCodex(user, login)
      const first = JSON.parse((yield* run(["import", "codex-cli", "--json", ...codex])).stdout)
      assert.strictEqual(first.imported[0].outcome, "borrowed")
      const again = yield* run(["import", "codex-cli", ...codex])
      assert.strictEqual(again.code, 0)
      assert.include(again.stdout, `It is in the pool already, as ${first.imported[0].credential}.`)
      const json = JSON.parse((yield* run(["import", "codex-cli", "--json", ...codex])).stdout)
      assert.deepInclude(json.imported[0], { outcome: "already there", credential: first.imported[0].credential })
      assert.strictEqual(count(home, "CredentialEnrolled"), 1)
    })
  )

  it.live("imports that login and nothing else of the file, not even later", () =>
    Effect.gen(function* () {
      const { codex, home, login, run, user } = yield* makeWorld
      const { access_token, account_id, id_token, refresh_token } = login
      const tokens = { access_token, account_id, id_token, refresh_token }
      writeCodex(user, { OPENAI_API_KEY: "sk-beside-the-login", tokens })
      yield* run(["import", "codex-cli", ...codex])
      yield* run(["token", "openai-codex", ...codex])
      assert.strictEqual(count(home, "CredentialEnrolled"), 1)
    })
  )

  it.live("finds an imported login again where --path said, though it is an unusual place", () =>
    Effect.gen(function* () {
      const { codex, run, sandbox, user } = yield* makeWorld
      const login = yield* sandbox.issue({ dialect: "anthropic" })
      writeLoginFiles(user, {
        "elsewhere/auth.json": {
          claudeAiOauth: {
            accessToken: login.access_token,
            refreshToken: login.refresh_token,
            expiresAt: Date.now() + 3_600_000
          }
        }
      })
      const path = join(user, "elsewhere/auth.json")
      const imported = yield* run(["import", "claude-code", "--path", path, ...codex])
      assert.deepStrictEqual([imported.code, imported.stderr], [0, ""])
      assert.include(imported.stdout, "an account that its file does not name")
      const token = yield* run(["token", "anthropic", ...codex])
      assert.deepStrictEqual([token.stdout, token.stderr], [`${login.access_token}\n`, ""])
    })
  )

  it.live("takes a known place for the program that keeps its login there", () =>
    Effect.gen(function* () {
      const { codex, login, run, user } = yield* makeWorld
      const { code } = yield* run(["import", "--path", writeCodex(user, login), ...codex])
      assert.strictEqual(code, 0)
    })
  )

  it.live("takes a login over only if it was told so, and says the price first", () =>
    Effect.gen(function* () {
      const { codex, home, login, run, sandbox, user } = yield* makeWorld
      const file = writeCodex(user, login)
      const before = look(file)
      yield* run(["import", "codex-cli", ...codex])
      const asked = yield* run(["import", "codex-cli", "--take-over", ...codex])
      assert.strictEqual(asked.code, 2)
      assert.include(asked.stderr, "logs the Codex CLI out")
      assert.include(asked.stderr, "--yes")
      assert.isFalse(existsSync(join(home, "grants")))
      const taken = yield* run(["import", "codex-cli", "--take-over", "--yes", ...codex])
      assert.strictEqual(taken.code, 0)
      assert.include(taken.stderr, "logs the Codex CLI out")
      assert.match(taken.stdout, /^\S+, which borrowed it, is out of the pool\.$/m)
      assert.deepStrictEqual(yield* sandbox.journal, [])
      const [id = ""] = /^\S+ is a login of Daybook's own/m.exec(taken.stdout)?.[0].split(" ") ?? []
      const refreshed = yield* run(["refresh", id, ...codex])
      assert.strictEqual(refreshed.code, 0)
      assert.strictEqual((yield* sandbox.journal).length, 1)
      assert.deepStrictEqual(look(file), before)
    })
  )

  it.live("a login that was taken over is in the pool once, whatever is asked for afterwards", () =>
    Effect.gen(function* () {
      const { codex, home, login, run, user } = yield* makeWorld
      writeCodex(user, login)
      const [borrowed] = JSON.parse((yield* run(["import", "codex-cli", "--json", ...codex])).stdout).imported
      const takeOver = ["import", "codex-cli", "--take-over", "--yes", "--json", ...codex]
      const [taken] = JSON.parse((yield* run(takeOver)).stdout).imported
      const enrolled = count(home, "CredentialEnrolled")
      for (const args of [takeOver, ["import", "codex-cli", "--json", ...codex]]) {
        const again = yield* run(args)
        assert.strictEqual(again.code, 0, again.stderr)
        assert.deepInclude(JSON.parse(again.stdout).imported[0], {
          outcome: "already there",
          credential: taken.credential
        })
      }
      const listed = yield* run(["enrol", "--kind", "codex-cli", ...codex])
      assert.include(listed.stdout, `the login is in the pool as ${taken.credential}`)
      assert.notInclude(listed.stdout, "--again")
      yield* run(["refresh", taken.credential, ...codex])
      const back = yield* run(["enrol", "--again", borrowed.credential, ...codex])
      assert.strictEqual(back.code, 1)
      assert.include(back.stderr, `it is the same login as ${taken.credential}`)
      assert.strictEqual(count(home, "CredentialEnrolled"), enrolled)
    })
  )

  it.live("changes nothing if the provider says no", () =>
    Effect.gen(function* () {
      const { codex, home, login, run, sandbox, user } = yield* makeWorld
      const file = writeCodex(user, login)
      yield* sandbox.revoke({ grant: login.grant })
      const { code, stderr } = yield* run(["import", "codex-cli", ...codex])
      assert.strictEqual(code, 1)
      assert.include(stderr, file)
      assert.include(stderr, "401 token_invalidated")
      assert.strictEqual(count(home, "CredentialEnrolled"), 0)
    })
  )

  describe("what cannot be imported is an error with the next step", () => {
    const cases: ReadonlyArray<
      readonly [
        name: string,
        args: ReadonlyArray<string>,
        content: string | object | undefined,
        says: string,
        code: number
      ]
    > = [
      ["no file", ["codex-cli"], undefined, "There is no file", 1],
      ["a path to no file", ["codex-cli", "--path", "/nope/x.json"], undefined, "Name an existing one with --path", 1],
      ["hermes", ["hermes"], undefined, "`daybook enrol`", 2],
      ["an unknown program", ["netscape"], undefined, "claude-code", 2],
      ["nothing said", [], undefined, "Choose one of: claude-code, codex-cli", 2],
      ["a path without its program", ["--path", "/nowhere/auth.json"], undefined, "Say also whose it is", 2],
      ["a file without a login", ["codex-cli"], {}, "run codex login", 1],
      ["a blank stub", ["codex-cli"], { tokens: { access_token: "", refresh_token: "" } }, "blank stubs", 1],
      ["an API key", ["codex-cli"], { auth_mode: "apikey", OPENAI_API_KEY: "sk-only" }, "an API key and no login", 1],
      ["half a file", ["codex-cli"], `{"tokens":{"access_to`, "line 1", 1]
    ]
    for (const [name, args, content, says, expected] of cases) {
      it.live(name, () =>
        Effect.gen(function* () {
          const { codex, home, run, user } = yield* makeWorld
          if (content !== undefined) writeCodex(user, content)
          const { code, stderr, stdout } = yield* run(["import", ...args, ...codex])
          assert.deepStrictEqual([code, stdout], [expected, ""])
          assert.include(stderr, says)
          if (content !== undefined) assert.include(stderr, codexPath(user))
          assert.isFalse(existsSync(home))
        })
      )
    }
  })
})

/** The pool's login ends at its provider, and the pool has noticed. */
const lose = ({ home, login, sandbox, vault }: Effect.Success<typeof makeWorld>) =>
  Effect.andThen(
    sandbox.revoke({ grant: login.grant }),
    Effect.promise(async () => {
      await using pool = await openPool({ home, vault, providers: [providerAt(openAiCodex, sandbox.origin)] })
      await pool.refresh("main").catch(() => undefined)
    })
  )

describe.concurrent("daybook token --recover", () => {
  it.live("borrows the login of another program when the pool's own is dead, and only if it is asked to", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { codex, home, login, run, sandbox, user } = world
      yield* lose(world)
      const theirs = yield* sandbox.issue({ account: login.account_id })
      const file = writeCodex(user, theirs)
      const before = look(file)
      const without = yield* run(["token", "openai-codex", ...codex])
      assert.strictEqual(without.code, 3)
      const { code, stdout } = yield* run(["token", "openai-codex", "--recover", ...codex])
      assert.deepStrictEqual([code, stdout], [0, `${theirs.access_token}\n`])
      assert.strictEqual(count(home, "RecoveryAdopted"), 1)
      const later = yield* run(["token", "openai-codex", ...codex])
      assert.strictEqual(later.stdout, `${theirs.access_token}\n`)
      assert.deepStrictEqual(look(file), before)
    })
  )

  it.live("keeps the first error if there is nothing to borrow", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const { codex, run, sandbox, user } = world
      yield* lose(world)
      writeCodex(user, yield* sandbox.issue({}))
      const without = yield* run(["token", "openai-codex", ...codex])
      const recovering = yield* run(["token", "openai-codex", "--recover", ...codex])
      assert.deepStrictEqual(recovering, without)
    })
  )
})
