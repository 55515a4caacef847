/** Holds the description of the format to the code: its example is a ledger, its sums are right, its numbers are ours. */
import { verify } from "@daybook/ledger/Verify"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { closeLine, hashOf } from "./support/Lines.ts"
import { tempFolder } from "./support/TempFolder.ts"

const page = readFileSync(new URL("../../../docs/ledger-format.md", import.meta.url), "utf8")

const blocks = (language: string): ReadonlyArray<string> =>
  Array.from(page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm")), ([, text = ""]) => text)

const [sealed = "", live = ""] = blocks("jsonl")

const writeExample = Effect.tap(tempFolder, (folder) =>
  Effect.sync(() => {
    writeFileSync(join(folder, "ledger.0000000000000001.jsonl"), sealed)
    writeFileSync(join(folder, "ledger.jsonl"), live)
  })
)

describe("the example in the description of the format", () => {
  it.live("is a ledger of two segments with sealed junk, whichever way it is verified", () =>
    Effect.gen(function* () {
      const folder = yield* writeExample
      for (const fast of [false, true]) {
        const { events, firstBad, head, segments } = yield* verify(folder, { fast })
        assert.deepStrictEqual([firstBad, events, head.h], [undefined, 5, hashOf(live.trimEnd())])
        assert.deepStrictEqual(
          segments.map(({ bySum, isSealed }) => ({ bySum, isSealed })),
          [
            { bySum: fast, isSealed: true },
            { bySum: false, isSealed: false }
          ]
        )
      }
      assert.strictEqual((yield* verify(folder)).junk.length, 1)
    })
  )

  it("has lines that close as it says", () => {
    let previous = ""
    for (const line of `${sealed}${live}`.trimEnd().split("\n").filter(hashOf)) {
      assert.strictEqual(closeLine(previous, line.slice(0, line.lastIndexOf(',"h":'))), line)
      previous = hashOf(line)
    }
  })

  it("computes its sums in Python as it says", () => {
    const [program = ""] = blocks("python")
    assert.include(program, "assert")
    assert.strictEqual(execFileSync("python3", ["-c", program], { encoding: "utf8" }), "")
  })
})
