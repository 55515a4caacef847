/** What the parts of the timeline share: the signals of the page, its own, and what follows from them. */
import { computed, signal } from "@preact/signals"
import type { Cursor } from "../Questions.ts"
import { actorRows } from "./ActorRows.ts"
import { type Arrow, arrowsInView, arrowsOfEvent, arrowsOfLane } from "./Arrows.ts"
import { spritesOf } from "./MarkSprites.ts"
import { laneIndexOf, layoutOf, measuresFor, middleOf } from "./Rows.ts"
import { lengthOf, type Span, whole, xOf } from "./Span.ts"
import type { Theme } from "./Theme.ts"
import { maskOf, type ThinMark } from "./Thin.ts"
import { ticksOf } from "./Ticks.ts"
import type { TimelineProps } from "./Timeline.tsx"

/** Kept free at the right of every plot, for the scroll bar of the lanes. */
export const edge = 14
/** Nobody sees a shorter one. */
export const shortestArrow = 4
export const axisHeight = 38
export const minimapHeight = 34
export const actorHeight = 24

/** The event under the pointer, and where that is in the stack of axis, lanes and actors. */
export interface Hover {
  readonly seq: number
  readonly count: number
  readonly x: number
  readonly y: number
}

export type Scene = ReturnType<typeof makeScene>

export const makeScene = (props: TimelineProps) => {
  const { picture, view, shown, selected } = props
  const own = {
    /** Of the whole timeline. */
    width: signal(0),
    ratio: signal(1),
    theme: signal<Theme | undefined>(undefined),
    lanesTop: signal(0),
    lanesHeight: signal(0),
    actorsTop: signal(0),
    actorsHeight: signal(0),
    hover: signal<Hover | undefined>(undefined),
    /** Where a key of the timeline has put the cursor last. */
    stepped: signal<Cursor | undefined>(undefined),
    /** A drag marks a span, as with the shift key. */
    isSpanning: signal(false)
  }
  const measures = computed(() => measuresFor(own.width.value))
  const plotWidth = computed(() => Math.max(1, Math.floor(own.width.value - measures.value.names - edge)))
  const layout = computed(() => layoutOf(picture.value, measures.value))
  const actors = computed(() => actorRows(picture.value))
  const mask = computed(() => maskOf(picture.value, shown.value))
  const ticks = computed(() => ticksOf(view.value, plotWidth.value))
  const present = computed(() => Math.max(props.present?.value ?? 0, picture.value.span?.to ?? 0))
  const all = computed(() => {
    const { span } = picture.value
    return whole(span && { from: span.from, to: present.value })
  })
  const instant = computed(() => props.cursor.value?.now ?? present.value)
  /** At which the words beside the lanes hold. */
  const looked = computed(() => props.cursor.value?.now ?? Math.max(props.now?.value ?? 0, present.value))
  const sprites = computed(() => own.theme.value && spritesOf(own.theme.value, own.ratio.value))
  const lane = computed(() => {
    const { value } = selected
    return value !== undefined && "credential" in value ? laneIndexOf(picture.value, value.credential) : undefined
  })
  const event = computed(() => {
    const { value } = selected
    return value !== undefined && "seq" in value && picture.value.has(value.seq) ? value.seq : undefined
  })
  /** The lane to have in sight: the chosen one, or that of the chosen event. */
  const wanted = computed(
    () => lane.value ?? (event.value === undefined ? undefined : picture.value.laneIndex(event.value))
  )
  const chosenArrows = computed(() => (event.value === undefined ? [] : arrowsOfEvent(picture.value, event.value)))
  const arrows = computed((): ReadonlyArray<Arrow> => [
    ...(lane.value === undefined ? arrowsInView(picture.value, view.value) : chosenLane(lane.value)),
    ...chosenArrows.value
  ])
  /** A scrubbing cursor draws no arrows anew while all of them are drawn. */
  const chosenLane = (lane: number): ReadonlyArray<Arrow> =>
    arrowsOfLane(picture.value, view.value, {
      lane,
      near: () => props.cursor.value?.seq ?? picture.value.last,
      shortest: (shortestArrow * lengthOf(view.value)) / plotWidth.value
    })
  const x = (time: number): number => xOf(view.value, plotWidth.value, time)
  /** In the stack; a lane that is scrolled away is at the edge. */
  const yOfLane = (place: number): number | undefined => {
    const row = layout.value.rowOf.get(place)
    if (row === undefined) return undefined
    const y = middleOf(row, measures.value) - own.lanesTop.value
    return axisHeight + Math.min(Math.max(y, 0), own.lanesHeight.value)
  }
  const yOfActor = (place: number): number => {
    const y = ((actors.value.rowOf.get(place) ?? 0) + 0.7) * actorHeight - own.actorsTop.value
    return axisHeight + own.lanesHeight.value + Math.min(Math.max(y, 0), own.actorsHeight.value)
  }
  /** An event about no credential stands with its actor. */
  const yOfEvent = (seq: number): number => {
    const place = picture.value.laneIndex(seq)
    const y = place === undefined ? undefined : yOfLane(place)
    return y ?? yOfActor(picture.value.actorIndex(seq))
  }
  const look = (span: Span): void => {
    view.value = span
  }
  return {
    ...props,
    ...own,
    measures,
    plotWidth,
    layout,
    actors,
    all,
    mask,
    ticks,
    present,
    instant,
    looked,
    sprites,
    lane,
    event,
    wanted,
    arrows,
    x,
    yOfLane,
    yOfActor,
    yOfEvent,
    look,
    /** By a lane's place: the marks that stand on the canvas now. */
    drawn: new Map<number, ReadonlyArray<ThinMark>>()
  }
}
