/** The commands about the ledger itself, as processes of their own on real files. */
import { findAll } from "@daybook/ledger/Checkpoint"
import { assert, describe, it, vi } from "@effect/vitest"
import { openPool } from "daybook"
import { Effect } from "effect"
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeWorld } from "./support/World.ts"

/** Each command is a process of its own, and the machine may be busy. */
vi.setConfig({ testTimeout: 120_000 })

const half = `{"seq":99,"at":"2026-`

/** A pool whose ledger has a damaged line in its middle. */
const damagedWorld = Effect.gen(function* () {
  const world = yield* makeWorld
  yield* world.begin
  const path = join(world.home, "ledger.jsonl")
  writeFileSync(path, readFileSync(path, "utf8").replace("device_code", "device_cove"))
  return { ...world, path }
})

/** A pool whose ledger has two segments: where damage was accepted, the next one begins. */
const repairedWorld = Effect.tap(damagedWorld, ({ run }) =>
  Effect.map(run(["repair"]), ({ code, stderr }) => assert.strictEqual(code, 0, stderr))
)

const segmentsIn = (folder: string) => readdirSync(folder).filter((name) => /^ledger\.\d{16}\.jsonl$/.test(name))

describe("the command", () => {
  describe("checkpoint", () => {
    it.live("prints one line, which verify then finds held, in a file and on standard input", () =>
      Effect.gen(function* () {
        const { at, begin, run, user } = yield* makeWorld
        yield* begin
        const { stdout } = yield* run(["checkpoint"])
        assert.strictEqual(stdout.split("\n").length, 2)
        assert.strictEqual(findAll(stdout).length, 1)
        const file = join(user, "note.txt")
        writeFileSync(file, `Taken before the weekend:\n\n> ${stdout}`)
        const checked = yield* run(["verify", "--fast", "--checkpoint", file, "--checkpoint", "-"], {
          ...at,
          input: stdout
        })
        assert.strictEqual(checked.code, 0, checked.stderr)
        assert.match(checked.stdout, /complete +yes/)
        assert.strictEqual(checked.stdout.match(/: held$/gm)?.length, 2)
      })
    )

    it.live("gives the same line in JSON, with its parts", () =>
      Effect.gen(function* () {
        const { begin, run } = yield* makeWorld
        yield* begin
        const { line, ...parts } = JSON.parse((yield* run(["checkpoint", "--json"])).stdout)
        assert.deepStrictEqual(
          findAll(line).map((found) => ({ ...found, at: new Date(found.at).toISOString() })),
          [parts]
        )
      })
    )
  })

  describe("verify", () => {
    it.live("tells that the ledger was cut off, though what is left hangs together", () =>
      Effect.gen(function* () {
        const { at, begin, home, run } = yield* makeWorld
        yield* begin
        const { stdout: checkpoint } = yield* run(["checkpoint"])
        const path = join(home, "ledger.jsonl")
        writeFileSync(path, readFileSync(path, "utf8").split("\n").slice(0, -2).join("\n") + "\n")
        const checked = yield* run(["verify", "--checkpoint", "-"], { ...at, input: checkpoint })
        assert.strictEqual(checked.code, 4)
        assert.match(checked.stdout, /consistent +yes[^]*complete +no/)
        assert.include(checked.stdout, "truncated")
        assert.include(checked.stderr, path)
        const json = yield* run(["verify", "--json", "--checkpoint", "-"], { ...at, input: checkpoint })
        assert.strictEqual(json.code, 4)
        assert.deepInclude(JSON.parse(json.stdout), { isConsistent: true, isComplete: false })
      })
    )

    it.live("takes half a line at the end for what it is", () =>
      Effect.gen(function* () {
        const { begin, home, run } = yield* makeWorld
        yield* begin
        appendFileSync(join(home, "ledger.jsonl"), half)
        const { code, stdout } = yield* run(["verify"])
        assert.strictEqual(code, 0)
        assert.match(stdout, new RegExp(`torn tail .*${half.length} bytes .*no damage`))
        const repair = yield* run(["repair", "--dry-run"])
        assert.strictEqual(repair.code, 0)
        assert.include(repair.stdout, "Nothing needs repair: the next append closes it.")
      })
    )

    it.live("names the segment that is missing, as doctor and repair do, and not the one behind it", () =>
      Effect.gen(function* () {
        const { home, path, run } = yield* repairedWorld
        const first = JSON.parse(readFileSync(path, "utf8").split("\n")[0] ?? "").seq
        appendFileSync(path, `${half}\n\n`)
        assert.strictEqual((yield* run(["repair"])).code, 0)
        const [oldest, missing] = segmentsIn(home).map((name) => join(home, name)) as [string, string]
        // The acceptance of its damage goes with the missing one.
        writeFileSync(oldest, readFileSync(oldest, "utf8").replace("device_cove", "device_code"))
        rmSync(missing)
        const { code, stderr, stdout } = yield* run(["verify"])
        assert.strictEqual(code, 4)
        assert.include(stdout, `${missing} is missing, with the events ${first} to`)
        assert.include(stderr, `${missing} is missing`)
        assert.include(stderr, "Put it back")
        assert.include((yield* run(["doctor"])).stdout, `${missing}: is missing`)
        const repair = yield* run(["repair", "--dry-run"])
        assert.strictEqual(repair.code, 4)
        assert.include(repair.stdout, `${missing}: it is missing`)
      })
    )

    it.live("takes a folder without its oldest segments and their state for one that cannot be used", () =>
      Effect.gen(function* () {
        const { home, run } = yield* repairedWorld
        rmSync(join(home, segmentsIn(home)[0] ?? ""))
        const base = join(home, "ledger.base")
        const { code, stderr, stdout } = yield* run(["verify"])
        assert.strictEqual(code, 4)
        assert.match(stdout, /consistent +yes[^]*no state /)
        assert.include(stderr, base)
        assert.include((yield* run(["doctor"])).stdout, `${base}: it is missing`)
        assert.include((yield* run(["repair", "--dry-run"])).stdout, `${base}: it is missing`)
        writeFileSync(base, "{}\n")
        const status = yield* run(["status"])
        assert.strictEqual(status.code, 1)
        assert.include(status.stderr, base)
        assert.notInclude(status.stderr, "daybook repair")
      })
    )

    it.live("does not doubt that a ledger whose oldest line is damaged is one", () =>
      Effect.gen(function* () {
        const { begin, home, run, user } = yield* makeWorld
        yield* begin
        const path = join(home, "ledger.jsonl")
        writeFileSync(path, readFileSync(path, "utf8").replace("LedgerOpened", "LedgerOpemed"))
        const { code, stderr } = yield* run(["verify"])
        assert.strictEqual(code, 4)
        assert.include(stderr, "daybook repair --dry-run")
        assert.notInclude(stderr, "if this is none")
        const other = join(user, "other.txt")
        writeFileSync(other, "not a ledger\n")
        assert.include((yield* run(["verify", other])).stderr, "if this is none")
      })
    )

    it.live("names a file without a checkpoint, and a path without a ledger", () =>
      Effect.gen(function* () {
        const { begin, run, user, vault } = yield* makeWorld
        yield* begin
        const without = yield* run(["verify", "--checkpoint", vault])
        assert.deepInclude(without, { code: 1, stdout: "" })
        assert.include(without.stderr, vault)
        assert.include(without.stderr, "daybook-checkpoint-1")
        const nowhere = yield* run(["verify", join(user, "nowhere")])
        assert.deepInclude(nowhere, { code: 1, stdout: "" })
        assert.include(nowhere.stderr, join(user, "nowhere"))
      })
    )
  })

  describe("repair", () => {
    it.live("says what it would cost and changes nothing, then makes the ledger writable again", () =>
      Effect.gen(function* () {
        const { path, run } = yield* damagedWorld
        const damaged = readFileSync(path)
        const verified = yield* run(["verify"])
        assert.strictEqual(verified.code, 4)
        assert.include(verified.stderr, "daybook repair --dry-run")
        const dry = yield* run(["repair", "--dry-run"])
        assert.strictEqual(dry.code, 4)
        assert.match(dry.stdout, /event \d+ is lost/)
        assert.deepStrictEqual(readFileSync(path), damaged)
        const json = JSON.parse((yield* run(["repair", "--dry-run", "--json"])).stdout)
        assert.deepInclude(json, { dryRun: true, isDone: false })
        assert.deepInclude(json.findings[0], { kind: "Damage", path })
        assert.strictEqual((yield* run(["repair"])).code, 0)
        assert.match((yield* run(["verify"])).stdout, /consistent +yes.*accepted damage aside/)
        assert.deepInclude(yield* run(["repair", "--dry-run"]), { code: 0, stderr: "" })
      })
    )

    it.live("is named where the segment to append to is gone, and goes on behind the last one", () =>
      Effect.gen(function* () {
        const { home, path, run } = yield* repairedWorld
        rmSync(path)
        for (const args of [["status"], ["token", "openai"]]) {
          const { code, stderr } = yield* run(args)
          assert.deepStrictEqual([args, code], [args, 1])
          assert.include(stderr, path)
          assert.include(stderr, "daybook repair")
        }
        assert.strictEqual((yield* run(["repair"])).code, 0)
        assert.strictEqual((yield* run(["verify"])).code, 0)
        assert.isTrue(readdirSync(home).includes("ledger.jsonl"))
      })
    )
  })

  describe("archive", () => {
    it.live("moves old segments away whole, and the pool stays as it is", () =>
      Effect.gen(function* () {
        const { home, run, user } = yield* repairedWorld
        const to = join(user, "old")
        const before = (yield* run(["list"])).stdout
        const segments = segmentsIn(home)
        assert.strictEqual(segments.length, 1)
        const dry = yield* run(["archive", "--before", "2100-01-01", "--to", to, "--dry-run"])
        assert.include(dry.stdout, join(to, segments[0] ?? ""))
        assert.deepStrictEqual(segmentsIn(home), segments)
        const json = JSON.parse((yield* run(["archive", "--before", "2100-01-01", "--to", to, "--json"])).stdout)
        assert.deepInclude(json, { dryRun: false, first: json.moved[0].last + 1 })
        assert.deepStrictEqual([segmentsIn(home), segmentsIn(to)], [[], segments])
        assert.strictEqual((yield* run(["list"])).stdout, before)
        const verified = yield* run(["verify"])
        assert.strictEqual(verified.code, 0)
        assert.match(verified.stdout, new RegExp(`events 1 to ${json.moved[0].last}: archived`))
        const oldest = JSON.parse((yield* run(["log", "--json"])).stdout.split("\n")[0] ?? "")
        assert.strictEqual(oldest.seq, json.first)
        const account = (yield* run(["audit"])).stdout.replace(/\s+/g, " ")
        assert.include(account, `Events up to ${json.moved[0].last} are not here`)
        assert.match(account, /Event \d+, \S+Z: damage was accepted, \d+ bytes at \d+ of the file that begins/)
        const older = yield* run(["log", "--from", "1"])
        assert.strictEqual(older.code, 1)
        assert.include(older.stderr, "Put archived segments back")
      })
    )
  })

  describe("doctor", () => {
    it.live("asks for the lock that the ledger names, and counts its segments", () =>
      Effect.gen(function* () {
        const { begin, run, user, vault } = yield* makeWorld
        yield* begin
        assert.match((yield* run(["doctor"])).stdout, /in 1 segment,[^]*"ofd" work here/)
        const other = join(user, "other")
        yield* Effect.promise(async () => (await openPool({ home: other, vault, lock: "sqlite" })).close())
        const { code, stdout } = yield* run(["doctor", "--home", other])
        assert.strictEqual(code, 0, stdout)
        assert.include(stdout, `${other}/ledger.lock: kernel locks of the kind "sqlite" work here`)
        assert.strictEqual(readFileSync(join(other, "ledger.lock")).length, 0)
      })
    )
  })
})
