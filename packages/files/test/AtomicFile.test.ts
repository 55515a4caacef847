import * as AtomicFile from "@daybook/files/AtomicFile"
import { assert, it } from "@effect/vitest"
import { Effect, Option, type Scope } from "effect"
import { execFileSync } from "node:child_process"
import {
  appendFileSync,
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { nodeHolding } from "./support/Companion.ts"
import { openOn } from "./support/Descriptors.ts"
import { makeReadOnly, smallDisk, tempFolder } from "./support/TempFolder.ts"

const modeOf = (path: string) => statSync(path).mode & 0o777
const read = (path: string) => readFileSync(path, "utf8")
const big = "x".repeat(64 * 1024)

/** Fills the disk but for two pages, so that the next large write ends short before it fails. */
const fill = (disk: string) => {
  const filler = join(disk, "filler")
  const page = new Uint8Array(4096)
  try {
    while (true) appendFileSync(filler, page)
  } catch {
    truncateSync(filler, statSync(filler).size - 2 * page.length)
  }
}

it.live("a new file is private and holds the content, text or bytes", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    yield* AtomicFile.write(join(folder, "text"), "grüße")
    yield* AtomicFile.write(join(folder, "bytes"), new Uint8Array([0, 255]))
    assert.strictEqual(read(join(folder, "text")), "grüße")
    assert.deepStrictEqual([...readFileSync(join(folder, "bytes"))], [0, 255])
    assert.strictEqual(modeOf(join(folder, "text")), 0o600)
    assert.deepStrictEqual(readdirSync(folder), ["bytes", "text"])
  })
)

it.live("a replaced file is another file with the old mode, or with the mode asked for", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    writeFileSync(path, "a longer old content")
    chmodSync(path, 0o640)
    const before = statSync(path).ino
    yield* AtomicFile.write(path, "new")
    assert.strictEqual(read(path), "new")
    assert.notStrictEqual(statSync(path).ino, before)
    assert.strictEqual(modeOf(path), 0o640)
    yield* AtomicFile.write(path, "newer", { mode: 0o600 })
    assert.strictEqual(modeOf(path), 0o600)
  })
)

it.live("an owner who does not exist in our container keeps nobody from replacing the file", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    writeFileSync(path, "old")
    chownSync(path, 0, 4711)
    const rewriter = fileURLToPath(new URL("support/rewriter.ts", import.meta.url))
    execFileSync("unshare", ["-r", process.execPath, rewriter, path, "new"])
    assert.strictEqual(read(path), "new")
  })
)

it.live("a link stays a link and its target is replaced", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    mkdirSync(join(folder, "real"))
    writeFileSync(join(folder, "real", "auth.json"), "old")
    symlinkSync("real/auth.json", join(folder, "inner"))
    symlinkSync(join(folder, "inner"), join(folder, "outer"))
    yield* AtomicFile.write(join(folder, "outer"), "new")
    assert.strictEqual(readlinkSync(join(folder, "outer")), join(folder, "inner"))
    assert.strictEqual(readlinkSync(join(folder, "inner")), "real/auth.json")
    assert.isTrue(lstatSync(join(folder, "real", "auth.json")).isFile())
    assert.strictEqual(read(join(folder, "real", "auth.json")), "new")
    assert.deepStrictEqual(readdirSync(join(folder, "real")), ["auth.json"])
  })
)

it.live("a relative link below a linked folder is followed from where the link really is", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    mkdirSync(join(folder, "a", "b"), { recursive: true })
    symlinkSync("a/b", join(folder, "linked"))
    symlinkSync("../target", join(folder, "a", "b", "link"))
    yield* AtomicFile.write(join(folder, "linked", "link"), "new")
    assert.strictEqual(read(join(folder, "a", "target")), "new")
    assert.isTrue(lstatSync(join(folder, "a", "b", "link")).isSymbolicLink())
  })
)

it.live("a link to nothing gets its target", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    symlinkSync("target", join(folder, "link"))
    yield* AtomicFile.write(join(folder, "link"), "new")
    assert.strictEqual(read(join(folder, "target")), "new")
    assert.isTrue(lstatSync(join(folder, "link")).isSymbolicLink())
  })
)

it.live("links in a circle are an error", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    symlinkSync("b", join(folder, "a"))
    symlinkSync("a", join(folder, "b"))
    const error = yield* Effect.flip(AtomicFile.write(join(folder, "a"), "new"))
    assert.strictEqual(error.code, "ELOOP")
    assert.strictEqual(error.reason._tag, "Io")
  })
)

it.live("a missing folder is NotFound", () =>
  Effect.gen(function* () {
    const folder = join(yield* tempFolder, "missing")
    const error = yield* Effect.flip(AtomicFile.write(join(folder, "auth.json"), "new"))
    assert.strictEqual(error.reason._tag, "NotFound")
    assert.include(error.message, `Check that ${folder} exists.`)
  })
)

it.live("a full disk leaves the old content and no temp file", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    const path = join(disk, "auth.json")
    writeFileSync(path, "old")
    fill(disk)
    const error = yield* Effect.flip(AtomicFile.write(path, big))
    assert.strictEqual(error.reason._tag, "NoSpace")
    assert.strictEqual(error.code, "ENOSPC")
    assert.include(error.message, path)
    assert.include(error.message, `Free space on the disk of ${disk}.`)
    assert.strictEqual(read(path), "old")
    assert.deepStrictEqual(readdirSync(disk), ["auth.json", "filler"])
  })
)

it.live("a read-only disk is ReadOnly and keeps the old content", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    const path = join(disk, "auth.json")
    writeFileSync(path, "old")
    makeReadOnly(disk)
    const error = yield* Effect.flip(AtomicFile.write(path, "new"))
    assert.strictEqual(error.reason._tag, "ReadOnly")
    assert.include(error.message, `Make the file system of ${disk} writable.`)
    assert.strictEqual(read(path), "old")
  })
)

it.live("a target that cannot be replaced leaves no temp file", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    mkdirSync(join(folder, "auth.json"))
    const error = yield* Effect.flip(AtomicFile.write(join(folder, "auth.json"), "new"))
    assert.strictEqual(error.code, "EISDIR")
    assert.deepStrictEqual(readdirSync(folder), ["auth.json"])
  })
)

it.live("a reservation can be committed on a disk that is full by then", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    const path = join(disk, "auth.json")
    writeFileSync(path, "old")
    chmodSync(path, 0o640)
    const reserved = yield* AtomicFile.reserve(path, { size: big.length })
    fill(disk)
    assert.strictEqual((yield* Effect.flip(AtomicFile.write(path, big))).reason._tag, "NoSpace")
    yield* reserved.commit(big)
    assert.strictEqual(read(path), big)
    assert.strictEqual(modeOf(path), 0o640)
  }).pipe(Effect.scoped)
)

it.live("a committed file is as long as its content and can be created by the commit", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    yield* Effect.scoped(
      Effect.gen(function* () {
        const reserved = yield* AtomicFile.reserve(join(folder, "auth.json"), { size: 1000 })
        assert.strictEqual(statSync(join(folder, readdirSync(folder)[0] ?? "")).size, 1000)
        yield* reserved.commit("short")
      })
    )
    assert.strictEqual(read(join(folder, "auth.json")), "short")
    assert.deepStrictEqual(readdirSync(folder), ["auth.json"])
  })
)

it.live("a second commit fails and does not touch the file", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    const reserved = yield* AtomicFile.reserve(path, { size: 10 })
    yield* reserved.commit("first")
    yield* Effect.flip(reserved.commit("second"))
    assert.strictEqual(read(path), "first")
  })
)

it.live("a reservation that was swept as a killed writer's is committed all the same", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    const path = join(folder, "auth.json")
    const reserved = yield* AtomicFile.reserve(path, { size: 1000 })
    const [temp = ""] = readdirSync(folder)
    utimesSync(join(folder, temp), 1, 1)
    assert.deepStrictEqual(yield* AtomicFile.sweep(folder, "1 hour"), [join(folder, temp)])
    yield* reserved.commit("kept")
    assert.strictEqual(read(path), "kept")
    assert.deepStrictEqual(readdirSync(folder), ["auth.json"])
  })
)

it.live("a reservation without commit is given back and the file stays as it was", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    writeFileSync(join(folder, "auth.json"), "old")
    yield* Effect.scoped(AtomicFile.reserve(join(folder, "auth.json"), { size: 1000 }))
    assert.deepStrictEqual(readdirSync(folder), ["auth.json"])
    assert.strictEqual(read(join(folder, "auth.json")), "old")
  })
)

it.live("a reservation that does not fit takes nothing, while the caller's scope goes on", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    const error = yield* Effect.flip(AtomicFile.reserve(join(disk, "auth.json"), { size: 2 * 1024 * 1024 }))
    assert.strictEqual(error.reason._tag, "NoSpace")
    assert.deepStrictEqual(readdirSync(disk), [])
  })
)

it.live("what a killed writer leaves is swept when it is old, and nothing else is", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    const writer = yield* nodeHolding("reserve", join(folder, "auth.json"))
    assert.strictEqual(yield* writer.line, "held")
    yield* writer.kill
    const [left = ""] = readdirSync(folder)
    assert.match(left, /^\.auth\.json\..+\.tmp$/)
    const others = [".auth.json.tmp", ".other.swp.tmp", "auth.json", left.slice(1)]
    for (const name of others) writeFileSync(join(folder, name), "")
    const longAgo = Date.now() / 1000 - 7200
    for (const name of others) utimesSync(join(folder, name), longAgo, longAgo)

    assert.deepStrictEqual(yield* AtomicFile.sweep(folder, "1 hour"), [])
    utimesSync(join(folder, left), longAgo, longAgo)
    assert.deepStrictEqual(yield* AtomicFile.sweep(folder, "1 hour"), [join(folder, left)])
    assert.sameMembers(readdirSync(folder), others)
  })
)

const corrupt: Effect.Effect<string, never, Scope.Scope> = Effect.map(tempFolder, (folder) => {
  const path = join(folder, "auth.json")
  writeFileSync(path, "{broken", { mode: 0o644 })
  return path
})

it.live("a copy aside is private and equal", () =>
  Effect.gen(function* () {
    const path = yield* corrupt
    const copy = yield* AtomicFile.copyAside(path, "corrupt")
    assert.strictEqual(copy, `${path}.corrupt`)
    assert.strictEqual(read(copy), "{broken")
    assert.strictEqual(modeOf(copy), 0o600)
    assert.strictEqual(read(path), "{broken")
  })
)

it.live("equal content is copied aside once, other content beside it", () =>
  Effect.gen(function* () {
    const path = yield* corrupt
    yield* AtomicFile.copyAside(path, "corrupt")
    assert.strictEqual(yield* AtomicFile.copyAside(path, "corrupt"), `${path}.corrupt`)
    writeFileSync(path, "{other")
    assert.strictEqual(yield* AtomicFile.copyAside(path, "corrupt"), `${path}.corrupt-1`)
    writeFileSync(path, "{third")
    assert.strictEqual(yield* AtomicFile.copyAside(path, "corrupt"), `${path}.corrupt-2`)
    assert.strictEqual(read(`${path}.corrupt`), "{broken")
    assert.strictEqual(read(`${path}.corrupt-1`), "{other")
  })
)

it.live("a copy that does not fit is removed", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    const path = join(disk, "auth.json")
    writeFileSync(path, big)
    fill(disk)
    const error = yield* Effect.flip(AtomicFile.copyAside(path, "corrupt"))
    assert.strictEqual(error.reason._tag, "NoSpace")
    assert.deepStrictEqual(readdirSync(disk), ["auth.json", "filler"])
  })
)

it.live("nothing to copy is NotFound", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    const error = yield* Effect.flip(AtomicFile.copyAside(path, "corrupt"))
    assert.strictEqual(error.reason._tag, "NotFound")
    assert.include(error.message, `Check that ${path} exists.`)
  })
)

it.live("a file is read up to the limit, a missing one is none", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    assert.isTrue(Option.isNone(yield* AtomicFile.readIfExists(path, { maxBytes: 100 })))
    writeFileSync(path, big)
    const content = yield* AtomicFile.readIfExists(path, { maxBytes: big.length })
    assert.strictEqual(new TextDecoder().decode(Option.getOrThrow(content)), big)
    writeFileSync(path, "")
    assert.deepStrictEqual(yield* AtomicFile.readIfExists(path, { maxBytes: 100 }), Option.some(new Uint8Array()))
  })
)

it.live("one byte too many is TooLarge", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    writeFileSync(path, "12345")
    const error = yield* Effect.flip(AtomicFile.readIfExists(path, { maxBytes: 4 }))
    assert.deepStrictEqual(error.reason, { _tag: "TooLarge", maxBytes: 4 })
    assert.include(error.message, "more than 4 bytes")
    assert.strictEqual(openOn(path), 0)
  })
)

it.live("what cannot be read is an error and never empty", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    const error = yield* Effect.flip(AtomicFile.readIfExists(folder, { maxBytes: 100 }))
    assert.strictEqual(error.code, "EISDIR")
    assert.strictEqual(error.reason._tag, "Io")
  })
)

it.live("a pipe is no file, and nobody waits for its writer", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    execFileSync("mkfifo", [path])
    const error = yield* Effect.flip(AtomicFile.readIfExists(path, { maxBytes: 1024 }))
    assert.deepInclude(error, { operation: "read", path, code: "ESPIPE" })
  })
)
