/**
 * The grant of a target as the ledger has it now, and the one way to append events about it.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import type { EventOf, EventType, PoolEvent } from "@daybook/pool/Event"
import type { EventId, Seq } from "@daybook/pool/Ids"
import { grantById } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import { Effect } from "effect"
import { noteInSpan } from "./Spans.ts"
import type { Target } from "./Target.ts"

export const grantState = Effect.fnUntraced(function* (target: Target) {
  const ledger = yield* Ledger
  const state = yield* ledger.state
  return { state, grant: grantById(state, target.grant) }
})

type GrantEvent = Extract<PoolEvent, { readonly data: { readonly grant: unknown } }>["type"]
type DataOf<Type extends EventType> = Omit<EventOf<Type>["data"], "grant">

/**
 * An event about the target's grant, as part of the target's story. The compiler cannot tie `type` and `data` together
 * across the union, hence the cast; appending encodes the event by its schema and so checks it.
 */
export const about = <Type extends GrantEvent>(
  target: Target,
  type: Type,
  data: DataOf<Type>,
  cause?: EventId,
  id?: EventId
): Draft =>
  ({
    type,
    v: 1,
    credential: target.credential.id,
    ...(id === undefined ? {} : { id }),
    cause,
    correlation: target.correlation,
    data: { grant: target.grant, ...data }
  }) as Draft

/** Observations and outcomes: they are facts and cannot conflict. */
export const record = (...events: ReadonlyArray<Draft>) =>
  Effect.tap(
    Ledger.use((ledger) => ledger.append(events)),
    () => noteInSpan(events)
  )

/** Decisions: made on what the ledger said, so they fail with `Conflict` if the grant has moved since. */
export const decide = Effect.fnUntraced(function* (target: Target, version: Seq, ...events: ReadonlyArray<Draft>) {
  const ledger = yield* Ledger
  const recorded = yield* ledger.append(events, { expected: new Map([[target.grant, version]]) })
  yield* noteInSpan(events)
  return recorded
})
