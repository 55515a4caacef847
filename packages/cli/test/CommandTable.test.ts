/** The table of commands: whole, and loading no more than the command line asks for. */
import { commandsFor, table } from "@daybook/cli/CommandTable"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { daybook } from "./support/Cli.ts"
import { tempFolder } from "./support/TempFolder.ts"

const names = Object.keys(table)
const modules = readdirSync(fileURLToPath(new URL("../src/commands", import.meta.url)))

/** A command that is there by its name alone says nothing of itself. */
const loaded = (line: ReadonlyArray<string>) =>
  Effect.map(
    Effect.promise(() => commandsFor(line)),
    (commands) => commands.filter(({ description }) => description !== undefined).map(({ name }) => name)
  )

const run = (...args: ReadonlyArray<string>) =>
  Effect.scoped(Effect.flatMap(tempFolder, (user) => daybook(args, { user })))

describe("the table of commands", () => {
  it.effect("has every command under the command's own name", () =>
    Effect.gen(function* () {
      const commands = yield* Effect.promise(() => commandsFor(["--help"]))
      assert.deepStrictEqual(
        commands.map(({ name }) => name),
        names
      )
      assert.strictEqual(names.length, modules.length)
    })
  )

  it.effect("loads only what the command line names", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* loaded(["--home", "/x", "status", "--json"]), ["status"])
      assert.deepStrictEqual(yield* loaded(["exec", "--", "x", "--help", "log"]), ["exec"])
      assert.deepStrictEqual(yield* loaded(["--version"]), [])
    })
  )

  it.effect("loads all for help, for completions, and where no command is named", () =>
    Effect.gen(function* () {
      const lines = [[], ["--help"], ["status", "-h"], ["--completions", "zsh"], ["statsu"]]
      for (const line of lines) assert.deepStrictEqual(yield* loaded(line), names)
    })
  )

  it.live("is what --help lists, each with what it does", () =>
    Effect.gen(function* () {
      const { stdout } = yield* run("--help")
      const [, listed = ""] = stdout.split("SUBCOMMANDS\n")
      const lines = Array.from(listed.matchAll(/^ {2}(\S+) {2,}\S/gm), ([, name]) => name)
      assert.deepStrictEqual(lines, names)
    })
  )

  it.live("answers a typo with the nearest of all, though another command's name stands beside it", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* run("verfy", "status")
      assert.strictEqual(code, 2)
      assert.match(stderr, /Did you mean this\?\s+verify/)
    })
  )
})
