/**
 * Holds README and docs to what they say: their programs run, their commands exist, their links lead somewhere.
 */
import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { rm, symlink, writeFile } from "node:fs/promises"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { environmentOf } from "./support/Environment.ts"
import { inWorld } from "./support/inWorld.ts"
import type { World } from "./support/World.ts"

const slow = 60_000
const root = fileURLToPath(new URL("../../..", import.meta.url))
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path))
]

const read = (page: string): string => readFileSync(join(root, page), "utf8")

const blocks = (page: string, language: string): ReadonlyArray<string> =>
  Array.from(read(page).matchAll(/^```(\w*)\n([^]*?)^```$/gm), ([, named, code = ""]) => ({ named, code })).flatMap(
    ({ code, named }) => (named === language ? [code] : [])
  )

const run = (world: World, ...args: ReadonlyArray<string>) =>
  promisify(execFile)(process.execPath, args, {
    env: environmentOf(world)
  })

const runHere = (
  program: string,
  words: ReadonlyArray<string>,
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd: string }
) => promisify(execFile)(process.execPath, [program, ...words], options)

/** Each command behind a `$`, and what stands below it. */
const transcripts = (code: string): ReadonlyArray<readonly [command: string, answer: string]> =>
  code
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n")
      return [part.slice(0, end), part.slice(end + 1)]
    })

/** As a shell takes a line apart, so far as the pages need it. */
const wordsIn = (command: string): ReadonlyArray<string> =>
  Array.from(command.matchAll(/'([^']*)'|\S+/g), ([word, quoted]) => quoted ?? word)

/** As on a machine where hermes is logged in. */
const atHome = (world: World): Promise<void> => symlink(join(world.folder, "hermes"), join(world.folder, ".hermes"))

/** And where a pool has been used. */
const inUse = async (world: World): Promise<void> => {
  await atHome(world)
  await (await world.open()).close()
}

describe("README and docs", () => {
  it("show what each of these commands prints, on three recorded ledgers at least", () => {
    const shown = blocks(join("docs", "history.md"), "console").flatMap(transcripts)
    const commands = shown.map(([command]) => command.split(" ")[1] ?? "")
    const looking = "why story lineage trace show diff bisect loops what-if replay audit log"
    assert.includeMembers(commands, looking.split(" "))
    const ledgers = shown.flatMap(([command]) => /--ledger (\S+)/.exec(command)?.[1] ?? [])
    assert.isAtLeast(new Set(ledgers).size, 3)
  })

  for (const page of pages) {
    for (const [index, code] of blocks(page, "ts").entries()) {
      it.live(
        `${page}: program ${index + 1} runs`,
        () =>
          inWorld(async (world) => {
            await inUse(world)
            const program = join(
              root,
              "packages/daybook/test",
              `.${relative(root, world.folder).replaceAll(/\W/g, "_")}.ts`
            )
            await writeFile(program, code)
            try {
              assert.strictEqual((await run(world, program)).stderr, "")
            } finally {
              await rm(program)
            }
          }),
        slow
      )
    }

    const commands = blocks(page, "sh").flatMap((code) =>
      Array.from(code.matchAll(/^(?:echo '([^']*)' \| )?(npx --no daybook [^#\n]+)/gm))
    )
    for (const [, input = "", command = ""] of commands) {
      it.live(
        `${page}: \`${command.trim()}\` answers`,
        () =>
          inWorld(async (world) => {
            await (command.includes("--vault") ? atHome(world) : inUse(world))
            const words = command.trim().split(/\s+/).slice(3)
            const running = run(world, join(root, "packages/cli/bin/daybook.js"), ...words)
            running.child.stdin?.end(input)
            assert.notStrictEqual((await running).stdout, "")
          }),
        slow
      )
    }

    for (const [command, answer] of blocks(page, "console").flatMap(transcripts)) {
      it.live(
        `${page}: \`${command}\` answers what stands there`,
        () =>
          inWorld(async (world) => {
            const words = wordsIn(command).slice(1)
            const program = join(root, "packages/cli/bin/daybook.js")
            const { stdout } = await runHere(program, words, { env: environmentOf(world), cwd: root })
            assert.strictEqual(stdout, answer)
          }),
        slow
      )
    }

    it(`${page}: what a command answers is held to what it does`, () => {
      const loose = blocks(page, "").flatMap(transcripts)
      assert.deepStrictEqual(
        loose.filter(([command, answer]) => command.startsWith("daybook ") && answer.trim() !== ""),
        []
      )
    })

    it(`${page}: every link leads to a file`, () => {
      const links = Array.from(read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, target = ""]) => target)
      const broken = links.filter((target) => !existsSync(join(root, dirname(page), target)))
      assert.deepStrictEqual(broken, [])
    })
  }
})
