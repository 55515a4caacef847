/**
 * `ledger.base`: the state at the end of the segments that were archived. What is left folds from here, so it is no
 * derived file: it is synced before the first segment leaves, and must stay with the ledger.
 */
import * as AtomicFile from "@daybook/files/AtomicFile"
import type { LedgerId } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import * as StateSnapshot from "@daybook/pool/StateSnapshot"
import { Effect, Option, Schema } from "effect"
import { Damaged, LedgerError, ofFile } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import type { Link } from "../LineFormat.ts"
import { basePath } from "./Segments.ts"

export interface Base {
  readonly ledger: LedgerId
  /** The last archived event. */
  readonly link: Link
  readonly state: PoolState
}

const Line = Schema.fromJsonString(
  Schema.Struct({
    ledger: Schema.String,
    seq: Schema.Int,
    h: Schema.String,
    shape: Schema.Literal(StateSnapshot.shape),
    state: Schema.String,
    c: Schema.String
  })
)

export const write = (live: string, { ledger, link, state }: Base): Effect.Effect<void, LedgerError> => {
  const text = StateSnapshot.encode(state)
  const line = {
    ledger,
    seq: link.seq,
    h: link.h,
    shape: StateSnapshot.shape,
    state: text,
    c: sumOf(ledger, link, text)
  }
  return AtomicFile.write(basePath(live), `${JSON.stringify(line)}\n`, { mode: 0o600 }).pipe(Effect.mapError(ofFile))
}

const sumOf = (ledger: string, { h, seq }: Link, state: string): string =>
  LineFormat.checksum([ledger, seq, h, StateSnapshot.shape, state].join(" "))

const maxBytes = 1024 * 1024 * 1024

/** None if nothing was archived. */
export const read = (live: string): Effect.Effect<Option.Option<Base>, LedgerError> =>
  AtomicFile.readIfExists(basePath(live), { maxBytes }).pipe(
    Effect.mapError(ofFile),
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.succeedNone,
        onSome: (bytes) => Effect.asSome(decode(basePath(live), Buffer.from(bytes).toString()))
      })
    )
  )

const decode = (path: string, text: string): Effect.Effect<Base, LedgerError> =>
  Schema.decodeUnknownOption(Line)(text).pipe(
    Option.filter(({ c, h, ledger, seq, state }) => c === sumOf(ledger, { seq, h } as Link, state)),
    Option.flatMap(({ h, ledger, seq, state: text }) =>
      Option.map(StateSnapshot.decode(text), (state) => ({
        ledger: ledger as LedgerId,
        link: { seq, h } as Link,
        state
      }))
    ),
    Effect.fromOption,
    Effect.mapError(() => {
      const why =
        "it is not what was written when segments were archived, or a version of Daybook wrote it whose states are made of other things"
      return new LedgerError({ reason: new Damaged({ path, line: 1, offset: 0, why }) })
    })
  )
