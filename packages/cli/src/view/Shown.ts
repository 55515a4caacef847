/**
 * The ledger as the page is to see it: whole, or up to a moment, and then nothing behind it. It is read anew whenever it
 * is asked, so it grows while it is looked at.
 */
import type { LinesOptions, ScanEnd } from "@daybook/ledger/Ledger"
import type { Damaged, LedgerError } from "@daybook/ledger/LedgerError"
import { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import * as StateSnapshot from "@daybook/pool/StateSnapshot"
import type { About } from "@daybook/viewer/Wire"
import { Effect } from "effect"
import { damageMessage } from "../Failure.ts"
import type { History } from "../History.ts"
import * as HistoryPages from "../HistoryPages.ts"

export interface Shown extends Pick<History, "folder" | "ledger"> {
  readonly again: string
  readonly first: Seq
  readonly isExcerpt: boolean
  readonly isFromElsewhere: boolean
  /** The moment, and the last event before it. */
  readonly upTo: { readonly at: number; readonly head: Seq } | undefined
}

export interface Asked {
  /** Only what was before the history's moment. */
  readonly isUpTo: boolean
  readonly isFromElsewhere: boolean
  /** The command line that asks the same. */
  readonly again: string
}

export const make = Effect.fnUntraced(function* (history: History, { again, isFromElsewhere, isUpTo }: Asked) {
  const { at, folder, ledger, state } = history
  const oldest = yield* HistoryPages.oldest(history)
  const upTo = isUpTo ? { at, head: state.head } : undefined
  const first = oldest?.seq ?? Seq.make(1)
  return { again, folder, ledger, upTo, first, isFromElsewhere, isExcerpt: isOfExcerpt(oldest) } satisfies Shown
})

const isOfExcerpt = (oldest: Recorded | undefined): boolean =>
  oldest?.type === "LedgerOpened" && oldest.data.excerpt !== undefined

export const about = Effect.fnUntraced(function* (shown: Shown) {
  const { again, first, folder, isExcerpt, isFromElsewhere, ledger, upTo } = shown
  const damage = yield* damageOf(ledger)
  const { head, ledger: opened, unknown } = ledger.known()
  return {
    ledger: opened?.id ?? "",
    name: folder,
    first,
    head: upTo?.head ?? head,
    at: upTo?.at,
    again,
    damage: upTo !== undefined || damage === undefined ? undefined : damageMessage(damage),
    isExcerpt,
    isFromElsewhere,
    unknown
  } satisfies About
})

/** What is wrong behind the last event that can be read. */
const damageOf = (ledger: Shown["ledger"]): Effect.Effect<Damaged | undefined, LedgerError> =>
  Effect.as(ledger.state, undefined).pipe(
    Effect.catchReason("LedgerError", "Damaged", (damage) => Effect.succeed(damage))
  )

/** The state behind an event, as the text of a snapshot. */
export const state = ({ ledger }: Shown, seq: Seq): Effect.Effect<string, LedgerError> =>
  Effect.map(ledger.asOf({ seq }), StateSnapshot.encode)

/** Ends where the ledger is damaged, as a scan does. */
export const lines = (shown: Shown, options: LinesOptions): Effect.Effect<ScanEnd, LedgerError> => {
  const { ledger, upTo } = shown
  const to = Math.min(options.to ?? Infinity, upTo?.head ?? Infinity)
  return ledger.lines(Number.isFinite(to) ? { ...options, to: Seq.make(to) } : options)
}
