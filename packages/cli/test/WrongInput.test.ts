/** What a disk, a person or a newer version can do: it is said with path and next step, and nothing is lost. */
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { authFile, writeAuth } from "./support/AuthFile.ts"
import { makeReadOnly, smallDisk, snapshot, tempFolder } from "./support/TempFolder.ts"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const whole = authFile({ access_token: "access", refresh_token: "refresh" })
const wrongType = {
  ...whole,
  credential_pool: { "openai-codex": [{ ...whole.credential_pool["openai-codex"][0], priority: "first" }] }
}

const fill = (disk: string): void => {
  try {
    writeFileSync(join(disk, "ballast"), Buffer.alloc(2 * 1024 * 1024))
  } catch {
    // as full as it gets
  }
}

describe.concurrent("the command", () => {
  describe.each([
    ["half-written", JSON.stringify(whole).slice(0, 200), "line 1"],
    ["of a wrong type", JSON.stringify(wrongType), "credential_pool.openai-codex[0].priority"]
  ])("an auth.json that is %s", (_, content, place) => {
    it.live("is named by token and by --observe, with the place, and stays as it is", () =>
      Effect.gen(function* () {
        const { codex, run, user } = yield* makeWorld
        const path = writeAuth(user, content)
        const before = snapshot(join(user, ".hermes"))
        for (const args of [
          ["start", "--observe", path],
          ["token", "openai-codex", "--vault", path, ...codex]
        ]) {
          const { code, stderr } = yield* run(args)
          assert.strictEqual(code, 1, args.join(" "))
          assert.include(stderr, path)
          assert.include(stderr, place)
        }
        assert.deepStrictEqual(snapshot(join(user, ".hermes")), before)
      })
    )
  })

  it.live("start with a home is refused, since the tour makes its own", () =>
    Effect.gen(function* () {
      const { run, user } = yield* makeWorld
      const { code, stderr } = yield* run(["start", "--home", user])
      assert.strictEqual(code, 2)
      assert.include(stderr, "The tour works in a temporary folder of its own and takes no --home.")
    })
  )

  it.live("an auth.json that breaks is one plain sentence of every command that opens the pool", () =>
    Effect.gen(function* () {
      const { begin, codex, run, user, vault } = yield* makeWorld
      yield* begin
      writeAuth(user, "{")
      for (const args of [
        ["refresh", "main"],
        ["pause", "main"],
        ["token", "openai-codex"]
      ]) {
        const { stderr } = yield* run([...args, ...codex])
        const about = stderr.split("\n").filter((line) => line.startsWith(`Cannot list the logins in ${vault}`))
        assert.lengthOf(about, 1, stderr)
        assert.notInclude(stderr, "level=")
      }
    })
  )

  describe("a missing auth.json", () => {
    it.live("is said by --observe, and is no error", () =>
      Effect.gen(function* () {
        const { run, user } = yield* makeWorld
        const path = join(user, "nowhere", "auth.json")
        const { code, stdout } = yield* run(["start", "--observe", path])
        assert.strictEqual(code, 0)
        assert.match(stdout, new RegExp(`${path} +not there`))
      })
    )

    it.live("is said beside the pool by whoever only looks", () =>
      Effect.gen(function* () {
        const { begin, run, user } = yield* makeWorld
        yield* begin
        const path = join(user, "nowhere", "auth.json")
        for (const args of [["status"], ["list"], ["explain", "openai"]]) {
          const { code, stderr, stdout } = yield* run([...args, "--vault", path])
          assert.strictEqual(code, 0, args.join(" "))
          assert.include(stderr, `There is no file ${path}.`)
          assert.include(stdout, "openai")
        }
      })
    )

    it.live("is an error where it was asked for", () =>
      Effect.gen(function* () {
        const { run, user } = yield* makeWorld
        const path = join(user, "nowhere", "auth.json")
        const { code, stderr } = yield* run(["token", "openai-codex", "--vault", path])
        assert.strictEqual(code, 1)
        assert.include(stderr, path)
      })
    )
  })

  it.live("observing says first what it reads, then shows every login, and writes nothing at all", () =>
    Effect.gen(function* () {
      const { run, user, vault } = yield* makeWorld
      const before = snapshot(user)
      const { code, stdout } = yield* run(["start", "--observe"])
      assert.strictEqual(code, 0)
      assert.isBelow(stdout.indexOf("send nothing"), stdout.indexOf("PROVIDER"))
      for (const shown of [
        vault,
        ".codex/auth.json",
        "main",
        "ada@example.com",
        "device_code",
        "owned",
        "key",
        "team"
      ]) {
        assert.include(stdout, shown)
      }
      assert.deepStrictEqual(snapshot(user), before)
    })
  )

  describe("a ledger that was changed", () => {
    it.live("fails verification with line and offset, and is not decided upon", () =>
      Effect.gen(function* () {
        const { begin, home, run } = yield* makeWorld
        yield* begin
        assert.strictEqual((yield* run(["verify"])).code, 0)
        const path = join(home, "ledger.jsonl")
        const [first = "", ...rest] = readFileSync(path, "utf8").split("\n")
        writeFileSync(path, [first, ...rest].join("\n").replace("device_code", "device_cove"))
        const damagedAt = rest.findIndex((line) => line.includes("device_code")) + 2
        const { code, stderr, stdout } = yield* run(["verify"])
        assert.strictEqual(code, 4)
        assert.match(stdout, new RegExp(`damaged at line ${damagedAt}, byte \\d+`))
        assert.include(stderr, path)
        const status = yield* run(["status"])
        assert.strictEqual(status.code, 1)
        assert.include(status.stderr, `line ${damagedAt}`)
        assert.strictEqual((yield* run(["doctor"])).code, 1)
      })
    )

    it.live("says its damage of the moment that it ends at, and not of one before", () =>
      Effect.gen(function* () {
        const { begin, home, run } = yield* makeWorld
        yield* begin
        const whole = yield* run(["show", "--at", "1", "--ledger", home])
        const path = join(home, "ledger.jsonl")
        writeFileSync(path, readFileSync(path, "utf8").replace("device_code", "device_cove"))
        assert.deepStrictEqual(yield* run(["show", "--at", "1", "--ledger", home]), whole)
        assert.include((yield* run(["show", "--ledger", home])).stderr, "is damaged")
        assert.include((yield* run(["show", "--at", "9999", "--ledger", home])).stderr, "is damaged")
      })
    )
  })

  it.live("a ledger of a newer version is refused by name, and stays as it is", () =>
    Effect.gen(function* () {
      const { begin, home, run } = yield* makeWorld
      yield* begin
      const path = join(home, "ledger.jsonl")
      const newer = readFileSync(path, "utf8")
        .replace(`"format":1`, `"format":9`)
        .replace(/,"h":"[^}]*}/, `,"sum":"x"}`)
      writeFileSync(path, newer)
      for (const args of [["status"], ["log"], ["token", "openai"]]) {
        const { code, stderr } = yield* run(args)
        assert.strictEqual(code, 1, args.join(" "))
        assert.include(stderr, path)
        assert.include(stderr, "Update Daybook")
      }
      assert.strictEqual(readFileSync(path, "utf8"), newer)
    })
  )

  it.live("a folder on a read-only disk is named, and can be looked at all the same", () =>
    Effect.gen(function* () {
      const { at, codex, run, sandbox, user, vault } = yield* makeWorld
      writeAuth(user, authFile(yield* sandbox.issue({ firstAccessLifetime: -60, accessLifetime: 3600 })))
      const disk = yield* smallDisk
      const place = { ...at, env: { DAYBOOK_HOME: join(disk, "pool") } }
      assert.strictEqual((yield* run(["token", "openai", "--vault", vault], place)).code, 0)
      makeReadOnly(disk)
      for (const args of [
        ["pause", "key"],
        ["token", "openai-codex", ...codex]
      ]) {
        const { code, stderr, stdout } = yield* run(args, place)
        assert.deepStrictEqual([args, code, stdout], [args, 1, ""])
        assert.include(stderr, join(disk, "pool"))
        assert.include(stderr, "EROFS")
      }
      assert.deepStrictEqual(yield* sandbox.journal, [])
      for (const args of [["status"], ["token", "openai"]]) assert.strictEqual((yield* run(args, place)).code, 0)
    })
  )

  it.live("a full disk is named, and what stands in the ledger stays whole", () =>
    Effect.gen(function* () {
      const { at, run, vault } = yield* makeWorld
      const disk = yield* smallDisk
      const place = { ...at, env: { DAYBOOK_HOME: join(disk, "pool") } }
      assert.strictEqual((yield* run(["token", "openai", "--vault", vault], place)).code, 0)
      fill(disk)
      const { code, stderr } = yield* run(["pause", "key"], place)
      assert.strictEqual(code, 1, stderr)
      assert.include(stderr, disk)
      assert.match(stderr, /ENOSPC|disk is full/)
      assert.strictEqual((yield* run(["verify"], place)).code, 0)
    })
  )

  describe("doctor", () => {
    it.live("says who else may read the key, and how to end that", () =>
      Effect.gen(function* () {
        const { begin, home, run } = yield* makeWorld
        yield* begin
        const key = join(home, "fingerprint.key")
        chmodSync(key, 0o644)
        const { code, stdout } = yield* run(["doctor"])
        assert.strictEqual(code, 1)
        assert.include(stdout, `chmod 0600 ${key}`)
      })
    )

    it.live("misses the key and the store that the ledger names", () =>
      Effect.gen(function* () {
        const { begin, home, run, vault } = yield* makeWorld
        yield* begin
        rmSync(join(home, "fingerprint.key"))
        rmSync(vault)
        const { code, stdout } = yield* run(["doctor"])
        assert.strictEqual(code, 1)
        assert.include(stdout, "the key is gone")
        assert.include(stdout, `${vault}: the file is not there`)
      })
    )

    it.live("looks even where there is no ledger", () =>
      Effect.gen(function* () {
        const { run, user } = yield* makeWorld
        const { code, stdout } = yield* run(["doctor", "--home", join(user, "nothing")])
        assert.strictEqual(code, 1)
        assert.include(stdout, "there is no ledger")
      })
    )

    it.live("says so of a home that cannot be looked at, or whose files cannot", () =>
      Effect.gen(function* () {
        const { run } = yield* makeWorld
        const elsewhere = yield* tempFolder
        const loop = join(elsewhere, "loop")
        symlinkSync(loop, loop)
        const folder = yield* run(["doctor", "--home", loop])
        assert.strictEqual(folder.code, 1)
        assert.match(folder.stdout, new RegExp(`problem +${loop}: it cannot be looked at: ELOOP\\n +-> Let the user`))
        const key = join(elsewhere, "fingerprint.key")
        symlinkSync(key, key)
        const file = yield* run(["doctor", "--home", elsewhere])
        assert.include(file.stdout, `${key}: it cannot be looked at: ELOOP`)
      })
    )

    it.live("looks at the store it is given where there is no ledger, and misses no key there", () =>
      Effect.gen(function* () {
        const { home, run, user } = yield* makeWorld
        mkdirSync(home, { mode: 0o700 })
        const vault = writeAuth(user, "{")
        const { code, stdout } = yield* run(["doctor", "--vault", vault])
        assert.strictEqual(code, 1)
        assert.include(stdout, "there is no ledger")
        assert.match(stdout, new RegExp(`problem +${vault}: .*line 1`))
        assert.notInclude(stdout, "key is gone")
        assert.deepStrictEqual(readdirSync(home), [])
      })
    )

    it.live("says once why a ledger cannot be read", () =>
      Effect.gen(function* () {
        const { begin, home, run } = yield* makeWorld
        yield* begin
        writeFileSync(join(home, "ledger.jsonl"), "not a ledger\n")
        const { code, stdout } = yield* run(["doctor"])
        assert.strictEqual(code, 1)
        assert.include(stdout, "1 problem.")
        const verified = yield* run(["verify"])
        assert.strictEqual(verified.code, 4)
        assert.notInclude(verified.stderr, "is whole")
      })
    )
  })

  it.live("a port in use ends the tour with the port and the next step", () =>
    Effect.gen(function* () {
      const { run } = yield* makeWorld
      const server = yield* Effect.acquireRelease(
        Effect.callback<ReturnType<typeof createServer>>((resume) => {
          const server = createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      const { code, stderr } = yield* run(["start", "--port", String(port)])
      assert.strictEqual(code, 1)
      assert.include(stderr, `Port ${port}`)
      assert.include(stderr, "Stop the program that holds it")
    })
  )

  it.live("no folder is made for a tour that cannot start", () =>
    Effect.gen(function* () {
      const { at, run } = yield* makeWorld
      const temporary = yield* tempFolder
      const place = { ...at, env: { TMPDIR: temporary } }
      const before = snapshot(temporary)
      assert.strictEqual((yield* run(["start", "--port", "99999"], place)).code, 2)
      assert.deepStrictEqual(snapshot(temporary), before)
    })
  )
})
