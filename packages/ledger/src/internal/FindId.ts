/**
 * Where an event stands, by its id alone. The time in a UUIDv7 tells about where to look; ids that were made elsewhere,
 * or long before, are found by looking everywhere. Lines are searched as bytes and not parsed.
 */
import type { EventId, Seq } from "@daybook/pool/Ids"
import { Effect } from "effect"
import { dirname } from "node:path"
import { LedgerError, MissingSegment } from "../LedgerError.ts"
import type { LedgerFile } from "./LedgerFile.ts"
import { chunkBytes } from "./Pages.ts"
import type { Opened, Reader } from "./Reader.ts"
import * as Segments from "./Segments.ts"

/** What `accept` makes of a line that has the id; none if it takes none of them. */
export const find = Effect.fnUntraced(function* <A>(
  reader: Reader,
  { header, view }: Opened,
  id: EventId,
  accept: (seq: Seq) => Effect.Effect<A | undefined, LedgerError>
): Effect.fn.Return<A | undefined, LedgerError> {
  const sealed = (yield* Segments.listSealed(dirname(reader.path))).filter(({ first }) => first < header.first)
  const segments = [...sealed, { first: header.first }]
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
  for (const { first, from, to } of stretches) {
    const found = yield* Effect.scoped(
      Effect.flatMap(openSegment(reader.path, first), (file) => search(file, from, to, id, accept))
    )
    if (found !== undefined) return found
  }
  return undefined
})

/** Apart from the reader, who closes its own when it moves on. */
const openSegment = (live: string, first: Seq) =>
  Effect.flatMap(Segments.open(live, first, "read"), (segment) =>
    segment === undefined
      ? new LedgerError({ reason: new MissingSegment({ path: live, first }) })
      : Effect.succeed(segment.file)
  )

/** The first 48 bits of a UUIDv7 are its time. */
const timeOf = (id: EventId): number => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)

/** The most that stands before the id on a line. */
const headBytes = 64

const search = Effect.fnUntraced(function* <A>(
  file: LedgerFile,
  from: number,
  to: number,
  id: EventId,
  accept: (seq: Seq) => Effect.Effect<A | undefined, LedgerError>
): Effect.fn.Return<A | undefined, LedgerError> {
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
      const found = seq === undefined ? undefined : yield* accept(Number(seq) as Seq)
      if (found !== undefined) return found
    }
    yield* Effect.yieldNow
  }
  return undefined
})
