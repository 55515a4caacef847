/** The next command that an answer ends with: pasted into a shell as it stands, it answers about the same ledger. */
import { commandsFor } from "@daybook/cli/CommandTable"
import { open as openHistory } from "@daybook/cli/History"
import { commandLines } from "@daybook/cli/render/CommandLines"
import { root } from "@daybook/cli/Root"
import { sameLedger } from "@daybook/cli/SameLedger"
import { members } from "@daybook/pool/PoolState"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { daybookHome } from "daybook/Home"
import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { linesOf } from "./support/Answers.ts"

const recordings = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))
const names = readdirSync(recordings).filter((name) => name !== "README.md")

const run = Effect.fnUntraced(function* (words: ReadonlyArray<string>) {
  const commands = yield* Effect.promise(() => commandsFor([...words]))
  yield* Command.runWith(Command.withSubcommands(root, commands), { version: "0" })(words)
})

/** The commands of Daybook that stand on lines of their own, as a shell reads them. */
const namedIn = (lines: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  lines
    .join("\n")
    .replaceAll(/ \\\n +/g, " ")
    .split("\n")
    .filter((line) => /^ +daybook /.test(line))
    .map((line) => line.trim().split(" ").slice(1))

describe("the next command of a recorded ledger", () => {
  it.effect.each(names)("%s answers about that ledger", (name) =>
    Effect.gen(function* () {
      const ledger = join(recordings, name)
      const { state } = yield* openHistory({ home: "/nowhere" }, { ledger: Option.some(ledger) })
      const questions = [["loops"], ...members(state).map(({ id }) => ["why", id])]
      for (const question of questions) {
        const answer = yield* linesOf(run([...question, "--ledger", ledger]))
        for (const words of namedIn(answer)) {
          assert.include(words, ledger, words.join(" "))
          assert.isAbove((yield* linesOf(run(words))).length, 2, words.join(" "))
        }
      }
    }).pipe(Effect.scoped, Effect.provide(nodeServices))
  )
})

describe("the ledger of a next command", () => {
  const copy = { ledger: Option.some("copies/of last night") }
  const own = { home: daybookHome() }

  it("is the copy that was asked about, quoted for a shell", () => {
    assert.strictEqual(
      sameLedger(own, copy)("daybook story main"),
      "daybook story main --ledger 'copies/of last night'"
    )
    const plain = sameLedger({ home: "/elsewhere" }, { ledger: Option.some("copies/a") })
    assert.strictEqual(plain("daybook why main --at 9"), "daybook why main --at 9 --ledger copies/a")
  })

  it("is shown where a copy cannot say who is served now", () =>
    assert.strictEqual(
      sameLedger(own, copy)("daybook explain openai-codex"),
      "daybook show --ledger 'copies/of last night'"
    ))

  it("is at home on another machine for what acts on a pool, and nothing to another program", () => {
    for (const command of ["refresh main", "resume main", "enrol --again main", "login xai-oauth", "doctor"]) {
      assert.strictEqual(
        sameLedger(own, copy)(`daybook ${command}`),
        `On the machine of this ledger: daybook ${command}`
      )
    }
    assert.strictEqual(sameLedger(own, copy)("codex login"), "codex login")
  })

  it("is named where it is not the one that is meant without a flag", () => {
    assert.strictEqual(sameLedger({ home: "/other" }, {})("daybook resume main"), "daybook resume main --home /other")
    assert.strictEqual(sameLedger(own, {})("daybook resume main"), "daybook resume main")
  })
})

describe("a long command", () => {
  it("goes on in a second line, as a shell reads it", () => {
    const ledger = `/${"folder/".repeat(9)}ledger`
    assert.deepStrictEqual(commandLines(`daybook why main --at 33 --ledger ${ledger}`, "  "), [
      "  daybook why main --at 33 \\",
      `    --ledger ${ledger}`
    ])
  })

  it("of another program stays in one", () => {
    const command = `hermes ${"x".repeat(90)}`
    assert.deepStrictEqual(commandLines(command, ""), [command])
  })
})
