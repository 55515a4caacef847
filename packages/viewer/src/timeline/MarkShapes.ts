/** A shape for each kind of mark, so that nobody needs the colour. Paths around the origin, within 12 by 12. */
import type { MarkKind } from "../Picture.ts"

export interface MarkShape {
  readonly outline: string
  /** Drawn as a line, with nothing in it. */
  readonly isHollow?: true
  /** Lines upon it: in the colour of the ground, or in its own if it is hollow. */
  readonly lines?: string
}

export const markShapes: Readonly<Record<MarkKind, MarkShape>> = {
  none: { outline: "M-2 0A2 2 0 1 0 2 0A2 2 0 1 0-2 0Z" },
  /** A dot. */
  refresh: { outline: "M-3.2 0A3.2 3.2 0 1 0 3.2 0A3.2 3.2 0 1 0-3.2 0Z" },
  /** A warning triangle. */
  failure: { outline: "M0-5.6L5.6 4.6L-5.6 4.6Z", lines: "M0-1.8V2.6" },
  /** Two that run into each other. */
  race: { outline: "M-5.6-4.6L0 0L5.6-4.6V4.6L0 0L-5.6 4.6Z" },
  /** A diamond with nothing in it. */
  lost: { outline: "M0-5.4L5.4 0L0 5.4L-5.4 0Z", isHollow: true },
  /** A square, crossed out. */
  quarantine: { outline: "M-5.4-5.4H5.4V5.4H-5.4Z", lines: "M-2.8-2.8L2.8 2.8M-2.8 2.8L2.8-2.8" },
  /** An arrow up. */
  lifted: { outline: "M0-5.6L5.2 0H2V5.2H-2V0H-5.2Z" },
  /** No entry. */
  refusal: { outline: "M-5.2 0A5.2 5.2 0 1 0 5.2 0A5.2 5.2 0 1 0-5.2 0Z", lines: "M-2.8 0H2.8" },
  /** A bench on its legs. */
  bench: { outline: "M-5.6-3H5.6V4H3V0H-3V4H-5.6Z" },
  /** A star with four points. */
  operator: { outline: "M0-6L1.8-1.8L6 0L1.8 1.8L0 6L-1.8 1.8L-6 0L-1.8-1.8Z" },
  /** A question mark in a box. */
  unknown: { outline: "M-5-5H5V5H-5Z", isHollow: true, lines: "M-1.7-1.2A1.7 1.7 0 1 1 0 .6V1.4M0 2.6V3.2" }
}

/** Side of the square that a mark and its rim need. */
export const markSize = 16
