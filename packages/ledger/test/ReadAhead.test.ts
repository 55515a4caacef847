import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as LedgerFile from "../src/internal/LedgerFile.ts"
import * as ReadAhead from "../src/internal/ReadAhead.ts"
import { tempFolder } from "./support/TempFolder.ts"

const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, at) => (at * 31 + (at >> 8)) & 255))

const openBytes = Effect.fnUntraced(function* () {
  const path = join(yield* tempFolder, "bytes")
  writeFileSync(path, bytes)
  return yield* LedgerFile.open(path, "read")
})

/** Asks for each next piece so many bytes before the end of the last one. */
const piecesOf = Effect.fnUntraced(function* (back: number) {
  const file = yield* openBytes()
  const ahead = ReadAhead.make()
  let offset = 0
  for (let last = -1; offset > last;) {
    const piece = yield* ahead.piece(file, offset)
    assert.isTrue(piece.equals(bytes.subarray(offset, offset + piece.length)), `at ${offset}`)
    last = offset
    offset = Math.max(offset, offset + piece.length - back)
  }
  return offset
})

describe("reading ahead", () => {
  for (const back of [0, 1, 500, 16 * 1024, 16 * 1024 + 1, 100_000]) {
    it.effect(`gives what stands in the file when ${back} bytes are asked for again`, () =>
      Effect.gen(function* () {
        assert.isAtLeast(yield* piecesOf(back), bytes.length - back)
      })
    )
  }

  it.effect("gives what stands at the offset of another file, not what was read ahead in the last", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* openBytes(), yield* openBytes()]
      const ahead = ReadAhead.make()
      const { length } = yield* ahead.piece(one, 0)
      const path = join(yield* tempFolder, "other")
      writeFileSync(path, Buffer.alloc(length + 10, 7))
      const other = yield* LedgerFile.open(path, "read")
      assert.isTrue((yield* ahead.piece(other, length)).equals(Buffer.alloc(10, 7)))
      assert.isTrue((yield* ahead.piece(two, 5)).subarray(0, 100).equals(bytes.subarray(5, 105)))
    })
  )
})
