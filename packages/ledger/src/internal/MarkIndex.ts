/**
 * `index.bin`: the marks of a ledger, so that nobody has to walk to them. Derived: a row leads somewhere only
 * if the segment has, at its place, a line that ends with its `h`. Rows are appended by any writer, in any order; a file
 * that is missing or strange is as good as none.
 */
import type { Seq } from "@daybook/pool/Ids"
import { Effect } from "effect"
import * as fs from "node:fs/promises"
import { dirname, join } from "node:path"
import { crc32 } from "node:zlib"
import type { LedgerError } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import type { LedgerFile } from "./LedgerFile.ts"
import { replaceFile } from "./DerivedFile.ts"
import type { Mark } from "./View.ts"
import type { Place } from "./Walk.ts"

// Seven doubles (seq, latest, segment, offset, line, sealed, 0), the 32 bytes of `h`, CRC-32 over all that, 4 zeros.
const hashAt = 7 * 8
const crcAt = hashAt + 32
const rowBytes = crcAt + 8

export const pathIn = (live: string): string => join(dirname(live), "index.bin")

/** In order; none if there is no readable index. */
export const read = (live: string): Effect.Effect<ReadonlyArray<Mark>> =>
  Effect.tryPromise(() => fs.readFile(pathIn(live))).pipe(
    Effect.map(marksIn),
    Effect.orElseSucceed(() => [])
  )

const marksIn = (bytes: Buffer): ReadonlyArray<Mark> => {
  const marks = new Map<number, Mark>()
  const values = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at + rowBytes <= bytes.length; at += rowBytes) {
    const isWhole = values.getUint32(at + crcAt, true) === crc32(bytes.subarray(at, at + crcAt))
    if (isWhole) marks.set(values.getFloat64(at, true), markAt(bytes, values, at))
  }
  return [...marks.values()].toSorted((a, b) => a.seq - b.seq)
}

/** There are thousands, read by every process that opens the ledger; the hashes of one or two are looked at. */
const markAt = (bytes: Buffer, values: DataView, at: number): Mark => ({
  seq: values.getFloat64(at, true) as Seq,
  latest: values.getFloat64(at + 8, true),
  segment: values.getFloat64(at + 16, true) as Seq,
  offset: values.getFloat64(at + 24, true),
  line: values.getFloat64(at + 32, true),
  isSealed: values.getFloat64(at + 40, true) === 1,
  get h() {
    return bytes.toString("base64url", at + hashAt, at + crcAt)
  }
})

const rowOf = ({ h, isSealed, latest, line, offset, segment, seq }: Mark): Buffer => {
  const row = Buffer.alloc(rowBytes)
  for (const [index, value] of [seq, latest, segment, offset, line, isSealed ? 1 : 0].entries()) {
    row.writeDoubleLE(value, index * 8)
  }
  row.set(Buffer.from(h, "base64url"), hashAt)
  row.writeUInt32LE(crc32(row.subarray(0, crcAt)), crcAt)
  return row
}

/** Adds rows; a file that does not end with a whole row is written anew, with all marks. */
export const add = (live: string, added: ReadonlyArray<Mark>, all: ReadonlyArray<Mark>): Effect.Effect<void> =>
  Effect.promise(async () => {
    const path = pathIn(live)
    const size = await fs.stat(path).then(
      (info) => info.size,
      () => 0
    )
    const isWhole = size > 0 && size % rowBytes === 0
    const content = Buffer.concat((isWhole ? added : all).map(rowOf))
    await (isWhole ? fs.appendFile(path, content, { mode: 0o600 }) : replaceFile(path, content))
  }).pipe(Effect.ignoreCause)

/** These rows and no others. */
export const write = (live: string, marks: ReadonlyArray<Mark>): Effect.Effect<void> =>
  Effect.ignoreCause(Effect.promise(() => replaceFile(pathIn(live), Buffer.concat(marks.map(rowOf)))))

/** Why half a line is no torn tail where a mark stands behind it: everything before a mark was synced once. */
export const wasWhole = "whole lines stood here once"

/** Whether a mark stands behind a place in its segment. It is no proof of anything there, but that a writer did not die before it. */
export const reachesBeyond = (live: string, { offset, segment }: Place): Effect.Effect<boolean> =>
  Effect.map(read(live), (marks) => marks.some((mark) => mark.segment === segment && mark.offset > offset))

/** Whether the line before a place ends as the mark says. */
export const holds = ({ h, offset }: Mark, file: LedgerFile): Effect.Effect<boolean, LedgerError> =>
  offset < LineFormat.trailerBytes
    ? Effect.succeed(false)
    : Effect.map(file.read(offset - LineFormat.trailerBytes - 1, LineFormat.trailerBytes + 1), (bytes) => {
        const text = bytes.toString("latin1")
        return (
          text.endsWith("\n") && LineFormat.hasTrailer(text.slice(0, -1)) && LineFormat.hashOf(text.slice(0, -1)) === h
        )
      })
