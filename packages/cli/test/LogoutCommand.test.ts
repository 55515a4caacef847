/** `logout` as its users run it: a process of its own, on real files, against a sandbox. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { writeCodex } from "./support/CodexFile.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

/** A world whose pool has a login of its own, taken over from the Codex CLI, and the two of hermes' file. */
const withOwn = Effect.gen(function* () {
  const world = yield* makeWorld
  yield* world.begin
  const theirs = yield* world.sandbox.issue({})
  writeCodex(world.user, theirs)
  const { stdout } = yield* world.run(["import", "codex-cli", "--take-over", "--yes", "--json", ...world.codex])
  const id: string = JSON.parse(stdout).imported[0].credential
  return { ...world, theirs, id }
})

const revoked = ({ sandbox }: Effect.Success<typeof makeWorld>) =>
  Effect.map(sandbox.revocations, (all) => all.map(({ token }) => token))

describe.concurrent("daybook logout", () => {
  it.live("tells the provider, empties the store, and takes the login out of the pool", () =>
    Effect.gen(function* () {
      const world = yield* withOwn
      const { codex, home, id, run, theirs } = world
      const asked = yield* run(["logout", id, ...codex])
      assert.strictEqual(asked.code, 2)
      assert.include(asked.stderr, "--yes")
      assert.deepStrictEqual(yield* revoked(world), [])
      const { code, stderr, stdout } = yield* run(["logout", id, "--yes", ...codex])
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, `${id} is logged out and out of the pool. openai-codex has ended the login.`)
      assert.deepStrictEqual(yield* revoked(world), [theirs.refresh_token])
      assert.deepStrictEqual(
        readdirSync(join(home, "grants")).filter((name) => name.endsWith(".json")),
        []
      )
      assert.notInclude((yield* run(["status"])).stdout, id)
      const again = yield* run(["logout", id, "--json", ...codex])
      assert.strictEqual(again.code, 0, again.stderr)
      assert.deepInclude(JSON.parse(again.stdout), { outcome: "unchanged", events: [] })
    })
  )

  it.live("is an error for what was only removed, since its provider was never told", () =>
    Effect.gen(function* () {
      const world = yield* withOwn
      const { codex, id, run } = world
      yield* run(["remove", id, "--yes", ...codex])
      const { code, stderr } = yield* run(["logout", id, "--yes", ...codex])
      assert.strictEqual(code, 1)
      assert.include(stderr, "not in the pool any more")
      assert.deepStrictEqual(yield* revoked(world), [])
    })
  )

  it.live("logs out of hermes' file by the label of the login, and leaves its API keys", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.begin
      const { code, stdout } = yield* world.run(["logout", "main", "--yes", "--json", ...world.codex])
      const document = JSON.parse(stdout)
      assert.deepStrictEqual([code, document.credential, document.outcome], [0, "main", "logged out"])
      assert.includeMembers(
        document.events.map(({ type }: { readonly type: string }) => type),
        ["LogoutPerformed", "CredentialRemoved"]
      )
      const file = JSON.parse(readFileSync(world.vault, "utf8"))
      assert.deepStrictEqual(file.credential_pool["openai-codex"], [])
      assert.strictEqual(file.credential_pool.openai.length, 1)
      assert.deepStrictEqual(yield* revoked(world), [world.login.refresh_token])
    })
  )

  it.live("logs out here only if it is told so, and says what that leaves behind", () =>
    Effect.gen(function* () {
      const world = yield* withOwn
      const { code, stdout } = yield* world.run(["logout", world.id, "--local", "--yes", ...world.codex])
      assert.strictEqual(code, 0)
      assert.include(stdout, "openai-codex was not told")
      assert.deepStrictEqual(yield* revoked(world), [])
    })
  )

  it.live("changes nothing if the provider cannot be reached, and names the way out", () =>
    Effect.gen(function* () {
      const { id, login, run, vault } = yield* withOwn
      const nowhere = ["--sandbox", "http://127.0.0.1:9"]
      const { code, stderr } = yield* run(["logout", id, "--yes", ...nowhere])
      assert.strictEqual(code, 1)
      assert.include(stderr, "--local")
      assert.include((yield* run(["status"])).stdout, id)
      assert.include(readFileSync(vault, "utf8"), login.refresh_token)
    })
  )

  it.live("refuses an API key, a borrowed login and an unknown name", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.begin
      writeCodex(world.user, yield* world.sandbox.issue({}))
      const { stdout } = yield* world.run(["import", "codex-cli", "--json", ...world.codex])
      const borrowed: string = JSON.parse(stdout).imported[0].credential
      for (const [name, says] of [
        ["key", "it is an API key"],
        [borrowed, "belongs to another program (codex-cli)"],
        ["nobody", "main"]
      ] as const) {
        const { code, stderr } = yield* world.run(["logout", name, "--yes", ...world.codex])
        assert.strictEqual(code, 1, name)
        assert.include(stderr, says)
      }
      assert.deepStrictEqual(yield* revoked(world), [])
    })
  )

  it.live("begins no ledger", () =>
    Effect.gen(function* () {
      const { home, run } = yield* makeWorld
      const { code } = yield* run(["logout", "main", "--yes"])
      assert.strictEqual(code, 1)
      assert.isFalse(existsSync(home))
    })
  )
})
