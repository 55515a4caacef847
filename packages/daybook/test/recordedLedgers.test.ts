/**
 * The ledgers of examples/ledgers: what each is expected to show was written from a fault before the fault was injected,
 * and must be what a reader of the ledger is told.
 */
import * as Verify from "@daybook/ledger/Verify"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Expected } from "../scripts/ledgers/Expected.ts"
import { page } from "../scripts/ledgers/Page.ts"
import { longest, record, recordings } from "../scripts/ledgers/Recording.ts"
import { scenarios } from "../scripts/ledgers/scenarios.ts"
import { readLedger } from "./support/Audit.ts"

const slow = 60_000

const folders = readdirSync(recordings, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : []
)

const readExpected = (folder: string): Expected =>
  Schema.decodeUnknownSync(Schema.fromJsonString(Expected), { onExcessProperty: "error" })(
    readFileSync(join(folder, "expected.json"), "utf8")
  )

/** Of a text of JSON. */
const valuesOf = (text: string, key: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(new RegExp(`"${key}":"([^"]*)"`, "g")), ([, value = ""]) => value)

describe("the recorded ledgers", () => {
  it("are those of the stories, and all on their page", () => {
    assert.deepStrictEqual(folders.toSorted(), scenarios.map(({ name }) => name).toSorted())
    assert.strictEqual(readFileSync(join(recordings, "README.md"), "utf8"), page(scenarios))
  })
})

for (const { policies = {}, policy: _policy, run: _run, ...expected } of scenarios) {
  describe(`the recorded ledger ${expected.name}`, () => {
    const folder = join(recordings, expected.name)

    it.effect("is whole", () =>
      Effect.gen(function* () {
        assert.isTrue((yield* Verify.verify(folder)).isConsistent)
      })
    )

    it("is expected to show what its story says, and has no more beside it", () => {
      assert.deepStrictEqual(readExpected(folder), expected)
      const beside = Object.keys(policies).map((name) => `${name}.json`)
      assert.deepStrictEqual(readdirSync(folder).toSorted(), ["expected.json", "ledger.jsonl", ...beside].toSorted())
    })

    it("is short, and knows neither the machine of its recording nor an address of anybody", () => {
      const text = readFileSync(join(folder, "ledger.jsonl"), "utf8")
      assert.isAtMost(text.length, longest)
      assert.notInclude(text, "@")
      const hosts = valuesOf(text, "host")
      assert.deepStrictEqual([...new Set(hosts)], ["workstation"])
      for (const path of valuesOf(text, "path")) assert.isTrue(path.startsWith("/tmp/daybook-story/"), path)
    })
  })
}

describe("the recorder", () => {
  it.live(
    "tells the same story again",
    () =>
      Effect.gen(function* () {
        const quiet = scenarios.find(({ name }) => name === "quiet")
        assert(quiet !== undefined)
        const folder = yield* Effect.acquireRelease(
          Effect.sync(() => mkdtempSync(join(tmpdir(), "daybook-recorder-"))),
          (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
        )
        yield* record(quiet, { recordings: folder, stage: join(folder, "stage") })
        const types = (home: string) =>
          Effect.map(
            Effect.promise(() => readLedger({ home })),
            (events) => events.map(({ type }) => type)
          )
        assert.deepStrictEqual(yield* types(join(folder, quiet.name)), yield* types(join(recordings, quiet.name)))
      }).pipe(Effect.scoped),
    slow
  )
})
