/** What an operator's acts answer with `--json`, held to docs/schemas; a sandbox is the provider. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { authFile, writeAuth } from "./support/AuthFile.ts"
import { answerTo } from "./support/Held.ts"
import { makeWorld } from "./support/World.ts"

vi.setConfig({ testTimeout: 60_000 })

interface Act {
  readonly credential: string
  readonly outcome: string
  readonly events: ReadonlyArray<{ readonly type: string }>
}

/** A pool with the two credentials of hermes' file, and its commands in this process. */
const makePool = Effect.gen(function* () {
  const world = yield* makeWorld
  yield* world.begin
  const flags = ["--home", world.home, ...world.codex]
  const answer = (words: ReadonlyArray<string>, shape?: string) => answerTo([...words, ...flags], shape)
  const outcomes = Effect.fnUntraced(function* (...lines: ReadonlyArray<ReadonlyArray<string>>) {
    const acts: ReadonlyArray<Act> = yield* Effect.forEach(lines, (words) => answer(words))
    return acts.map(({ outcome }) => outcome)
  })
  return { ...world, answer, outcomes }
})

describe("the answer in JSON of an act", () => {
  it.live("is of its shape, whether it changes something or not", () =>
    Effect.gen(function* () {
      const { outcomes } = yield* makePool
      const twice = (...words: ReadonlyArray<string>) => outcomes(words, words)
      assert.deepStrictEqual(yield* twice("pause", "main", "--keepalive"), ["paused", "unchanged"])
      assert.deepStrictEqual(yield* twice("resume", "main"), ["resumed", "unchanged"])
      assert.deepStrictEqual(yield* twice("relabel", "main", "work"), ["relabelled", "unchanged"])
      assert.deepStrictEqual(yield* twice("prioritise", "key", "7"), ["prioritised", "unchanged"])
      assert.deepStrictEqual(yield* twice("remove", "key", "--yes"), ["removed", "unchanged"])
      assert.deepStrictEqual(yield* twice("enrol", "--again", "key"), ["enrolled", "unchanged"])
    })
  )

  it.live("is so of a login that dies, is revived, and is logged out", () =>
    Effect.gen(function* () {
      const { answer, home, login, outcomes, sandbox } = yield* makePool
      const refreshed = yield* answer(["refresh", "main"])
      assert.strictEqual(refreshed.outcome, "refreshed")
      assert.include(
        refreshed.events.map(({ type }: Act["events"][number]) => type),
        "RefreshSucceeded"
      )
      yield* sandbox.revoke({ grant: login.grant })
      const failed = yield* answer(["refresh", "main"])
      assert.deepInclude(failed, { outcome: "failed", expiresAt: null })
      assert.isNull((yield* answerTo(["explain", "openai-codex", "--home", home])).served)
      assert.deepStrictEqual(yield* outcomes(["revive", "main"], ["revive", "main"]), ["revived", "unchanged"])
      const out = ["logout", "main", "--yes"]
      assert.deepStrictEqual(yield* outcomes(out, out), ["logged out", "unchanged"])
    })
  )

  it.live("is so where it fails", () =>
    Effect.gen(function* () {
      const { answer, user } = yield* makePool
      const { events, outcome, says } = yield* answer(["logout", "key", "--yes"])
      assert.deepStrictEqual([outcome, says, events], ["failed", null, []])
      writeFileSync(join(user, ".hermes", "auth.json"), "{")
      assert.strictEqual((yield* answer(["refresh", "main"])).outcome, "failed")
    })
  )
})

describe("the answer in JSON of enrol", () => {
  it.live("is of its shape for a file with all that there is, and for one that is taken over", () =>
    Effect.gen(function* () {
      const { codex, home, login, user, vault } = yield* makeWorld
      const enrol = (folder: string, ...words: ReadonlyArray<string>) =>
        answerTo(["enrol", ...words, "--home", folder, ...codex])
      const outcomes = ({ logins }: { readonly logins: ReadonlyArray<Act> }) => logins.map(({ outcome }) => outcome)
      assert.sameMembers(outcomes(yield* enrol(home, vault)), ["enrolled", "enrolled"])
      yield* answerTo(["remove", "key", "--yes", "--home", home, ...codex])
      assert.sameMembers(outcomes(yield* enrol(home, vault)), ["member", "removed"])
      const copy = writeAuth(join(user, "copy"), authFile(login))
      assert.sameMembers(outcomes(yield* enrol(home, copy)), ["copy", "enrolled"])
      yield* answerTo(["refresh", "main", "--home", home, ...codex])
      const taken = yield* enrol(join(user, "other"), vault, "--take-over", "--yes")
      assert.strictEqual(taken.takenFrom, home)
    })
  )
})
