/** What can stand at the path of a declared file instead of a file that can be read; it is never taken for missing. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { claudeCode, claudeFile, type Declaration, failures, given } from "./support/Declared.ts"

describe.each<[what: string, declaration: Declaration]>([["JSON", claudeCode]])(
  "in the place of %s",
  (_, declaration) => {
    it.live("bytes that are no text are corrupt", () =>
      Effect.gen(function* () {
        const { read, store } = yield* given(declaration, Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d))
        for (const { reason } of yield* failures(store, read())) assert.strictEqual(reason._tag, "Corrupt")
      })
    )

    it.live("a file of 10 MB is not read", () =>
      Effect.gen(function* () {
        const { read, store } = yield* given(declaration, Buffer.alloc(10_000_000, "a"))
        for (const { reason } of yield* failures(store, read())) {
          assert.deepStrictEqual(reason, { _tag: "Unreadable", code: "EFBIG" })
        }
      })
    )

    it.live("a folder is unreadable", () =>
      Effect.gen(function* () {
        const { path, read, store } = yield* given(declaration, undefined)
        mkdirSync(path)
        for (const { reason } of yield* failures(store, read())) {
          assert.deepStrictEqual(reason, { _tag: "Unreadable", code: "EISDIR" })
        }
      })
    )

    it.live("a pipe is unreadable, and nobody waits for its writer", () =>
      Effect.gen(function* () {
        const { path, read, store } = yield* given(declaration, undefined)
        execFileSync("mkfifo", [path])
        for (const { reason } of yield* failures(store, read())) {
          assert.deepStrictEqual(reason, { _tag: "Unreadable", code: "ESPIPE" })
        }
      })
    )

    it.live("links in a circle are unreadable", () =>
      Effect.gen(function* () {
        const { path, read, store } = yield* given(declaration, undefined)
        symlinkSync(path, path)
        for (const { reason } of yield* failures(store, read())) {
          assert.deepStrictEqual(reason, { _tag: "Unreadable", code: "ELOOP" })
        }
      })
    )

    it.live("a file that this user may not read is unreadable, and not missing", () =>
      Effect.gen(function* () {
        const { path, read, store } = yield* given(declaration, claudeFile())
        chmodSync(path, 0)
        chmodSync(join(path, ".."), 0o755)
        for (const { message, reason } of yield* asNobody(failures(store, read()))) {
          assert.deepStrictEqual(reason, { _tag: "Unreadable", code: "EACCES" })
          assert.include(message, path)
        }
      })
    )
  }
)

/** Root may read everything, so root is somebody else meanwhile. */
const asNobody = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  process.geteuid?.() === 0
    ? Effect.acquireUseRelease(
        Effect.sync(() => process.seteuid?.(65534)),
        () => effect,
        () => Effect.sync(() => process.seteuid?.(0))
      )
    : effect
