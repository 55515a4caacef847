/** What `bin` runs: the bundle, and the sources where the bundle is not what they say. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const here = fileURLToPath(new URL("..", import.meta.url))

/** As it is published: the folders that `files` names, without what it leaves out, and what it depends on. */
const published = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "daybook-published-"))
  for (const part of ["bin", "bundle", "package.json"])
    cpSync(join(here, part), join(folder, part), { recursive: true })
  for (const left of ["sources.json", "compiled"])
    rmSync(join(folder, "bundle", left), { recursive: true, force: true })
  mkdirSync(join(folder, "node_modules"))
  const native = "node_modules/fs-native-extensions"
  symlinkSync(join(here, native), join(folder, native))
  return folder
}

const run = (folder: string, ...args: ReadonlyArray<string>) =>
  Effect.callback<string>((resume) => {
    const env = { PATH: process.env["PATH"], HOME: folder }
    execFile(process.execPath, [join(folder, "bin/daybook.js"), ...args], { env }, (_error, stdout, stderr) =>
      resume(Effect.succeed(stdout + stderr))
    )
  })

/** Beside a bundle that was made when its one source was as `listed`. The source says so when it runs. */
const besideSource = (listed: (size: number, modified: number) => ReadonlyArray<unknown>): string => {
  const folder = published()
  const source = join(folder, "src/main.ts")
  mkdirSync(join(folder, "src"))
  writeFileSync(source, 'console.log("from the sources")\n')
  const { mtimeMs, size } = statSync(source)
  writeFileSync(join(folder, "bundle/sources.json"), JSON.stringify([listed(size, mtimeMs)]))
  return folder
}

describe("the command that is installed", () => {
  it.live("needs nothing but its bundle and the native library", () =>
    Effect.gen(function* () {
      const folder = published()
      assert.strictEqual(yield* run(folder, "--version"), "daybook v0.0.0\n")
      assert.include(yield* run(folder, "status"), `There is no ledger in ${folder}`)
    })
  )

  it.live("keeps what was compiled in the bundle's own folder", () =>
    Effect.gen(function* () {
      const folder = published()
      yield* run(folder, "--version")
      assert.isNotEmpty(readdirSync(join(folder, "bundle/compiled")))
    })
  )

  it.live("runs where nothing compiled can be kept", () =>
    Effect.gen(function* () {
      const folder = published()
      writeFileSync(join(folder, "bundle/compiled"), "no folder")
      assert.strictEqual(yield* run(folder, "--version"), "daybook v0.0.0\n")
    })
  )

  it.live("runs its bundle as long as the sources are what it was made from", () =>
    Effect.gen(function* () {
      const folder = besideSource((size, modified) => ["../src/main.ts", size, modified])
      assert.strictEqual(yield* run(folder, "--version"), "daybook v0.0.0\n")
    })
  )

  const leftBehind = {
    "a source is longer now": besideSource((size, modified) => ["../src/main.ts", size - 1, modified]),
    "a source was written again": besideSource((size, modified) => ["../src/main.ts", size, modified - 1]),
    "a source is gone": besideSource((size, modified) => ["../src/gone.ts", size, modified])
  }
  for (const [why, folder] of Object.entries(leftBehind)) {
    it.live(`runs its sources if ${why}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* run(folder, "--version"), "from the sources\n")
      })
    )
  }

  it.live("runs its sources if nothing was bundled", () =>
    Effect.gen(function* () {
      const folder = besideSource(() => [])
      rmSync(join(folder, "bundle"), { recursive: true })
      assert.strictEqual(yield* run(folder, "--version"), "from the sources\n")
    })
  )
})
