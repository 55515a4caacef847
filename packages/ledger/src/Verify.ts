/**
 * Is a ledger file what its writers wrote? A walk over every byte from the first, with nothing believed beforehand.
 * It tells whether the lines hang together, not whether some are missing at the end: for that, compare `head` with one
 * that was kept elsewhere.
 */
import type { LedgerId, Seq } from "@daybook/pool/Ids"
import { Effect, type Scope } from "effect"
import { statSync } from "node:fs"
import { join } from "node:path"
import * as Header from "./internal/Header.ts"
import * as LedgerFile from "./internal/LedgerFile.ts"
import { chunkBytes } from "./internal/Reader.ts"
import { type Damage, type Junk, start, walk, type Walked } from "./internal/Walk.ts"
import type { Damaged, LedgerError } from "./LedgerError.ts"

export interface VerifyReport {
  readonly path: string
  /** Every line is whole and continues the one before it. */
  readonly isConsistent: boolean
  /** None if the very first line is bad. */
  readonly ledger: LedgerId | undefined
  /** Events, up to the first bad line. */
  readonly events: number
  /** Events of types or versions that this program does not know. */
  readonly unknown: number
  readonly head: { readonly seq: Seq; readonly h: string }
  /** What dead writers left behind and later ones sealed. */
  readonly junk: ReadonlyArray<ByteRange>
  /** Half a line at the end: not yet sealed, or being written now. */
  readonly tornTail: ByteRange | undefined
  /** `seq` is the event that should stand there. */
  readonly firstBad: (Damage & { readonly seq: Seq }) | undefined
}

/** Lines count from 1, offset and length are in bytes. */
export interface ByteRange {
  readonly line: number
  readonly offset: number
  readonly length: number
}

/** Takes the path of a ledger file, or of its folder. Damage is an answer; the failures are those of reading at all. */
export const verify = Effect.fn("verify")(function* (
  path: string
): Effect.fn.Return<VerifyReport, LedgerError, Scope.Scope> {
  const file = yield* LedgerFile.open(fileIn(path), "read")
  const header = yield* readHeader(file)
  const report = { ...empty(file.path), ledger: header.ledger }
  return header.damage === undefined ? yield* walkAll(file, report) : withDamage(report, header.damage)
}, Effect.scoped)

const fileIn = (path: string): string => (isFolder(path) ? join(path, "ledger.jsonl") : path)

/** Why a path cannot be looked at is said when it is opened. */
const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

interface FirstLine {
  readonly ledger: LedgerId | undefined
  readonly damage: Damage | undefined
}

const readHeader = (file: LedgerFile.LedgerFile): Effect.Effect<FirstLine, LedgerError> =>
  Header.read(file).pipe(
    Effect.map(({ ledger }): FirstLine => ({ ledger, damage: undefined })),
    Effect.catchReason("LedgerError", "Damaged", (damage: Damaged) => Effect.succeed({ ledger: undefined, damage }))
  )

const walkAll = Effect.fnUntraced(function* (file: LedgerFile.LedgerFile, empty: VerifyReport) {
  let report = empty
  let place = start
  const size = yield* file.size
  do {
    const bytes = yield* file.read(place.offset, Math.min(size - place.offset, chunkBytes))
    const walked = walk(bytes, place, place.offset + bytes.length >= size)
    report = extend(report, walked)
    if (walked.ending._tag !== "Whole") return report
    place = walked.place
    yield* Effect.yieldNow
  } while (place.offset < size)
  return report
})

const empty = (path: string): VerifyReport => ({
  path,
  isConsistent: true,
  ledger: undefined,
  events: 0,
  unknown: 0,
  head: { seq: start.seq, h: start.h },
  junk: [],
  tornTail: undefined,
  firstBad: undefined
})

const extend = (report: VerifyReport, { ending, junk, lines, place }: Walked): VerifyReport => {
  const next = {
    ...report,
    events: report.events + lines.length,
    unknown: report.unknown + lines.filter((line) => line.event.type === "Unknown").length,
    head: { seq: place.seq, h: place.h },
    junk: [...report.junk, ...junk.map(rangeOf)],
    tornTail: ending._tag === "Torn" ? rangeOf(ending.tail) : undefined
  }
  return ending._tag === "Damaged" ? withDamage(next, ending.damage) : next
}

const rangeOf = ({ length, line, offset }: Junk): ByteRange => ({ line, offset, length })

const withDamage = (report: VerifyReport, { line, offset, why }: Damage): VerifyReport => ({
  ...report,
  isConsistent: false,
  firstBad: { line, offset, seq: (report.head.seq + 1) as Seq, why }
})
