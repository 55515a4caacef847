/** What the command says of a login of Daybook's own whose file is not where the pool keeps it. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { cpSync, readdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { writeCodex } from "./support/CodexFile.ts"
import { talk } from "./support/Talk.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

/** A world whose pool has one login, of its own. */
const withOwn = Effect.gen(function* () {
  const world = yield* makeWorld
  const theirs = yield* world.sandbox.issue({})
  writeCodex(world.user, theirs)
  const { stdout } = yield* world.run(["import", "codex-cli", "--take-over", "--yes", "--json", ...world.codex])
  const id: string = JSON.parse(stdout).imported[0].credential
  const file = readdirSync(join(world.home, "grants")).find((name) => name.endsWith(".json")) ?? ""
  return { ...world, theirs, id, file: join(world.home, "grants", file) }
})

const userCode = /^ {2}([0-9A-F]{4}-[0-9A-F]{4})$/m

describe.concurrent("a login whose file is gone", () => {
  it.live("is a problem to doctor and status, and what they name is a way out", () =>
    Effect.gen(function* () {
      const { at, codex, file, id, run, sandbox, theirs } = yield* withOwn
      assert.strictEqual((yield* run(["doctor"])).code, 0)
      rmSync(file)
      const doctor = yield* run(["doctor"])
      assert.strictEqual(doctor.code, 1)
      assert.include(doctor.stdout, `${id} (openai-codex): its file ${file} is gone`)
      assert.include(doctor.stdout, `\`daybook login openai-codex --new\`, then \`daybook remove ${id}\``)
      const status = yield* run(["status"])
      assert.include(status.stdout, "0 of 1 usable")
      assert.include(status.stdout, `its file ${file} is gone`)
      const [row] = JSON.parse((yield* run(["status", "--json"])).stdout).credentials
      assert.include(row.lost, file)

      assert.notStrictEqual((yield* run(["token", "openai-codex", ...codex])).code, 0)
      assert.strictEqual((yield* run(["doctor"])).code, 1)
      yield* sandbox.logins({ deviceInterval: 0, grant: { account: theirs.account_id } })
      const login = yield* talk(["login", "openai-codex", "--device", "--new", ...codex], at)
      const [, code = ""] = yield* login.shows(userCode)
      yield* sandbox.decide({ userCode: code, decision: "approve" })
      assert.strictEqual((yield* login.ended).code, 0)
      const removed = yield* run(["remove", id, "--yes", ...codex])
      assert.strictEqual(removed.code, 0, removed.stderr)
      assert.include((yield* run(["doctor"])).stdout, "Nothing is wrong.")
      assert.strictEqual((yield* run(["token", "openai-codex", ...codex])).code, 0)
    })
  )
})

describe.concurrent("a home that was copied or moved", () => {
  it.live("serves none of its own logins, and says where they belong", () =>
    Effect.gen(function* () {
      const { at, codex, home, id, run, sandbox, user } = yield* withOwn
      const moved = join(user, "moved")
      cpSync(home, moved, { recursive: true })
      const there = { ...at, env: { DAYBOOK_HOME: moved } }
      for (const args of [
        ["refresh", id],
        ["token", "openai-codex"]
      ]) {
        const { code, stderr } = yield* run([...args, ...codex], there)
        assert.strictEqual(code, 1)
        assert.include(stderr, home)
        assert.include(stderr, "move this one back to its path")
      }
      assert.deepStrictEqual(yield* sandbox.journal, [])
      for (const command of ["doctor", "status"]) {
        const { stdout } = yield* run([command], there)
        assert.include(stdout, `its login belongs to the home ${home}`)
        assert.include(stdout, `Use --home ${home}`)
      }
      assert.strictEqual((yield* run(["doctor"], there)).code, 1)
      rmSync(home, { recursive: true })
      assert.strictEqual((yield* run(["token", "openai-codex", ...codex], there)).code, 1)
      renameSync(moved, home)
      assert.strictEqual((yield* run(["refresh", id, ...codex])).code, 0)
    })
  )
})
