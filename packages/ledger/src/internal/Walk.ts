/**
 * Walking over the bytes of a segment, a chunk at a time: which are events, which are sealed junk, and how it ends.
 * No I/O. A walk goes on from the place where the last one stopped, so every byte is judged once.
 */
import type { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Result } from "effect"
import * as LineFormat from "../LineFormat.ts"
import * as TornTail from "./TornTail.ts"

/** Behind a whole line: everything before it has been judged. */
export interface Place extends LineFormat.Link {
  /** The first event of the segment. */
  readonly segment: Seq
  /** In bytes, in the segment. */
  readonly offset: number
  /** Lines passed in the segment. */
  readonly line: number
  /** The segment ends here. */
  readonly isSealed: boolean
}

/** Before the first line of the segment that continues a link. */
export const startAfter = ({ h, seq }: LineFormat.Link): Place => ({
  segment: (seq + 1) as Seq,
  offset: 0,
  line: 0,
  seq,
  h,
  isSealed: false
})

export const start: Place = startAfter({ seq: 0 as Seq, h: "" })

/** An event, and the place behind its line. */
export interface Passed {
  readonly event: Recorded
  readonly place: Place
}

/** Bytes that hold no events: a `TailSealed` names them, or an operator accepted them as damage. */
export interface Junk {
  /** The first event of its segment. */
  readonly segment: Seq
  /** The number of its first line. */
  readonly line: number
  readonly lines: number
  readonly offset: number
  /** Without the newline that closes it. */
  readonly length: number
  /** Where the chain goes on behind accepted damage. Sealed junk leaves it where it was. */
  readonly resumes?: Place
}

/** Bytes judged before: their sums are not taken again, and where their junk is, is known. */
export interface Judged {
  readonly from: number
  readonly below: number
  readonly junk: ReadonlyArray<Junk>
  /** This version of the fold has read all lines before, if only for a snapshot, and knew their events. */
  readonly isRead: boolean
}

export interface Damage {
  readonly line: number
  readonly offset: number
  readonly why: string
}

export type Ending =
  /** The chunk ends behind a whole line, or the file goes on. */
  | { readonly _tag: "Whole" }
  /** A writer died here, or is writing now. */
  | { readonly _tag: "Torn"; readonly tail: TornTail.TornTail }
  | { readonly _tag: "Damaged"; readonly damage: Damage }

export interface Options {
  readonly judged?: Judged | undefined
  /** Ends the walk before the first event for which it is true. */
  readonly stop?: ((event: Recorded) => boolean) | undefined
}

export interface Walked {
  readonly lines: ReadonlyArray<Passed>
  readonly junk: ReadonlyArray<Junk>
  readonly place: Place
  readonly ending: Ending
  readonly isStopped: boolean
}

/** A walk over nothing. */
export const nothingBehind = (place: Place): Walked => ({
  lines: [],
  junk: [],
  place,
  ending: { _tag: "Whole" },
  isStopped: false
})

/** `chunk` begins at `from.offset`; `isLast` says that the file ends where it ends. */
export const walk = (chunk: Buffer, from: Place, isLast: boolean, options: Options = {}): Walked =>
  new Walker(chunk, from, options).walk(isLast)

const openings: ReadonlySet<Recorded["type"]> = new Set(["LedgerOpened", "SegmentOpened"])
const nothing: Judged = { from: 0, below: 0, junk: [], isRead: false }
const newline = 10

class Walker {
  readonly chunk: Buffer
  readonly base: number
  readonly judged: Judged
  readonly stop: (event: Recorded) => boolean
  readonly lines: Array<Passed> = []
  readonly junk: Array<Junk> = []
  place: Place
  /** Lines passed, unreadable ones too. */
  passed: number
  /** What was wrong with the first unreadable line since `place`: damage, unless a `TailSealed` follows. */
  suspicion: string | undefined
  /** Junk was just passed that a `TailSealed` must follow. */
  isSealDue = false
  isDamaged = false
  isStopped = false

  constructor(chunk: Buffer, from: Place, { judged = nothing, stop = () => false }: Options) {
    this.chunk = chunk
    this.base = from.offset
    this.judged = judged
    this.stop = stop
    this.place = from
    this.passed = from.line
  }

  walk(isLast: boolean): Walked {
    let cursor: number | undefined = 0
    while (cursor !== undefined && !this.isDamaged && !this.isStopped) {
      cursor = this.passJunk(cursor) ?? this.passLine(cursor)
    }
    const { isStopped, junk, lines, place } = this
    return { lines, junk, place, isStopped, ending: isStopped ? { _tag: "Whole" } : this.ending(isLast) }
  }

  passJunk(at: number): number | undefined {
    if (this.judged.junk.length === 0) return undefined
    const { segment } = this.place
    const junk = this.judged.junk.find((it) => it.offset === this.base + at && it.segment === segment)
    // Where a segment lost its end, the junk is empty, and begins where it ends.
    if (junk === undefined || junk.resumes === this.place) return undefined
    this.passed += junk.lines
    this.isSealDue = junk.resumes === undefined
    if (junk.resumes === undefined) return at + junk.length + 1
    this.place = junk.resumes
    return junk.resumes.offset - this.base
  }

  /** Answers where the next line begins, or nothing at the end of the chunk. */
  passLine(at: number): number | undefined {
    const end = this.chunk.indexOf(newline, at)
    if (end < 0) return undefined
    const line = this.read(at, end)
    if (Result.isSuccess(line)) this.accept(line.success, at, end + 1)
    else this.suspicion ??= LineFormat.explain(line.failure)
    this.passed++
    return end + 1
  }

  read(at: number, end: number): Result.Result<LineFormat.Line, LineFormat.Flaw> {
    const text = this.chunk.toString("latin1", at, Math.min(end, at + LineFormat.maxBytes))
    if (this.isJudged(at)) return LineFormat.open(text)
    return this.judged.isRead ? LineFormat.checkAgain(this.place, text) : LineFormat.check(this.place, text)
  }

  isJudged(at: number): boolean {
    const offset = this.base + at
    return this.judged.from <= offset && offset < this.judged.below
  }

  accept(line: LineFormat.Line, at: number, next: number): void {
    if (this.suspicion !== undefined && !this.takeAsSealed(line, at)) return
    const flaw = this.findFlaw(line.event)
    if (flaw !== undefined) return this.reject(flaw)
    this.isSealDue = false
    const { event, h } = line
    this.isStopped = this.stop(event)
    if (this.isStopped) return
    this.place = {
      segment: this.place.segment,
      offset: this.base + next,
      line: this.passed + 1,
      seq: event.seq,
      h,
      isSealed: event.type === "SegmentSealed"
    }
    this.lines.push({ event, place: this.place })
  }

  /** What stands where it must not, though its line is right. */
  findFlaw(event: Recorded): string | undefined {
    if (this.place.isSealed) return "something stands behind the end of the segment"
    if (this.place.offset === 0 && !this.opensRightly(event)) return "no segment begins so"
    if (this.place.offset > 0 && openings.has(event.type)) return "a segment begins in the middle of another"
    return event.type === "TailSealed" && !this.isSealDue ? "the junk that it names is gone" : undefined
  }

  /** A segment begins with the event that says what it continues. */
  opensRightly(event: Recorded): boolean {
    if (this.place.seq === 0) return event.type === "LedgerOpened"
    return event.type === "SegmentOpened" && event.data.continues === this.place.h
  }

  reject(flaw: string): void {
    this.isDamaged = true
    this.suspicion = flaw
  }

  takeAsSealed(line: LineFormat.Line, at: number): boolean {
    const { line: before, offset, segment } = this.place
    const bytes = this.chunk.subarray(offset - this.base, at - 1)
    this.isDamaged = !TornTail.isSealedBy(line.event, offset, bytes)
    if (this.isDamaged) return false
    this.junk.push({ segment, line: before + 1, lines: this.passed - before, offset, length: bytes.length })
    this.suspicion = undefined
    this.isSealDue = true
    return true
  }

  ending(isLast: boolean): Ending {
    const rest = this.chunk.subarray(this.place.offset - this.base)
    if (this.isDamaged || rest.length > TornTail.maxBytes) return this.damaged("this is not a line of a ledger")
    if (rest.length === 0 || !isLast) return { _tag: "Whole" }
    if (this.place.isSealed) return this.damaged("something stands behind the end of the segment")
    return Result.match(TornTail.recognise(rest, this.place), {
      onSuccess: (tail): Ending => ({ _tag: "Torn", tail }),
      onFailure: (why) => this.damaged(why)
    })
  }

  damaged(otherwise: string): Ending {
    const why = this.suspicion ?? otherwise
    return { _tag: "Damaged", damage: { line: this.place.line + 1, offset: this.place.offset, why } }
  }
}
