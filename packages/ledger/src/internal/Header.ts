/**
 * The first line of a segment, before anything else is believed: is this a ledger, in a format we read, whose, and what
 * does it continue?
 */
import type { EventOf } from "@daybook/pool/Event"
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { LedgerId, Seq } from "@daybook/pool/Ids"
import { Effect, Predicate, Result } from "effect"
import { Damaged, LedgerError, type LedgerReason, NewerFormat } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import type { LedgerFile } from "./LedgerFile.ts"
import { start } from "./Walk.ts"

export type Accepted = NonNullable<EventOf<"SegmentOpened">["data"]["accepts"]>[number]

export interface Header {
  readonly ledger: LedgerId
  /** The kind of lock its writers use. */
  readonly lock: string
  /** Fingerprint of a known word under the ledger's key. */
  readonly check: Fingerprint
  /** The event on this line. */
  readonly first: Seq
  /** `h` of the line before, in the segment before; empty in the first. */
  readonly continues: string
  /** Damage in segments before this one that an operator accepted. */
  readonly accepts: ReadonlyArray<Accepted>
}

/** Where a segment goes on from. */
export const linkBefore = ({ continues, first }: Header): LineFormat.Link => ({ seq: (first - 1) as Seq, h: continues })

export const read = Effect.fnUntraced(function* (file: LedgerFile): Effect.fn.Return<Header, LedgerError> {
  const bytes = yield* file.read(0, LineFormat.maxBytes)
  return yield* parse(file.path, bytes.subarray(0, Math.max(0, bytes.indexOf("\n"))).toString("latin1")).pipe(
    Result.mapError((reason) => new LedgerError({ reason })),
    Effect.fromResult
  )
})

const parse = (path: string, text: string): Result.Result<Header, LedgerReason> => {
  const line = LineFormat.check(claimed(text), text)
  // A newer format may close its lines in another way; one that closes them as ours does must have sums that are right.
  const format = Result.isSuccess(line) || !LineFormat.hasTrailer(text) ? formatOf(text) : undefined
  if (format !== undefined && format > LineFormat.version) {
    return Result.fail(new NewerFormat({ path, found: format, known: LineFormat.version }))
  }
  if (Result.isFailure(line)) return Result.fail(damaged(path, LineFormat.explain(line.failure)))
  const { seq: first, ...event } = line.success.event
  switch (event.type) {
    case "LedgerOpened":
      return Result.succeed({ ...event.data, first, continues: "", accepts: [] })
    case "SegmentOpened":
      return Result.succeed({ accepts: [], ...event.data, first })
    default:
      return Result.fail(damaged(path, "no ledger begins so"))
  }
}

/** What a segment's first line says that it continues; the line itself is checked against it. */
const claimed = (text: string): LineFormat.Link => {
  const [, continues] = /"type":"SegmentOpened",.*"continues":"([\w-]{43})"/.exec(text) ?? []
  return continues === undefined ? start : { seq: (LineFormat.claimedSeq(text) - 1) as Seq, h: continues }
}

const damaged = (path: string, why: string) => new Damaged({ path, line: 1, offset: 0, why })

const formatOf = (text: string): number | undefined => {
  const json = Result.getOrUndefined(Result.try(() => JSON.parse(text) as unknown))
  const data = Predicate.hasProperty(json, "data") ? json.data : undefined
  return Predicate.hasProperty(data, "format") && typeof data.format === "number" ? data.format : undefined
}
