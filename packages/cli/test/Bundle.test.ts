/** What `bin` runs: the bundle, and the sources where the bundle is not what they say. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { tempFolder } from "./support/TempFolder.ts"

const here = fileURLToPath(new URL("..", import.meta.url))

/** The package as it is published: what `files` names, without what it leaves out, and what it depends on. */
const published: Effect.Effect<string, never, Scope.Scope> = Effect.tap(tempFolder, (folder) =>
  Effect.sync(() => {
    for (const part of ["bin", "bundle", "package.json"])
      cpSync(join(here, part), join(folder, part), { recursive: true })
    for (const left of ["sources.json", "compiled"])
      rmSync(join(folder, "bundle", left), { recursive: true, force: true })
    mkdirSync(join(folder, "node_modules"))
    const native = "node_modules/fs-native-extensions"
    symlinkSync(join(here, native), join(folder, native))
  })
)

const run = (folder: string, ...args: ReadonlyArray<string>) =>
  Effect.callback<string>((resume) => {
    const env = { PATH: process.env["PATH"], HOME: folder }
    execFile(process.execPath, [join(folder, "bin/daybook.js"), ...args], { env }, (_error, stdout, stderr) =>
      resume(Effect.succeed(stdout + stderr))
    )
  })

type Listed = (size: number, modified: number) => readonly [path: string, size: number, modified: number]

/** Its bundle was made when its one source was as `listed`. The source says so when it runs. */
const besideSource = (listed: Listed): Effect.Effect<string, never, Scope.Scope> =>
  Effect.tap(published, (folder) =>
    Effect.sync(() => {
      const source = join(folder, "src/main.ts")
      mkdirSync(join(folder, "src"))
      writeFileSync(source, 'console.log("from the sources")\n')
      const { mtimeMs, size } = statSync(source)
      writeFileSync(join(folder, "bundle/sources.json"), JSON.stringify([listed(size, mtimeMs)]))
    })
  )

const unchanged: Listed = (size, modified) => ["../src/main.ts", size, modified]

const changed: Readonly<Record<string, Listed>> = {
  "a source is longer now": (size, modified) => ["../src/main.ts", size - 1, modified],
  "a source was written again": (size, modified) => ["../src/main.ts", size, modified - 1],
  "a source is gone": (size, modified) => ["../src/gone.ts", size, modified]
}

const fromBundle = "daybook v0.0.0\n"
const fromSources = "from the sources\n"

describe("the command that is installed", () => {
  it.live("needs nothing but its bundle and the native library", () =>
    Effect.gen(function* () {
      const folder = yield* published
      assert.strictEqual(yield* run(folder, "--version"), fromBundle)
      assert.include(yield* run(folder, "status"), `There is no ledger in ${folder}`)
    })
  )

  it.live("has the page of the viewer in its bundle", () =>
    Effect.gen(function* () {
      const folder = yield* published
      const ledger = fileURLToPath(new URL("../../../examples/ledgers/a-bad-afternoon", import.meta.url))
      yield* run(folder, "view", "--ledger", ledger, "--out", join(folder, "report.html"))
      const report = readFileSync(join(folder, "report.html"), "utf8")
      assert.include(report, readFileSync(join(folder, "bundle/page/page.css"), "utf8"))
    })
  )

  it.live("keeps what was compiled in the bundle's own folder", () =>
    Effect.gen(function* () {
      const folder = yield* published
      yield* run(folder, "--version")
      assert.isNotEmpty(readdirSync(join(folder, "bundle/compiled")))
    })
  )

  it.live("runs where nothing compiled can be kept", () =>
    Effect.gen(function* () {
      const folder = yield* published
      writeFileSync(join(folder, "bundle/compiled"), "no folder")
      assert.strictEqual(yield* run(folder, "--version"), fromBundle)
    })
  )

  it.live("runs its bundle as long as the sources are what it was made from", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* run(yield* besideSource(unchanged), "--version"), fromBundle)
    })
  )

  for (const [why, listed] of Object.entries(changed)) {
    it.live(`runs its sources if ${why}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* run(yield* besideSource(listed), "--version"), fromSources)
      })
    )
  }

  it.live("runs its sources if nothing was bundled", () =>
    Effect.gen(function* () {
      const folder = yield* besideSource(unchanged)
      rmSync(join(folder, "bundle"), { recursive: true })
      assert.strictEqual(yield* run(folder, "--version"), fromSources)
    })
  )
})
