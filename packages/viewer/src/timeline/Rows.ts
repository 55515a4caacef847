/** How lanes lie below each other: a heading for each provider, then its lanes. Only those in sight are drawn and named. */
import type { Lane } from "../Picture.ts"
import type { Picture } from "./Picture.ts"

export interface Row {
  readonly top: number
  readonly height: number
  readonly provider: string
  /** Place in the legend; undefined: the heading of the provider. */
  readonly lane: number | undefined
}

/** On a narrow page a lane's name stands above it, not beside it. */
export interface Measures {
  readonly heading: number
  readonly lane: number
  /** From the top of a lane's row to its band, and the band's height. */
  readonly bandTop: number
  readonly bandHeight: number
  /** Width of the column of names; 0 when they stand above. */
  readonly names: number
}

export const wide: Measures = { heading: 24, lane: 28, bandTop: 4, bandHeight: 20, names: 190 }
export const narrow: Measures = { heading: 24, lane: 46, bandTop: 23, bandHeight: 20, names: 0 }

export const measuresFor = (width: number): Measures => (width < 640 ? narrow : wide)

export interface Layout {
  readonly rows: ReadonlyArray<Row>
  readonly height: number
  /** By a lane's place in the legend. */
  readonly rowOf: ReadonlyMap<number, Row>
  readonly measures: Measures
}

export const layoutOf = (picture: Picture, measures: Measures): Layout => {
  const rows: Array<Row> = []
  let top = 0
  const add = (height: number, lane: number | undefined, provider: string): void => {
    rows.push({ top, height, provider, lane })
    top += height
  }
  for (const lane of picture.lanes) {
    const { provider } = picture.legend.lanes[lane]!
    if (rows.at(-1)?.provider !== provider) add(measures.heading, undefined, provider)
    add(measures.lane, lane, provider)
  }
  const rowOf = new Map(rows.flatMap((row) => (row.lane === undefined ? [] : [[row.lane, row] as const])))
  return { rows, height: top, rowOf, measures }
}

/** Rows of which something lies between two heights. */
export const rowsBetween = (layout: Layout, from: number, to: number): ReadonlyArray<Row> =>
  layout.rows.filter((row) => row.top + row.height > from && row.top < to)

export const rowAt = (layout: Layout, y: number): Row | undefined =>
  layout.rows.find((row) => y >= row.top && y < row.top + row.height)

/** Middle of a lane's band. */
export const middleOf = (row: Row, measures: Measures): number => row.top + measures.bandTop + measures.bandHeight / 2

/** The lane so many lanes on from another; the first or the last one at the ends. */
export const laneBeside = (picture: Picture, lane: number, by: number): number | undefined => {
  const index = picture.lanes.indexOf(lane)
  return picture.lanes[Math.min(Math.max(index + by, 0), picture.lanes.length - 1)]
}

export const laneIndexOf = (picture: Picture, credential: string): number | undefined => {
  const index = picture.legend.lanes.findIndex((lane: Lane) => lane.credential === credential)
  return index < 0 ? undefined : index
}
