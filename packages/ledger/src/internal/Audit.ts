/**
 * The walk behind `verify`: over all segments, or one file. What was derived from them proves nothing here; but a mark of the
 * index behind half a line shows that lines were synced there, which is why it is damage then and not a torn tail.
 */
import type { LedgerId, Seq } from "@daybook/pool/Ids"
import { Effect, type Scope } from "effect"
import { LedgerError } from "../LedgerError.ts"
import type { Bad, ByteRange, Options, VerifyReport } from "../Verify.ts"
import * as Accepted from "./Accepted.ts"
import { type AuditFile, filesOf, isOlderThanSealed, isWhole, liveIn, sizeOf } from "./AuditFiles.ts"
import * as Beginning from "./Beginning.ts"
import { findBreak } from "./Continuity.ts"
import * as Header from "./Header.ts"
import type { LedgerFile } from "./LedgerFile.ts"
import * as MarkIndex from "./MarkIndex.ts"
import { walkOn } from "./Pages.ts"
import { past } from "./Reader.ts"
import * as SealedSum from "./SealedSum.ts"
import * as Segments from "./Segments.ts"
import { type Damage, type Junk, nothingBehind, type Place, start, startAfter, type Walked } from "./Walk.ts"

/** A report, and the `h` of the events that checkpoints name. */
export interface Audited extends Omit<VerifyReport, "isComplete" | "checkpoints"> {
  readonly heads: ReadonlyMap<Seq, string>
}

export const run = Effect.fnUntraced(function* (
  path: string,
  options: Options
): Effect.fn.Return<Audited, LedgerError, Scope.Scope> {
  const live = liveIn(path)
  const files = yield* filesOf(live)
  const isOutdated = isWhole(live) && (yield* isOlderThanSealed(live))
  const total = files.reduce((sum, file) => sum + sizeOf(file.path), 0)
  const auditor = new Auditor(live, total, options)
  if (isOutdated) auditor.bad(live, { line: 1, offset: 0, why: Segments.outdated })
  for (const [index, { open, path }] of isOutdated ? [] : files.entries()) {
    yield* auditor.segment(path, open, index === files.length - 1)
    if (auditor.firstBad !== undefined) break
  }
  const report = auditor.report()
  return { ...report, lacksBase: yield* findLackingBase(live, report) }
}, Effect.scoped)

/** Only a whole folder has a base. */
const findLackingBase = Effect.fnUntraced(function* (live: string, { missing }: Omit<Audited, "lacksBase">) {
  if (missing === undefined || !isWhole(live)) return undefined
  return yield* Effect.scoped(Segments.openNewest(live)).pipe(
    Effect.flatMap(({ header }) => Beginning.findFlaw(live, header)),
    Effect.orElseSucceed(() => undefined)
  )
})

class Auditor {
  readonly live: string
  readonly total: number
  readonly options: Options
  readonly wanted: ReadonlySet<number>
  readonly heads = new Map<Seq, string>()
  readonly segments: Array<VerifyReport["segments"][number]> = []
  readonly junk: Array<ByteRange> = []
  readonly accepted: Array<VerifyReport["accepted"][number]> = []
  ledger: LedgerId | undefined
  missing: VerifyReport["missing"]
  tornTail: ByteRange | undefined
  firstBad: Bad | undefined
  events = 0
  unknown = 0
  place: Place | undefined
  /** Bytes of the segments before. */
  done = 0

  constructor(live: string, total: number, options: Options) {
    this.live = live
    this.total = total
    this.options = options
    this.wanted = new Set((options.checkpoints ?? []).map(({ seq }) => seq))
  }

  segment(path: string, open: AuditFile["open"], isLast: boolean): Effect.Effect<void, LedgerError> {
    return open.pipe(
      Effect.flatMap(({ file, header }) => (this.enter(path, header) ? this.judge(file, isLast) : Effect.void)),
      Effect.scoped,
      Effect.catchReason("LedgerError", "Damaged", ({ line, offset, path, why }) =>
        Effect.sync(() => this.bad(path, { line, offset, why }))
      ),
      Effect.catchReason("LedgerError", "Missing", (reason) =>
        this.place === undefined
          ? Effect.fail(new LedgerError({ reason }))
          : Effect.sync(() => this.bad(path, { line: 1, offset: 0, why: "it is missing" }))
      )
    )
  }

  /** Does the file continue what was read so far? The oldest that is here is believed about where it begins. */
  enter(path: string, header: Header.Header): boolean {
    const link = Header.linkBefore(header)
    const before = this.place ?? startAfter(link)
    if (this.place === undefined && header.first > 1) this.missing = { from: 1 as Seq, to: link.seq }
    this.ledger ??= header.ledger
    const flaw = findBreak(this.live, path, header, before, this.ledger)
    if (flaw === undefined) this.place = startAfter(link)
    else this.bad(flaw.path, { line: 1, offset: 0, why: flaw.why })
    return flaw === undefined
  }

  readonly judge = Effect.fnUntraced(function* (this: Auditor, file: LedgerFile, isLast: boolean) {
    const begin = this.place ?? start
    const size = yield* file.size
    const sum = this.options.fast === true && !isLast ? yield* SealedSum.check(file, begin) : undefined
    const end = sum === undefined || this.wantsFrom(begin, sum) ? yield* this.walk(file, size, isLast) : sum
    this.place = end
    if (end === sum) this.events += end.seq - begin.seq
    this.segments.push({
      path: file.path,
      first: begin.segment,
      last: end.seq,
      bytes: size,
      isSealed: end.isSealed,
      bySum: end === sum
    })
    this.done += size
    yield* this.progress(0)
    if (this.firstBad === undefined && !isLast && !end.isSealed) {
      this.tornTail = undefined
      this.bad(file.path, { line: end.line + 1, offset: end.offset, why: "the segment should go on here, and ends" })
    }
  })

  wantsFrom(begin: Place, end: Place): boolean {
    return [...this.wanted].some((seq) => seq > begin.seq && seq <= end.seq)
  }

  readonly walk = Effect.fnUntraced(function* (this: Auditor, file: LedgerFile, size: number, isLast: boolean) {
    let place = this.place ?? start
    let end = size
    do {
      const walked = yield* walkOn({ read: file.read, size: end, isWhole: true }, place)
      const isBroken = walked.ending._tag === "Damaged" || (walked.ending._tag === "Torn" && !isLast)
      const accepted = isBroken ? yield* Accepted.find(this.live, file, walked.place) : undefined
      place = this.take(file.path, walked, accepted)
      if (this.tornTail !== undefined && (yield* MarkIndex.reachesBeyond(this.live, place))) {
        this.tornTail = undefined
        const now = yield* file.size
        // Somebody was writing there.
        if (now > end) end = now
        else this.bad(file.path, { line: place.line + 1, offset: place.offset, why: MarkIndex.wasWhole })
      }
      if (this.firstBad !== undefined || this.tornTail !== undefined) return place
      yield* this.progress(place.offset)
      yield* Effect.yieldNow
    } while (place.offset < end)
    const lost = isLast || place.isSealed ? undefined : yield* Accepted.find(this.live, file, place)
    return lost === undefined ? place : this.accept(file.path, nothingBehind(place), lost)
  })

  take(path: string, walked: Walked, accepted: Junk | undefined): Place {
    this.events += walked.lines.length
    for (const { event, place } of walked.lines) {
      if (event.type === "Unknown") this.unknown++
      if (this.wanted.has(event.seq)) this.heads.set(event.seq, place.h)
    }
    this.junk.push(...walked.junk.map((junk) => rangeOf(path, junk)))
    this.place = walked.place
    if (accepted !== undefined) return this.accept(path, walked, accepted)
    if (walked.ending._tag === "Torn") this.tornTail = rangeOf(path, walked.ending.tail)
    if (walked.ending._tag === "Damaged") this.bad(path, walked.ending.damage)
    return walked.place
  }

  accept(path: string, walked: Walked, accepted: Junk): Place {
    const from = (walked.place.seq + 1) as Seq
    const { place } = past(walked, accepted)
    this.accepted.push({ ...rangeOf(path, accepted), lost: place.seq < from ? undefined : { from, to: place.seq } })
    return place
  }

  bad(path: string, { line, offset, why }: Damage): void {
    this.firstBad ??= { path, line, offset, seq: ((this.place?.seq ?? 0) + 1) as Seq, why }
  }

  progress(offset: number): Effect.Effect<void> {
    return this.options.onProgress?.({ done: this.done + offset, total: this.total }) ?? Effect.void
  }

  report(): Omit<Audited, "lacksBase"> {
    const { accepted, events, firstBad, heads, junk, ledger, live, missing, segments, tornTail, unknown } = this
    const { h, seq } = this.place ?? start
    return {
      path: live,
      isConsistent: firstBad === undefined,
      ledger,
      segments,
      events,
      unknown,
      head: { seq, h },
      missing,
      junk,
      accepted,
      tornTail,
      firstBad,
      heads
    }
  }
}

const rangeOf = (path: string, { length, line, offset }: Junk): ByteRange => ({ path, line, offset, length })
