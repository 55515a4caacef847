/**
 * What waits to be appended, made into one piece of text. Pure: each append is checked against the state that the ones
 * before it leave behind, and one that is refused leaves nothing.
 */
import { evolve } from "@daybook/pool/Evolve"
import type { ActorId, EventId, Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { type PoolState, versionOf } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { Result } from "effect"
import type { AppendOptions } from "../Ledger.ts"
import { Conflict, TooLarge } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"

export interface Append extends AppendOptions {
  readonly events: ReadonlyArray<LineFormat.Prepared>
}

/** Who writes, and when. */
export interface Hand {
  readonly actor: ActorId
  readonly at: Instant
  readonly nextId: () => EventId
}

/** The end of the ledger that the next line continues. */
export interface End extends LineFormat.Link {
  readonly state: PoolState
}

export type Outcome = Result.Result<ReadonlyArray<Recorded>, Conflict | TooLarge>

export interface Group {
  /** In order; `preamble` first, if any append was accepted. */
  readonly lines: ReadonlyArray<LineFormat.Line>
  readonly end: End
  /** One for each append. */
  readonly outcomes: ReadonlyArray<Outcome>
}

/** `preamble` is written before the appends, and only together with one. */
export const compose = (
  from: End,
  hand: Hand,
  preamble: ReadonlyArray<LineFormat.Prepared>,
  appends: ReadonlyArray<Append>
): Group => {
  const opened = follow(from, hand, preamble)
  const lines = [...opened.lines]
  let end = opened.end
  const outcomes = appends.map((append): Outcome => {
    const next = Result.flatMap(unmoved(end.state, append), () => within(follow(end, hand, append.events)))
    if (Result.isFailure(next)) return Result.fail(next.failure)
    lines.push(...next.success.lines)
    end = next.success.end
    return Result.succeed(next.success.lines.map((line) => line.event))
  })
  return lines.length === opened.lines.length ? { lines: [], end: from, outcomes } : { lines, end, outcomes }
}

interface Piece {
  readonly lines: ReadonlyArray<LineFormat.Line>
  readonly end: End
}

const follow = (from: End, hand: Hand, drafts: ReadonlyArray<LineFormat.Prepared>): Piece => {
  const lines: Array<LineFormat.Line> = []
  let end = from
  for (const draft of drafts) {
    const line = LineFormat.render(end.h, stamp(hand, end, draft), draft)
    lines.push(line)
    end = { seq: line.event.seq, h: line.h, state: evolve(end.state, line.event) }
  }
  return { lines, end }
}

const stamp = ({ actor, at, nextId }: Hand, end: End, draft: LineFormat.Prepared): LineFormat.Stamp => ({
  seq: (end.seq + 1) as Seq,
  at,
  id: draft.id ?? nextId(),
  actor
})

const unmoved = (state: PoolState, { expected }: Append): Result.Result<void, Conflict> => {
  for (const [grant, version] of expected ?? []) {
    const found = versionOf(state, grant)
    if (found !== version) return Result.fail(new Conflict({ grant, expected: version, found }))
  }
  return Result.void
}

const within = (piece: Piece): Result.Result<Piece, TooLarge> => {
  const long = piece.lines.find((line) => line.text.length >= LineFormat.maxBytes)
  return long === undefined
    ? Result.succeed(piece)
    : Result.fail(new TooLarge({ type: long.event.type, bytes: long.text.length + 1 }))
}

/** The text of the lines, as it goes to a file. */
export const textOf = (lines: ReadonlyArray<LineFormat.Line>): string => lines.map((line) => `${line.text}\n`).join("")
