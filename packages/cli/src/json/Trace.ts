/** What `trace --json` answers. */
import { ActorId, CorrelationId, EventId, Seq } from "@daybook/pool/Ids"
import type { Traced } from "@daybook/pool/queries/Trace"
import { Schema } from "effect"
import type { History } from "../History.ts"
import { namesIn } from "@daybook/words/Names"
import type { TraceView } from "../render/TraceLines.ts"
import { basisFields, basisOf } from "./Basis.ts"
import { EventDocument, eventDocument } from "./Event.ts"

const said = (description: string) => ({ description })

const Step = Schema.Struct({
  event: EventDocument,
  parent: Schema.optionalKey(Seq).annotate(said("The event of the trace that led to it")),
  children: Schema.Array(Seq).annotate(said("The events that it led to")),
  depth: Schema.Int.annotate(said("How many events led to it, one after the other")),
  sinceMillis: Schema.Int.annotate(
    said("Milliseconds after the first event of the trace; below 0 if a clock was behind")
  ),
  waitMillis: Schema.Int.annotate(
    said("Milliseconds after what led to it; without that, after the event before it in the trace")
  ),
  isGap: Schema.Boolean.annotate(said("`waitMillis` is more than `gapMillis`")),
  outside: Schema.optionalKey(EventId).annotate(said("What led to it is not of the trace"))
})

export const Trace = Schema.Struct({
  ...basisFields,
  correlation: Schema.optionalKey(CorrelationId).annotate(
    said("Of the trace; absent if it is what one event came from and led to")
  ),
  gapMillis: Schema.Finite,
  events: Schema.Array(Step).annotate(said("Each behind the one that led to it, what came of that in order")),
  outside: Schema.Array(EventDocument).annotate(said("What led into the trace, as far as it is in the ledger")),
  actors: Schema.Record(Schema.String, Schema.String).annotate(said("Short names, by id"))
})

export const traceJson = (history: History, view: TraceView): typeof Trace.Type => ({
  ...basisOf(history),
  ...(view.correlation === undefined ? {} : { correlation: view.correlation }),
  gapMillis: view.gap,
  events: view.events.map((traced) => stepJson(traced, view.gap)),
  outside: view.outside.map(eventDocument),
  actors: namesOf(history, new Set(view.events.map(({ event }) => event.actor)))
})

const stepJson = ({ children, depth, event, outside, parent, since, wait }: Traced, gap: number): typeof Step.Type => ({
  event: eventDocument(event),
  ...(parent === undefined ? {} : { parent }),
  children,
  depth,
  sinceMillis: since,
  waitMillis: wait,
  isGap: wait > gap,
  ...(outside === undefined ? {} : { outside })
})

const namesOf = ({ state }: History, ids: ReadonlySet<ActorId>): Record<string, string> =>
  Object.fromEntries(Array.from(ids, (id) => [id, namesIn(state).actor(id)]))
