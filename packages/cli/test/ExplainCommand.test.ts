/** `daybook explain`: whom the next call would get, read from the ledger alone. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { authFile, writeAuth } from "./support/AuthFile.ts"
import { snapshot } from "./support/TempFolder.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const key = (id: string, priority: number) => ({
  id,
  label: id,
  auth_type: "api_key",
  priority,
  source: "manual",
  access_token: `sk-test-${id}`
})

/** Four keys of one provider. */
const makeKeys = Effect.gen(function* () {
  const world = yield* makeWorld
  const file = authFile(world.login)
  const openai = [key("first", 0), key("second", 1), key("third", 2), key("fourth", 3)]
  writeAuth(world.user, { ...file, credential_pool: { ...file.credential_pool, openai } })
  yield* world.begin
  return world
})

describe.concurrent("daybook explain", () => {
  it.live("lists who would be asked in that order, then who is passed over, each with its reason", () =>
    Effect.gen(function* () {
      const { run } = yield* makeKeys
      yield* run(["pause", "first"])
      const { code, stderr, stdout } = yield* run(["explain", "openai", "--model", "gpt-5"])
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      assert.deepStrictEqual(stdout.trimEnd().split("\n"), [
        "openai, for gpt-5, by strategy fill_first",
        "  1  second",
        "     would be served",
        "  2  third",
        "     priority 2, and second has 1",
        "  3  fourth",
        "     priority 3, and second has 1",
        "  -  first",
        "     paused by an operator; `daybook resume first` puts it back into use"
      ])
      const json = JSON.parse((yield* run(["explain", "openai", "--json"])).stdout)
      assert.strictEqual(json.served, "second")
      assert.deepInclude(json.candidates[0], { credential: "second", priority: 1, why: null, text: "would be served" })
      assert.deepInclude(json.candidates[3], { credential: "first", why: "Paused", until: null })
      const token = yield* run(["token", "openai"])
      assert.strictEqual(token.stdout, "sk-test-second\n")
    })
  )

  it.live("says that nobody would be served, in at most 80 columns, and writes nothing", () =>
    Effect.gen(function* () {
      const { begin, codex, home, run } = yield* makeWorld
      yield* begin
      yield* run(["pause", "main", ...codex])
      const before = snapshot(home)
      const { code, stdout } = yield* run(["explain", "openai-codex"])
      assert.strictEqual(code, 0)
      assert.include(stdout, "  -  main (ada@example.com)\n")
      assert.include(stdout, "None would be served; a person has to act first.")
      for (const line of stdout.split("\n")) assert.isAtMost(line.length, 80)
      assert.deepStrictEqual(snapshot(home), before)
    })
  )

  it.live("tells a provider without credentials from one that nobody knows, and names the nearest", () =>
    Effect.gen(function* () {
      const { begin, run } = yield* makeWorld
      yield* begin
      const none = yield* run(["explain", "xai-oauth"])
      assert.deepStrictEqual({ code: none.code, stderr: none.stderr }, { code: 0, stderr: "" })
      assert.include(none.stdout, 'No credential of "xai-oauth" is in this pool. `daybook login xai-oauth` or ')
      const unknown = yield* run(["explain", "openai-codx"])
      assert.deepStrictEqual({ code: unknown.code, stdout: unknown.stdout }, { code: 1, stdout: "" })
      assert.include(unknown.stderr, "Did you mean openai-codex?")
    })
  )
})
