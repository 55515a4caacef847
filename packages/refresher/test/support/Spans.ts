/** A tracer that keeps the spans it made. */
import { type Exit, Option, Tracer } from "effect"

export interface Kept {
  readonly name: string
  readonly kind: Tracer.SpanKind
  readonly parent: string | undefined
  readonly attributes: Readonly<Record<string, unknown>>
  readonly exit: Exit.Exit<unknown, unknown> | undefined
}

export const recording = () => {
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = Tracer.nativeTracer.span(options)
      spans.push(span)
      return span
    }
  })
  return { tracer, spans: (): ReadonlyArray<Kept> => spans.map(kept) }
}

const kept = ({ attributes, kind, name, parent, status }: Tracer.Span): Kept => ({
  name,
  kind,
  parent: Option.match(parent, { onNone: () => undefined, onSome: nameOf }),
  attributes: Object.fromEntries(attributes),
  exit: status._tag === "Ended" ? status.exit : undefined
})

const nameOf = (span: Tracer.AnySpan): string => (span._tag === "Span" ? span.name : span.spanId)
