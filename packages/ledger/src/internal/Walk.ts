/**
 * Walking over the bytes of a ledger, a chunk at a time: which are events, which are sealed junk, and how it ends.
 * No I/O. A walk goes on from the place where the last one stopped, so every byte is judged once.
 */
import type { Seq } from "@daybook/pool/Ids"
import { Result } from "effect"
import * as LineFormat from "../LineFormat.ts"
import * as TornTail from "./TornTail.ts"

/** Behind a whole line: everything before `offset` has been judged. `line` counts the lines passed. */
export interface Place extends LineFormat.Link {
  readonly offset: number
  readonly line: number
}

export const start: Place = { offset: 0, line: 0, seq: 0 as Seq, h: "" }

/** Bytes that a `TailSealed` names; a newline stands behind them. */
export interface Junk {
  /** The number of its first line. */
  readonly line: number
  readonly lines: number
  readonly offset: number
  readonly length: number
}

/** Bytes judged before: their sums are not taken again, and where their junk is, is known. */
export interface Judged {
  readonly below: number
  readonly junk: ReadonlyMap<number, Junk>
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

export interface Walked {
  readonly lines: ReadonlyArray<LineFormat.Line>
  readonly junk: ReadonlyArray<Junk>
  readonly place: Place
  readonly ending: Ending
}

/** `chunk` begins at `from.offset`; `isLast` says that the file ends where it ends. */
export const walk = (chunk: Buffer, from: Place, isLast: boolean, judged: Judged = nothing): Walked =>
  new Walker(chunk, from, judged).walk(isLast)

const nothing: Judged = { below: 0, junk: new Map() }
const newline = 10

class Walker {
  readonly chunk: Buffer
  readonly base: number
  readonly judged: Judged
  readonly lines: Array<LineFormat.Line> = []
  readonly junk: Array<Junk> = []
  place: Place
  /** Lines passed, unreadable ones too. */
  passed: number
  /** What was wrong with the first unreadable line since `place`: damage, unless a `TailSealed` follows. */
  suspicion: LineFormat.Flaw | undefined
  isDamaged = false

  constructor(chunk: Buffer, from: Place, judged: Judged) {
    this.chunk = chunk
    this.base = from.offset
    this.judged = judged
    this.place = from
    this.passed = from.line
  }

  walk(isLast: boolean): Walked {
    let cursor: number | undefined = 0
    while (cursor !== undefined && !this.isDamaged) cursor = this.passJunk(cursor) ?? this.passLine(cursor)
    return { lines: this.lines, junk: this.junk, place: this.place, ending: this.ending(isLast) }
  }

  passJunk(at: number): number | undefined {
    const junk = this.judged.junk.get(this.base + at)
    if (junk === undefined) return undefined
    this.passed += junk.lines
    return at + junk.length + 1
  }

  /** Answers where the next line begins, or nothing at the end of the chunk. */
  passLine(at: number): number | undefined {
    const end = this.chunk.indexOf(newline, at)
    if (end < 0) return undefined
    const line = this.read(at, end)
    if (Result.isSuccess(line)) this.accept(line.success, at, end + 1)
    else this.suspicion ??= line.failure
    this.passed++
    return end + 1
  }

  read(at: number, end: number): Result.Result<LineFormat.Line, LineFormat.Flaw> {
    const text = this.chunk.toString("latin1", at, Math.min(end, at + LineFormat.maxBytes))
    return this.base + at < this.judged.below ? LineFormat.open(text) : LineFormat.check(this.place, text)
  }

  accept(line: LineFormat.Line, at: number, next: number): void {
    if (this.suspicion !== undefined && !this.takeAsSealed(line, at)) return
    this.lines.push(line)
    this.place = { offset: this.base + next, line: this.passed + 1, seq: line.event.seq, h: line.h }
  }

  takeAsSealed(line: LineFormat.Line, at: number): boolean {
    const { line: before, offset } = this.place
    const bytes = this.chunk.subarray(offset - this.base, at - 1)
    this.isDamaged = !TornTail.isSealedBy(line.event, offset, bytes)
    if (this.isDamaged) return false
    this.junk.push({ line: before + 1, lines: this.passed - before, offset, length: bytes.length })
    this.suspicion = undefined
    return true
  }

  ending(isLast: boolean): Ending {
    const rest = this.chunk.subarray(this.place.offset - this.base)
    if (this.isDamaged || rest.length > TornTail.maxBytes) return this.damaged("this is not a line of a ledger")
    if (rest.length === 0 || !isLast) return { _tag: "Whole" }
    return Result.match(TornTail.recognise(rest, this.place), {
      onSuccess: (tail): Ending => ({ _tag: "Torn", tail }),
      onFailure: (why) => this.damaged(why)
    })
  }

  damaged(otherwise: string): Ending {
    const why = this.suspicion === undefined ? otherwise : LineFormat.explain(this.suspicion)
    return { _tag: "Damaged", damage: { line: this.place.line + 1, offset: this.place.offset, why } }
  }
}
