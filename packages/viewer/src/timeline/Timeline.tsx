/**
 * The timeline: what each credential was and what befell it, over time. It draws what the signals hold, and says by them
 * where a person moved the view, the cursor and the choice.
 */
import type { Signal } from "@preact/signals"
import type { Cursor } from "../Questions.ts"
import type { Picture } from "./Picture.ts"
import type { Span } from "./Span.ts"

export type { Span } from "./Span.ts"

export type Selection = { readonly credential: string } | { readonly seq: number }

/** A decision that another policy would have made otherwise. */
export interface Overlaid {
  readonly seq: number
  readonly at: number
  readonly credential: string | undefined
}

export interface TimelineProps {
  readonly picture: Signal<Picture>
  readonly view: Signal<Span>
  /** Undefined: at the live end. */
  readonly cursor: Signal<Cursor | undefined>
  readonly pin: Signal<Cursor | undefined>
  readonly selected: Signal<Selection | undefined>
  /** The events that the filter keeps; undefined: all. */
  readonly shown: Signal<ReadonlySet<number> | undefined>
  readonly overlay: Signal<ReadonlyArray<Overlaid>>
  readonly brushed: Signal<Span | undefined>
}

export const Timeline = (_: TimelineProps) => <section class="timeline" />
