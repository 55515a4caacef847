/** What docs/history.md shows of these commands is what they print. */
import { commandsFor } from "@daybook/cli/CommandTable"
import { root } from "@daybook/cli/Root"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { linesOf, tooWide } from "./support/Answers.ts"

const page = new URL("../../../docs/history.md", import.meta.url)
const recordings = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))

/** A command line, and what stands under it. */
const transcripts = [
  ...readFileSync(page, "utf8").matchAll(/^```console\n\$ daybook ((?:audit|diff|log|show|story) .*)\n([^]*?)\n```$/gm)
].map(([, line = "", output = ""]) => ({ line, output: output.split("\n") }))

const run = Effect.fnUntraced(function* (line: string) {
  const words = line.replace("examples/ledgers", recordings).split(" ")
  const commands = yield* Effect.promise(() => commandsFor(words))
  yield* Command.runWith(Command.withSubcommands(root, commands), { version: "0" })(words)
})

describe("the page on looking back", () => {
  it("has a transcript of each of the five commands", () =>
    assert.sameMembers(
      transcripts.map(({ line }) => line.split(" ")[0]),
      ["audit", "diff", "log", "show", "story"]
    ))

  it.effect.each(transcripts)("shows what `daybook $line` prints", ({ line, output }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* linesOf(run(line)), output)
      if (!line.startsWith("log ")) assert.deepStrictEqual(tooWide(output), [])
    }).pipe(Effect.provide(nodeServices))
  )
})
