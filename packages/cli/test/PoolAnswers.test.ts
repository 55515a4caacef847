/** What commands answer with `--json` about a pool as it is now, held to docs/schemas by a validator that is not ours. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { answerTo } from "./support/Held.ts"
import { makeWorld } from "./support/World.ts"

vi.setConfig({ testTimeout: 60_000 })

const recordings = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))

const recorded = readdirSync(recordings).filter((name) => existsSync(join(recordings, name, "ledger.jsonl")))

const looks: ReadonlyArray<ReadonlyArray<string>> = [
  ["list"],
  ["explain", "openai-codex"],
  ["explain", "openai-codex", "--model", "gpt-5"]
]

const levelsOf = (findings: ReadonlyArray<{ readonly level: string }>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(findings, ({ level }) => level)).map(([level, all]) => [level, all?.length ?? 0])
  )

describe("answers in JSON about a pool", () => {
  it.live("are of the shapes in docs/schemas, whatever happened in it", () =>
    Effect.gen(function* () {
      const words = new Set<string>()
      for (const name of recorded) {
        for (const look of looks) yield* answerTo([...look, "--home", join(recordings, name)])
        const { credentials } = yield* answerTo(["status", "--home", join(recordings, name)])
        for (const { word } of credentials) words.add(word)
      }
      yield* answerTo(["doctor", "--home", join(recordings, "two-logins-in-one-file")])
      assert.sameMembers([...words], ["ok", "dead"])
    })
  )

  it.live("are so where stores and a file that was named cannot be read", () =>
    Effect.gen(function* () {
      const { begin, home, user } = yield* makeWorld
      yield* begin
      const { credentials, problems } = yield* answerTo(["status", "--home", home, "--vault", join(user, "nothing")])
      assert.lengthOf(credentials, 2)
      assert.lengthOf(problems, 1)
      const { findings } = yield* answerTo(["doctor", "--home", home, "--vault", join(user, "nothing")])
      assert.deepInclude(levelsOf(findings), { problem: 1 })
      const nowhere = yield* answerTo(["doctor", "--home", join(user, "nowhere")])
      assert.deepInclude(levelsOf(nowhere.findings), { problem: 1 })
    })
  )
})
