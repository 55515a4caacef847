/**
 * Records one story. What is expected is on disk before anything runs; the ledger is copied as it stands, line by line,
 * once every program has gone.
 */
import * as Verify from "@daybook/ledger/Verify"
import { Effect } from "effect"
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Expected } from "./Expected.ts"
import { OffScript } from "./Program.ts"
import type { Scenario } from "./Scenario.ts"
import * as Stage from "./Stage.ts"

export const recordings = fileURLToPath(new URL("../../../../examples/ledgers", import.meta.url))

/** In bytes. */
export const longest = 100_000

export interface Places {
  /** In which the folder of the recording is made. */
  readonly recordings: string
  /** Where the story plays; its path is recorded. It is made for that, and gone afterwards. */
  readonly stage: string
}

export const usual: Places = { recordings, stage: join(tmpdir(), "daybook-story") }

export const record = Effect.fnUntraced(function* (scenario: Scenario, places: Places = usual) {
  const { policies = {}, policy = {}, run, ...expected } = scenario
  const folder = join(places.recordings, expected.name)
  expect(folder, expected)
  const stage = yield* Stage.make(places.stage, policy)
  yield* Effect.scoped(run(stage)).pipe(
    Effect.catchTag("SandboxError", Effect.die),
    Effect.mapError(({ message }) => offScript(expected.name, message))
  )
  yield* isWhole(stage.home)
  const ledger = join(folder, "ledger.jsonl")
  copyFileSync(join(stage.home, "ledger.jsonl"), ledger)
  for (const [name, data] of Object.entries(policies)) writeJson(join(folder, `${name}.json`), data)
  yield* isFit(ledger, yield* Effect.orDie(stage.sandbox.issuedTokens))
  return `${expected.name}: ${statSync(ledger).size} bytes`
}, Effect.scoped)

const offScript = (name: string, what: string) =>
  new OffScript({ message: `${name} went off its script. This does not hold: ${what}` })

/** Whatever was recorded before is gone with it. */
const expect = (folder: string, expected: Expected): void => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeJson(join(folder, "expected.json"), expected)
}

const isWhole = Effect.fnUntraced(function* (home: string) {
  const { isConsistent } = yield* Effect.orDie(Verify.verify(home))
  if (!isConsistent) return yield* new OffScript({ message: "The recorded ledger is not whole." })
})

const isFit = Effect.fnUntraced(function* (ledger: string, tokens: ReadonlyArray<string>) {
  const text = readFileSync(ledger, "utf8")
  if (tokens.some((token) => text.includes(token)))
    return yield* new OffScript({ message: "The ledger holds a token." })
  if (text.length > longest) return yield* new OffScript({ message: `The ledger is longer than ${longest} bytes.` })
})

const writeJson = (path: string, data: unknown): void => writeFileSync(path, `${JSON.stringify(data, null, 2)}\n`)
