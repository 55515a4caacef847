/** A stretch of time and how it lies on so many pixels. Zooming and panning make new ones, within what there is to see. */

/** Milliseconds since 1970. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Nobody looks closer than this, in milliseconds over the whole width. */
export const closest = 10

export const lengthOf = (span: Span): number => span.to - span.from

export const xOf = (span: Span, width: number, time: number): number => ((time - span.from) / lengthOf(span)) * width

export const timeOf = (span: Span, width: number, x: number): number => span.from + (x / width) * lengthOf(span)

/** All that there is, with a margin, so that the first and the last event can be seen. */
export const whole = (events: Span | undefined): Span => {
  if (events === undefined) return { from: 0, to: 1000 }
  const margin = Math.max(lengthOf(events) * 0.04, 500)
  return { from: events.from - margin, to: events.to + margin }
}

/** Not closer than `closest`, not farther than all, and with its middle among the events. */
export const clamped = (span: Span, all: Span): Span => {
  const length = Math.min(Math.max(lengthOf(span), closest), lengthOf(all) * 1.1)
  const middle = Math.min(Math.max((span.from + span.to) / 2, all.from), all.to)
  return length === lengthOf(span) && middle === (span.from + span.to) / 2
    ? span
    : { from: middle - length / 2, to: middle + length / 2 }
}

/** Closer by a factor above 1, farther by one below; the instant stays where it is. */
export const zoomed = (span: Span, factor: number, around: number, all: Span): Span =>
  clamped({ from: around - (around - span.from) / factor, to: around + (span.to - around) / factor }, all)

/** On by a part of its own length. */
export const panned = (span: Span, part: number, all: Span): Span => moved(span, part * lengthOf(span), all)

export const moved = (span: Span, by: number, all: Span): Span =>
  clamped({ from: span.from + by, to: span.to + by }, all)

/** Moved only if an instant is not in it, or too near its edge to see what comes. */
export const showing = (span: Span, time: number, all: Span): Span => {
  const margin = lengthOf(span) * 0.04
  if (time >= span.from + margin && time <= span.to - margin) return span
  const part = time < span.from + margin ? 0.7 : 0.3
  return moved(span, time - (span.from + lengthOf(span) * part), all)
}
