/** Two who look at the same event read the same bytes, whatever one of them has behind it. */
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { linesOf } from "./support/Answers.ts"
import { run } from "./support/InProcess.ts"
import { tempFolder } from "./support/TempFolder.ts"

const recording = fileURLToPath(new URL("../../../examples/ledgers/token-invalidated-hourly", import.meta.url))

/** The recording, with its file changed. */
const changed = Effect.fnUntraced(function* (change: (text: string) => string) {
  const ledger = join(yield* tempFolder, "copy")
  cpSync(recording, ledger, { recursive: true })
  const path = join(ledger, "ledger.jsonl")
  const [before, after] = [readFileSync(path, "utf8"), change(readFileSync(path, "utf8"))]
  assert.notStrictEqual(after, before)
  writeFileSync(path, after)
  return ledger
})

const damaged = changed((text) => text.replace(`{"seq":20,"at":"2026`, `{"seq":20,"at":"2027`))
const shorter = changed((text) => text.slice(0, text.indexOf(`{"seq":16,`)))

const questions = [
  "show",
  "show main",
  "why main",
  "story main",
  "lineage main",
  "loops",
  "trace 9",
  "what-if --policy default",
  "replay"
]

/** What goes to standard output, and what to standard error. */
const heard = Effect.fnUntraced(function* (line: string, ledger: string) {
  const said = vi.spyOn(console, "error").mockReturnValue()
  const lines = yield* linesOf(run([...line.split(" "), "--ledger", ledger]))
  const errors = said.mock.calls.flat()
  said.mockRestore()
  return { lines, errors }
})

describe("an answer as of an event", () => {
  for (const question of questions) {
    it.effect(`\`${question}\` is the same before damage, before the end of a shorter copy, and in the whole`, () =>
      Effect.gen(function* () {
        const [before, cut] = [yield* damaged, yield* shorter]
        for (const line of [`${question} --at 15`, `${question} --at 15 --json`]) {
          const whole = yield* heard(line, recording)
          assert.deepStrictEqual(yield* heard(line, before), whole)
          assert.deepStrictEqual(yield* heard(line, cut), whole)
          assert.deepStrictEqual(whole.errors, [])
        }
      }).pipe(Effect.scoped, Effect.provide(nodeServices))
    )
  }

  it.effect("of the end is not: the damage is said", () =>
    Effect.gen(function* () {
      const { errors } = yield* heard("show", yield* damaged)
      assert.match(errors.join(" "), /is damaged at line 20.*events up to 19, which are whole/)
    }).pipe(Effect.scoped, Effect.provide(nodeServices))
  )
})
