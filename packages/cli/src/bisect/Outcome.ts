/** What was found, with the event that made the difference, what led to it, and how what was compared stood. */
import type { EventId, Seq } from "@daybook/pool/Ids"
import { type Reading, readings } from "@daybook/pool/queries/condition/Condition"
import type { Flip } from "@daybook/pool/queries/Bisect"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Option, Stream } from "effect"
import type { History } from "../History.ts"
import { type Judge, sightOf } from "./Judge.ts"
import type { Found } from "./Search.ts"
import type { Change } from "./Witness.ts"

export interface First {
  readonly flip: Flip
  readonly event: Recorded
  readonly cause: Recorded | undefined
  /** Of a condition: what it compares, at the event before and at this one. */
  readonly before: ReadonlyArray<Reading>
  readonly since: ReadonlyArray<Reading>
}

export interface Outcome {
  readonly found: Found
  readonly first: First | undefined
}

export const outcomeOf = Effect.fnUntraced(function* ({ ledger }: History, by: Judge, found: Found) {
  const flip = found.flips.find(({ holds }) => holds)
  const change = flip && (found.witness.changeAt(flip.by) ?? (yield* lookUp(ledger, flip)))
  if (flip === undefined || change === undefined) return { found, first: undefined } satisfies Outcome
  const { cause: id } = change.event
  const cause = id === undefined ? undefined : (found.witness.eventOf(id) ?? (yield* eventOf(ledger, id)))
  const read = (state: PoolState) => (by._tag === "Condition" ? readings(by.condition, sightOf(by, state)) : [])
  const first = { flip, event: change.event, cause, before: read(change.before), since: read(change.since) }
  return { found, first } satisfies Outcome
})

const lookUp = Effect.fnUntraced(function* (ledger: History["ledger"], { after, by }: Flip) {
  const event = yield* eventAt(ledger, by)
  const [before, since] = [yield* ledger.asOf({ seq: after }), yield* ledger.asOf({ seq: by })]
  return event && ({ event, before, since } satisfies Change)
})

const eventAt = (ledger: History["ledger"], seq: Seq) =>
  Effect.map(Stream.runHead(ledger.read(seq)), Option.getOrUndefined)

/** None if it is not in the ledger any more. */
const eventOf = (ledger: History["ledger"], id: EventId) =>
  Effect.flatMap(ledger.asOf({ id }), ({ head }) => eventAt(ledger, head)).pipe(
    Effect.catchReason("LedgerError", "NoSuchEvent", () => Effect.succeed(undefined))
  )
