/**
 * Ledgers with all kinds of changes. `DAYBOOK_FUZZ=100000` is the long form, which also prints what came of them.
 * One seed alone: `node packages/ledger/test/support/fuzzer.ts FOLDER SEED 1`.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { tempFolder } from "./support/TempFolder.ts"

const inShort = 2_000
const count = Number(process.env["DAYBOOK_FUZZ"] ?? inShort)

/** Milliseconds for one ledger, on a busy machine. */
const longest = 15_000

interface Summary {
  readonly outcomes: Readonly<Record<string, number>>
  /** Memory in MiB: what was kept after a tenth, what is kept in the end, and the most there ever was. */
  readonly before: number
  readonly after: number
  readonly peak: number
}

/** Answers its last line, and the one before it. */
const fuzz = Effect.fnUntraced(function* (folder: string) {
  // With so little memory a leak soon ends it.
  const flags = ["--expose-gc", "--max-old-space-size=96", "--max-semi-space-size=8"]
  const script = fileURLToPath(new URL("support/fuzzer.ts", import.meta.url))
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [...flags, script, folder, "1", `${count}`], {
        stdio: ["ignore", "pipe", "inherit"]
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  return yield* Effect.promise(async () => {
    const exit = once(child, "exit")
    const watchdog = setTimeout(() => child.kill("SIGKILL"), longest)
    let said = { seed: "", last: "" }
    for await (const line of createInterface(child.stdout)) {
      said = { seed: said.last, last: line }
      watchdog.refresh()
    }
    clearTimeout(watchdog)
    const [code] = await exit
    return { ...said, code: code as number | null }
  })
})

describe("mutated ledgers", () => {
  it.live(
    "bring nobody down, hold nobody up, and pass nothing off as an event",
    () =>
      Effect.gen(function* () {
        const { code, last, seed } = yield* fuzz(yield* tempFolder)
        assert.strictEqual(code, 0, `after seed ${seed}: ${last}`)
        const { after, before, outcomes, peak } = JSON.parse(last) as Summary
        if (count > inShort) process.stdout.write(`${last}\n`)
        for (const outcome of ["damaged", "repaired", "torn", "whole"])
          assert.isAbove(outcomes[outcome] ?? 0, 0, outcome)
        assert.isBelow(after, before + 32, "MiB kept")
        assert.isBelow(peak, 384, "MiB at most")
      }),
    60_000 + count * 100
  )
})
