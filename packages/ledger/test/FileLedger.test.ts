import { assert, describe, it } from "@effect/vitest"
import * as RangeLock from "@daybook/files/RangeLock"
import * as FileLedger from "@daybook/ledger/FileLedger"
import { verify } from "@daybook/ledger/Verify"
import type { Draft } from "@daybook/pool/Recorded"
import { Effect, Exit, Fiber, Scope, Stream } from "effect"
import {
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { contract } from "./contract.ts"
import { cooldownCleared, newGrant, refreshStarted, relabelled, seq } from "./support/Drafts.ts"
import * as Lines from "./support/Lines.ts"
import { open } from "./support/Open.ts"
import { tempFolder } from "./support/TempFolder.ts"

contract(
  "the ledger in a file",
  Effect.map(tempFolder, (folder) => FileLedger.layer({ folder, program: "test", version: "1.2.3" }))
)

/** A ledger with a few events, closed. */
const written = Effect.gen(function* () {
  const folder = yield* tempFolder
  const append = Effect.flatMap(open(folder), (ledger) => ledger.append(["one", "two", "three"].map(relabelled)))
  yield* Effect.scoped(append)
  return { folder, path: join(folder, "ledger.jsonl") }
})

/** A folder whose ledger consists of these lines. */
const folderOf = Effect.fnUntraced(function* (lines: ReadonlyArray<string>) {
  const folder = yield* tempFolder
  writeFileSync(join(folder, "ledger.jsonl"), lines.map((line) => `${line}\n`).join(""))
  writeFileSync(join(folder, "fingerprint.key"), new Uint8Array(32))
  return folder
})

const reasonOf = (opening: ReturnType<typeof open>) =>
  Effect.map(Effect.scoped(Effect.flip(opening)), (it) => it.reason)

describe("a ledger file", () => {
  it.effect("and all beside it are their owner's alone", () =>
    Effect.gen(function* () {
      const folder = join(yield* tempFolder, "new", "daybook")
      yield* open(folder)
      const modeOf = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8)
      assert.strictEqual(modeOf("."), "700")
      assert.deepStrictEqual(readdirSync(folder).toSorted(), ["fingerprint.key", "ledger.jsonl", "ledger.lock"])
      assert.deepStrictEqual(readdirSync(folder).map(modeOf), ["600", "600", "600"])
      assert.strictEqual(statSync(join(folder, "fingerprint.key")).size, 32)
    })
  )

  it.effect("is a chain that anybody can follow with the description of the format", () =>
    Effect.gen(function* () {
      const { path } = yield* written
      const lines = readFileSync(path, "utf8").trimEnd().split("\n")
      assert.strictEqual(lines.length, 5)
      assert.deepStrictEqual(Lines.chainLines(lines.map((line) => line.slice(0, -66))), lines)
    })
  )

  it.effect("is one ledger for all who open it", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      const ours = yield* open(folder)
      const theirs = yield* open(folder)
      yield* theirs.append([cooldownCleared])
      const [event] = yield* ours.append([cooldownCleared])
      assert.strictEqual(event?.seq, 9)
      assert.deepStrictEqual(yield* theirs.state, ours.known())
      assert.deepStrictEqual(yield* theirs.head, yield* ours.head)
    })
  )

  it.effect("lets one of many openings win that decide on one version", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      const openings = yield* Effect.all(Array.from({ length: 6 }, () => open(folder)))
      for (let round = 0; round < 5; round++) {
        const grant = newGrant()
        const expected = new Map([[grant, seq(0)]])
        const decide = (ledger: (typeof openings)[number]) =>
          Effect.exit(ledger.append([refreshStarted(grant)], { expected }))
        const exits = yield* Effect.forEach(openings, decide, { concurrency: "unbounded" })
        assert.strictEqual(exits.filter(Exit.isSuccess).length, 1)
      }
    })
  )

  it.effect("is begun once, by one of those who open it first", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const openings = yield* Effect.all(
        Array.from({ length: 6 }, () => open(folder)),
        { concurrency: "unbounded" }
      )
      const heads = yield* Effect.forEach(openings, (ledger) => ledger.head)
      assert.strictEqual(new Set(heads.map((head) => head.h)).size, 1)
      assert.strictEqual((yield* verify(folder)).events, 1)
    })
  )

  it.effect("says under which name its machine is recorded, its own unless another was given", () =>
    Effect.gen(function* () {
      const hostIn = Effect.fnUntraced(function* (options: Partial<FileLedger.Options>) {
        const ledger = yield* open(yield* tempFolder, options)
        yield* ledger.append([relabelled("one")])
        const events = yield* Stream.runCollect(ledger.read())
        return events.flatMap((event) => (event.type === "ActorJoined" ? [event.data.host] : []))
      })
      assert.deepStrictEqual(yield* hostIn({}), [hostname()])
      assert.deepStrictEqual(yield* hostIn({ host: "workstation" }), ["workstation"])
    })
  )

  it.live("tells a tail what another opening appends, each event once", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      const ours = yield* open(folder, { readOnly: true })
      const theirs = yield* open(folder)
      const following = yield* ours.tail().pipe(Stream.take(26), Stream.runCollect, Effect.forkChild)
      yield* Effect.forEach(Array.from({ length: 20 }), () => theirs.append([cooldownCleared]))
      assert.deepStrictEqual(yield* Fiber.join(following), yield* Stream.runCollect(theirs.read()))
    })
  )

  it.effect("has nothing of an append whose caller went away before the lock was free", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      const ledger = yield* open(folder)
      const lock = yield* RangeLock.open(join(folder, "ledger.lock"))
      const stays = yield* lock.withLock("1 second")(
        Effect.gen(function* () {
          const leaves = yield* Effect.forkChild(ledger.append([relabelled("gone")]), { startImmediately: true })
          const stays = yield* Effect.forkChild(ledger.append([relabelled("here")]), { startImmediately: true })
          yield* Fiber.interrupt(leaves)
          return stays
        })
      )
      yield* Fiber.join(stays)
      const events = yield* Stream.runCollect(ledger.read(seq(6)))
      assert.deepStrictEqual(
        events.map((event) => (event.type === "CredentialRelabelled" ? event.data.label : event.type)),
        ["ActorJoined", "here"]
      )
    })
  )

  it.effect(
    "prepares no more than there is room for while it waits for the lock, and takes the rest later",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* written
        const ledger = yield* open(folder)
        const lock = yield* RangeLock.open(join(folder, "ledger.lock"))
        let prepared = 0
        const counted: Draft = Object.defineProperty({ ...cooldownCleared }, "type", {
          enumerable: true,
          get: () => {
            prepared++
            return cooldownCleared.type
          }
        })
        const appends = Array.from({ length: 9_000 }, () => Effect.suspend(() => ledger.append([counted])))
        const seen = yield* lock.withLock("1 second")(
          Effect.gen(function* () {
            const all = yield* Effect.forkChild(Effect.all(appends, { concurrency: "unbounded" }), {
              startImmediately: true
            })
            yield* Effect.yieldNow
            const once = prepared
            const late = yield* Effect.forkChild(ledger.append([relabelled("late")]), { startImmediately: true })
            yield* Fiber.interrupt(late)
            return { all, once }
          })
        )
        yield* Fiber.join(seen.all)
        assert.isBelow(seen.once, prepared)
        assert.approximately(seen.once / prepared, 8_192 / 9_000, 0.01)
        const events = yield* Stream.runCollect(ledger.read(seq(7)))
        assert.strictEqual(events.length, 9_000)
        assert.isTrue(events.every((event) => event.type === "CooldownCleared"))
      }),
    120_000
  )

  it.effect("leaves nobody waiting when it is closed", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      const lock = yield* RangeLock.open(join(folder, "ledger.lock"))
      const scope = yield* Scope.make()
      const ledger = yield* Scope.provide(open(folder), scope)
      const exits = yield* lock.withLock("1 second")(
        Effect.gen(function* () {
          const callers = [ledger.append([cooldownCleared]), ledger.append([relabelled("one")]), ledger.sync]
          const waiting = yield* Effect.forEach(callers, (it) => Effect.forkChild(it, { startImmediately: true }))
          yield* Scope.close(scope, Exit.void)
          return yield* Effect.forEach(waiting, Fiber.await)
        })
      )
      assert.isTrue(exits.every(Exit.hasInterrupts))
    })
  )

  it.effect("takes nothing more once it is closed", () =>
    Effect.gen(function* () {
      const ledger = yield* Effect.scoped(open(yield* tempFolder))
      assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(ledger.append([relabelled("late")]))))
      assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(ledger.sync)))
    })
  )

  it.effect("reads nothing more once it is closed, and no other file that has its descriptor by then", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      const ledger = yield* Effect.scoped(open(folder, { readOnly: true }))
      yield* Effect.acquireRelease(
        Effect.sync(() => Array.from({ length: 20 }, () => openSync(path, "r"))),
        (others) => Effect.sync(() => others.forEach(closeSync))
      )
      const errors = yield* Effect.all([
        Effect.flip(ledger.state),
        Effect.flip(Stream.runCollect(ledger.read())),
        Effect.flip(ledger.sync)
      ])
      for (const error of errors) {
        assert.deepInclude(error.reason, { _tag: "Unavailable", path, code: "EBADF" })
        assert.include(error.message, "open the ledger again")
      }
    })
  )

  it.effect("longer than a piece of reading is read from any place, around its junk", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      const many = Effect.flatMap(open(folder), (ledger) => ledger.append(Array.from({ length: 400 }, () => long)))
      for (let pieces = 0; pieces < 3; pieces++) {
        writeFileSync(path, '{"seq":', { flag: "a" })
        yield* Effect.scoped(many)
      }
      const ledger = yield* open(folder, { readOnly: true })
      const all = yield* Stream.runCollect(ledger.read())
      assert.strictEqual(all.length, 5 + 3 * 402)
      assert.isTrue(all.every((event, index) => event.seq === index + 1))
      for (const from of [1, 2, 400, 407, 408, 409, 900, 1211]) {
        assert.deepStrictEqual(yield* Stream.runCollect(ledger.read(seq(from))), all.slice(from - 1))
      }
      const following = yield* ledger.tail(seq(300)).pipe(Stream.take(900), Stream.runCollect)
      assert.deepStrictEqual(following, all.slice(299, 1199))
    })
  )

  it.effect("that was replaced by a copy is gone on with, in the copy", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      const ledger = yield* open(folder)
      copyFileSync(path, `${path}.copy`)
      yield* ledger.append([relabelled("lost")])
      renameSync(`${path}.copy`, path)
      yield* ledger.append([relabelled("kept")])
      const report = yield* verify(folder)
      assert.deepInclude(report, { isConsistent: true, events: 7 })
      assert.strictEqual((yield* ledger.head).h, report.head.h)
    })
  )

  it.effect("whose lock file was replaced is locked by the new one", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      const ledger = yield* open(folder)
      rmSync(join(folder, "ledger.lock"))
      const other = yield* open(folder)
      yield* Effect.forEach([ledger, other, ledger], (it) => it.append([cooldownCleared]), { concurrency: "unbounded" })
      assert.deepInclude(yield* verify(folder), { isConsistent: true, events: 10 })
    })
  )

  it.effect("whose ledger and lock are replaced again and again leaves no descriptors open", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      const ledger = yield* open(folder)
      const whole = readFileSync(path)
      const openNow = () => readdirSync("/proc/self/fd").length
      const before = openNow()
      for (let replaced = 0; replaced < 20; replaced++) {
        rmSync(join(folder, "ledger.lock"))
        yield* ledger.append([cooldownCleared])
      }
      writeFileSync(`${path}.copy`, "no ledger\n")
      renameSync(`${path}.copy`, path)
      yield* Effect.repeat(Effect.flip(ledger.state), { times: 20 })
      assert.isAtMost(openNow(), before + 2)
      writeFileSync(`${path}.copy`, whole)
      renameSync(`${path}.copy`, path)
      yield* ledger.append([cooldownCleared])
      assert.isTrue((yield* verify(folder)).isConsistent)
    })
  )

  it.effect("that vanishes while it is open is missing", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      const ledger = yield* open(folder)
      rmSync(folder, { recursive: true })
      assert.deepInclude((yield* Effect.flip(ledger.append([cooldownCleared]))).reason, {
        _tag: "Missing",
        path: folder
      })
      assert.deepInclude((yield* Effect.flip(ledger.state)).reason, { _tag: "Missing", path: folder })
    })
  )

  it.effect("that was cut off behind our back is damaged", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      const ledger = yield* open(folder)
      writeFileSync(path, readFileSync(path, "latin1").split("\n").slice(0, 3).join("\n"))
      assert.deepInclude((yield* Effect.flip(ledger.append([cooldownCleared]))).reason, { _tag: "Damaged", line: 6 })
    })
  )

  it.effect("with a damaged line is read up to it, and not written", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      writeFileSync(path, readFileSync(path, "latin1").replace('"two"', '"too"'))
      const ledger = yield* open(folder)
      const seen: Array<number> = []
      const reading = Stream.runForEach(ledger.read(), (event) => Effect.sync(() => seen.push(event.seq)))
      assert.deepInclude((yield* Effect.flip(reading)).reason, { _tag: "Damaged", path, line: 4 })
      assert.deepStrictEqual(seen, [1, 2, 3])
      const before = readFileSync(path, "latin1")
      assert.deepInclude((yield* Effect.flip(ledger.append([cooldownCleared]))).reason, { _tag: "Damaged", line: 4 })
      assert.strictEqual(readFileSync(path, "latin1"), before)
    })
  )
})

describe("opening a ledger", () => {
  it.effect("refuses a format of the future, to readers too", () =>
    Effect.gen(function* () {
      const sameTrailer = yield* folderOf(Lines.chainLines([Lines.ledgerOpened({ format: 2 })]))
      const otherTrailer = yield* folderOf([`${Lines.ledgerOpened({ format: 7 })},"sum":"?"}`])
      const path = join(sameTrailer, "ledger.jsonl")
      const expected = { _tag: "NewerFormat", found: 2, known: 1, path } as const
      assert.deepInclude(yield* reasonOf(open(sameTrailer)), expected)
      assert.deepInclude(yield* reasonOf(open(sameTrailer, { readOnly: true })), expected)
      assert.deepInclude((yield* Effect.flip(verify(sameTrailer))).reason, expected)
      assert.deepInclude(yield* reasonOf(open(otherTrailer)), { _tag: "NewerFormat", found: 7 })
    })
  )

  it.effect("refuses a ledger whose writers use another lock, but not to readers", () =>
    Effect.gen(function* () {
      const folder = yield* folderOf(Lines.chainLines([Lines.ledgerOpened({ lock: "sqlite" })]))
      const opening = open(folder, { lock: "ofd" })
      assert.deepInclude(yield* reasonOf(opening), { _tag: "LockMismatch", found: "sqlite", ours: "ofd" })
      assert.strictEqual((yield* Effect.flatMap(open(folder, { readOnly: true }), (it) => it.head)).seq, 1)
    })
  )

  it.effect("refuses another key, a key of another length and a lost key, but not to readers", () =>
    Effect.gen(function* () {
      const { folder } = yield* written
      const path = join(folder, "fingerprint.key")
      for (const spoil of [() => writeFileSync(path, new Uint8Array(32)), () => writeFileSync(path, "short"), rmKey]) {
        spoil(path)
        assert.deepInclude(yield* reasonOf(open(folder)), { _tag: "WrongKey", path })
      }
      assert.strictEqual((yield* Effect.flatMap(open(folder, { readOnly: true }), (it) => it.head)).seq, 5)
      assert.notInclude(readdirSync(folder), "fingerprint.key")
    })
  )

  it.effect("to be read creates nothing, and says how a ledger begins", () =>
    Effect.gen(function* () {
      const parent = yield* tempFolder
      const folder = join(parent, "none")
      const error = yield* Effect.flip(Effect.scoped(open(folder, { readOnly: true })))
      assert.deepInclude(error.reason, { _tag: "Missing", path: folder })
      assert.include(error.message, folder)
      assert.include(error.message, "Open a pool")
      assert.deepStrictEqual(readdirSync(parent), [])
    })
  )

  it.effect("to be read writes nothing, and every append says so", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      rmSync(join(folder, "ledger.lock"))
      const before = readFileSync(path)
      const ledger = yield* open(folder, { readOnly: true })
      const error = yield* Effect.flip(ledger.append([cooldownCleared]))
      yield* ledger.sync
      assert.deepInclude(error.reason, { _tag: "Unavailable", path })
      assert.include(error.message, "readOnly")
      assert.deepStrictEqual(readFileSync(path), before)
      assert.notInclude(readdirSync(folder), "ledger.lock")
    })
  )
})

const long = relabelled("x".repeat(500))

const rmKey = (path: string): void => rmSync(path)
