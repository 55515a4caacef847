/**
 * Zooming and panning by wheel, drag and pinch: d3-zoom takes the gestures, the view stays what holds. Its transform is in
 * pixels for a millisecond, counted from the start of the ledger.
 */
import { effect } from "@preact/signals"
import { select } from "d3-selection"
import { type D3ZoomEvent, zoom, type ZoomTransform, zoomIdentity } from "d3-zoom"
import type { Scene } from "./Scene.ts"
import { clamped, lengthOf, panned, type Span } from "./Span.ts"

export interface ZoomingOptions {
  readonly scene: Scene
  /** A drag up or down, in pixels. */
  readonly onScroll: (by: number, isTouch: boolean) => void
}

export const takeZooming = (element: HTMLElement, { scene, onScroll }: ZoomingOptions): (() => void) => {
  const { view, all, plotWidth } = scene
  const origin = () => all.value.from
  const viewOf = ({ k, x }: ZoomTransform): Span => {
    const from = origin() - x / k
    return { from, to: from + plotWidth.value / k }
  }
  const transformOf = (span: Span): ZoomTransform => {
    const k = plotWidth.value / lengthOf(span)
    return zoomIdentity.scale(k).translate(origin() - span.from, 0)
  }
  const target = select<HTMLElement, unknown>(element)
  let before: ZoomTransform | undefined
  /** A finger either scrolls or pans. */
  let way: "down" | "across" | "both" | undefined
  // Set beside d3-zoom's own events, which would end a gesture that is under way.
  const place = () => {
    const { k, x } = transformOf(view.value)
    target.property("__zoom", zoomIdentity.translate(x, 0).scale(k))
  }
  const zooming = zoom<HTMLElement, unknown>()
    .filter((event: MouseEvent) => isOurs(event) && !scene.isSpanning.peek())
    .duration(0)
    .clickDistance(4)
    .constrain((transform) => {
      const span = clamped(viewOf(transform), all.peek())
      const { k, x } = transformOf(span)
      return zoomIdentity.translate(x, transform.y).scale(k)
    })
    .on("start", ({ transform }: D3ZoomEvent<HTMLElement, unknown>) => {
      before = transform
      way = undefined
    })
    .on("zoom", ({ transform, sourceEvent }: D3ZoomEvent<HTMLElement, unknown>) => {
      if (!sourceEvent || before === undefined) return
      const [right, down] = [transform.x - before.x, transform.y - before.y]
      const isPan = Math.abs(transform.k / before.k - 1) < 1e-9 && !(sourceEvent instanceof WheelEvent)
      const isTouch = "touches" in sourceEvent
      way ??= isPan && isTouch ? (Math.abs(down) > Math.abs(right) ? "down" : "across") : "both"
      before = transform
      if (isPan && way !== "across") onScroll(down, isTouch)
      if (way !== "down") scene.look(viewOf(transform))
    })
    .on("end", () => place())
  target.call(zooming)
  const forget = effect(place)
  const onWheel = (event: WheelEvent) => {
    const by = wheelAcross(event)
    if (by === 0) return
    event.preventDefault()
    scene.look(panned(view.peek(), by / plotWidth.peek(), all.peek()))
  }
  element.addEventListener("wheel", onWheel, { passive: false })
  return () => {
    forget()
    element.removeEventListener("wheel", onWheel)
    target.on(".zoom", null)
  }
}

/** A wheel that goes across, or with the shift key, pans; d3-zoom has the others. */
const wheelAcross = (event: WheelEvent): number => {
  if (event.ctrlKey || event.metaKey) return 0
  if (event.shiftKey) return event.deltaX || event.deltaY
  return Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0
}

const isOurs = (event: MouseEvent): boolean => {
  if (event instanceof WheelEvent) return wheelAcross(event) === 0
  return !event.shiftKey && !event.ctrlKey && !event.button
}

/** As a drag does; what is left of a finger's way scrolls the page. */
export const scrollAlong = (frame: HTMLElement, by: number, isTouch: boolean): void => {
  const before = frame.scrollTop
  frame.scrollTop -= by
  const left = by - (before - frame.scrollTop)
  if (isTouch && Math.abs(left) >= 1) scrollBy(0, -left)
}
