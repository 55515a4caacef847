/**
 * Where an event stands, by its id alone. The time in a UUIDv7 tells about where to look; ids that were made elsewhere,
 * or long before, are found by looking everywhere. Lines are searched as bytes and not parsed.
 */
import type { EventId, Seq } from "@daybook/pool/Ids"
import { Effect } from "effect"
import { dirname } from "node:path"
import type { LedgerError } from "../LedgerError.ts"
import * as LedgerFile from "./LedgerFile.ts"
import { chunkBytes } from "./Pages.ts"
import type { Opened, Reader } from "./Reader.ts"
import * as Segments from "./Segments.ts"

/** None if no line has it. */
export const find = Effect.fnUntraced(function* (
  reader: Reader,
  { header, view }: Opened,
  id: EventId
): Effect.fn.Return<Seq | undefined, LedgerError> {
  const sealed = (yield* Segments.listSealed(dirname(reader.path))).filter(({ first }) => first < header.first)
  const segments = [...sealed, { first: header.first, path: reader.path }]
  const hint = view.marks.findLast(({ latest }) => latest < timeOf(id))
  const index = Math.max(
    0,
    segments.findIndex(({ first }) => first === hint?.segment)
  )
  const later = segments.slice(index + 1).map((segment) => ({ ...segment, from: 0, to: Infinity }))
  const earlier = segments.slice(0, index).map((segment) => ({ ...segment, from: 0, to: Infinity }))
  const here = segments.slice(index, index + 1)
  const offset = hint?.offset ?? 0
  const stretches = [
    ...here.map((segment) => ({ ...segment, from: offset, to: Infinity })),
    ...later,
    ...earlier,
    ...here.map((segment) => ({ ...segment, from: 0, to: offset }))
  ]
  for (const { first, from, path, to } of stretches) {
    const file = first === header.first ? Effect.succeed(reader.now().file) : LedgerFile.open(path, "read")
    const seq = yield* Effect.scoped(Effect.flatMap(file, (file) => search(file, from, to, id)))
    if (seq !== undefined) return seq
  }
  return undefined
})

/** The first 48 bits of a UUIDv7 are its time. */
const timeOf = (id: EventId): number => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)

/** The most that stands before the id on a line. */
const headBytes = 64

const search = Effect.fnUntraced(function* (file: LedgerFile.LedgerFile, from: number, to: number, id: EventId) {
  const wanted = `"id":"${id}"`
  const line = new RegExp(`^\\{"seq":(\\d+),"at":"[^"]{24}",${wanted}`)
  const end = Math.min(to, yield* file.size)
  for (let offset = from; offset < end; offset += chunkBytes) {
    // A little more on either side: the id may stand on the edge.
    const begin = Math.max(0, offset - headBytes)
    const bytes = yield* file.read(begin, offset - begin + chunkBytes + wanted.length)
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
      const head = bytes.toString("latin1", bytes.lastIndexOf("\n", at) + 1, at + wanted.length)
      const seq = line.exec(head)?.[1]
      if (seq !== undefined) return Number(seq) as Seq
    }
    yield* Effect.yieldNow
  }
  return undefined
})
