/** What lies under a finger or a pointer: the nearest of the marks that are drawn, within reach. */
import { xOf, type Span } from "./Span.ts"
import type { ThinMark } from "./Thin.ts"

/** Pixels. A finger reaches farther than a pointer. */
export const reach = { pointer: 8, finger: 16 } as const

export const markNear = (
  marks: ReadonlyArray<ThinMark>,
  view: Span,
  width: number,
  x: number,
  within: number
): ThinMark | undefined => {
  let nearest: ThinMark | undefined
  let distance = within
  for (const mark of marks) {
    const own = Math.abs(xOf(view, width, mark.time) - x)
    if (own > distance) continue
    nearest = mark
    distance = own
  }
  return nearest
}
