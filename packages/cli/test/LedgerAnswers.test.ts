/** What the commands about the ledger itself answer with `--json`, held to docs/schemas. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { answerTo } from "./support/Held.ts"
import { tempFolder } from "./support/TempFolder.ts"
import { makeWorld } from "./support/World.ts"

vi.setConfig({ testTimeout: 60_000 })

const recordings = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))

const recorded = readdirSync(recordings).filter((name) => existsSync(join(recordings, name, "ledger.jsonl")))

/** A copy of a recorded ledger, and what stands in it. */
const copyOf = Effect.fnUntraced(function* (name: string) {
  const folder = join(yield* tempFolder, "copy")
  cpSync(join(recordings, name), folder, { recursive: true })
  const path = join(folder, "ledger.jsonl")
  return { folder, path, text: readFileSync(path, "utf8") }
})

/** A pool whose ledger has a damaged line in its middle. */
const damagedPool = Effect.gen(function* () {
  const { begin, home, user } = yield* makeWorld
  yield* begin
  const path = join(home, "ledger.jsonl")
  writeFileSync(path, readFileSync(path, "utf8").replace("device_code", "device_cove"))
  return { home, path, user }
})

const segmentsIn = (folder: string) => readdirSync(folder).filter((name) => /^ledger\.\d{16}\.jsonl$/.test(name))

const half = `{"seq":99,"at":"2026-`

describe("the answer in JSON of verify", () => {
  it.live("is of its shape on whole ledgers", () =>
    Effect.gen(function* () {
      for (const name of recorded) {
        assert.deepInclude(yield* answerTo(["verify", join(recordings, name)]), { isConsistent: true, firstBad: null })
      }
    })
  )

  it.live("is so where lines are half, damaged, or not a ledger's at all", () =>
    Effect.gen(function* () {
      const { folder, path, text } = yield* copyOf("quiet")
      appendFileSync(path, half)
      assert.isNotNull((yield* answerTo(["verify", folder])).tornTail)
      writeFileSync(path, text.replace(`{"seq":5,`, `{"sep":5,`))
      assert.isFalse((yield* answerTo(["verify", "--fast", folder])).isConsistent)
      writeFileSync(path, text.replace("LedgerOpened", "LedgerOpemed"))
      assert.isNull((yield* answerTo(["verify", folder])).ledger)
    })
  )

  it.live("is so of checkpoints, whether the ledger holds them or not", () =>
    Effect.gen(function* () {
      const { folder, path, text } = yield* copyOf("quiet")
      const { line } = yield* answerTo(["checkpoint", folder])
      const { line: other } = yield* answerTo(["checkpoint", join(recordings, "left-alone-for-weeks")])
      const notes = join(folder, "notes.txt")
      const verdicts = Effect.fnUntraced(function* (...lines: ReadonlyArray<string>) {
        writeFileSync(notes, lines.join("\n"))
        const { checkpoints } = yield* answerTo(["verify", folder, "--checkpoint", notes])
        return checkpoints.map(({ verdict }: { readonly verdict: string }) => verdict)
      })
      const rewritten = line.replace(/ [\w-]{43} /, ` ${"x".repeat(43)} `)
      assert.deepStrictEqual(yield* verdicts(line, other, rewritten), ["held", "another ledger", "rewritten"])
      writeFileSync(path, `${text.split("\n").slice(0, -2).join("\n")}\n`)
      assert.deepStrictEqual(yield* verdicts(line), ["truncated"])
    })
  )
})

describe("the answer in JSON of repair and archive", () => {
  it.live("is of its shape where damage is found, accepted, and moved away", () =>
    Effect.gen(function* () {
      const { home, path, user } = yield* damagedPool
      const pool = ["--home", home]
      const dry = yield* answerTo(["repair", "--dry-run", ...pool])
      assert.deepInclude(dry, { dryRun: true, isDone: false })
      assert.deepInclude(dry.findings[0], { kind: "Damage", path })
      assert.deepInclude(yield* answerTo(["repair", ...pool]), { dryRun: false, isDone: true })
      appendFileSync(path, half)
      assert.deepStrictEqual(kindsOf(yield* answerTo(["repair", "--dry-run", ...pool])), ["TornTail"])
      const { accepted } = yield* answerTo(["verify", ...pool])
      assert.lengthOf(accepted, 1)
      const old = ["archive", "--before", "2100-01-01", "--to", join(user, "old"), ...pool]
      assert.isTrue((yield* answerTo([...old, "--dry-run"])).dryRun)
      assert.lengthOf((yield* answerTo(old)).moved, 1)
      assert.lengthOf((yield* answerTo(old)).moved, 0)
      assert.isNotNull((yield* answerTo(["verify", ...pool])).missing)
    })
  )

  it.live("is so where files are gone", () =>
    Effect.gen(function* () {
      const { home, path } = yield* damagedPool
      const pool = ["--home", home]
      yield* answerTo(["repair", ...pool])
      rmSync(path)
      assert.include(kindsOf(yield* answerTo(["repair", "--dry-run", ...pool])), "NoLiveSegment")
      assert.isTrue((yield* answerTo(["repair", ...pool])).isDone)
      for (const name of segmentsIn(home)) rmSync(join(home, name))
      assert.deepStrictEqual(kindsOf(yield* answerTo(["repair", ...pool])), ["Beyond"])
      assert.isNotNull((yield* answerTo(["verify", ...pool])).lacksBase)
    })
  )
})

const kindsOf = ({ findings }: { readonly findings: ReadonlyArray<{ readonly kind: string }> }) =>
  findings.map(({ kind }) => kind)
