import { LineCutter } from "@daybook/viewer/model/Lines"
import { assert, it } from "vitest"

const lines = ['{"seq":1,"name":"naïve"}', "x", '{"seq":2,"name":"日本 🗝"}', '{"seq":3}']
const bytes = new TextEncoder().encode(`${lines.join("\n")}\n`)

/** Every part in the same buffer, which is written over by the next. */
const cutIn = (
  all: Uint8Array,
  length: number
): { readonly found: ReadonlyArray<string>; readonly isDone: boolean } => {
  const found: Array<string> = []
  const cutter = new LineCutter((line) => found.push(line))
  const buffer = new Uint8Array(length)
  for (let from = 0; from < all.length; from += length) {
    const part = all.subarray(from, from + length)
    buffer.set(part)
    cutter.write(buffer.subarray(0, part.length))
  }
  buffer.fill(0)
  return { found, isDone: cutter.isDone }
}

it("lines are the same wherever the bytes are cut, within a character too", () => {
  for (let length = 1; length <= bytes.length; length++) {
    assert.deepStrictEqual(cutIn(bytes, length), { found: lines, isDone: true }, `in parts of ${length} bytes`)
  }
})

it("an empty line is none", () => {
  assert.deepStrictEqual(cutIn(new TextEncoder().encode("\na\n\nb\n"), 2).found, ["a", "b"])
})

it("a line that no newline ended is not handed over, and is not forgotten", () => {
  assert.deepStrictEqual(cutIn(bytes.subarray(0, -1), 7), { found: lines.slice(0, -1), isDone: false })
})
