/**
 * The first line of a ledger file, before anything else is believed: is this a ledger, in a format we read, and whose?
 */
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { LedgerId } from "@daybook/pool/Ids"
import { Effect, Predicate, Result } from "effect"
import { Damaged, LedgerError, type LedgerReason, NewerFormat } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import type { LedgerFile } from "./LedgerFile.ts"
import { start } from "./Walk.ts"

export interface Header {
  readonly ledger: LedgerId
  /** The kind of lock its writers use. */
  readonly lock: string
  /** Fingerprint of a known word under the ledger's key. */
  readonly check: Fingerprint
}

export const read = Effect.fnUntraced(function* (file: LedgerFile): Effect.fn.Return<Header, LedgerError> {
  const bytes = yield* file.read(0, LineFormat.maxBytes)
  return yield* parse(file.path, bytes.subarray(0, Math.max(0, bytes.indexOf("\n"))).toString("latin1")).pipe(
    Result.mapError((reason) => new LedgerError({ reason })),
    Effect.fromResult
  )
})

const parse = (path: string, text: string): Result.Result<Header, LedgerReason> => {
  const line = LineFormat.check(start, text)
  // A newer format may close its lines in another way; one that closes them as ours does must have sums that are right.
  const format = Result.isSuccess(line) || !LineFormat.hasTrailer(text) ? formatOf(text) : undefined
  if (format !== undefined && format > LineFormat.version) {
    return Result.fail(new NewerFormat({ path, found: format, known: LineFormat.version }))
  }
  if (Result.isFailure(line)) return Result.fail(damaged(path, LineFormat.explain(line.failure)))
  const { event } = line.success
  return event.type === "LedgerOpened" ? Result.succeed(event.data) : Result.fail(damaged(path, "no ledger begins so"))
}

const damaged = (path: string, why: string) => new Damaged({ path, line: 1, offset: 0, why })

const formatOf = (text: string): number | undefined => {
  const json = Result.getOrUndefined(Result.try(() => JSON.parse(text) as unknown))
  const data = Predicate.hasProperty(json, "data") ? json.data : undefined
  return Predicate.hasProperty(data, "format") && typeof data.format === "number" ? data.format : undefined
}
