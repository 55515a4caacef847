/** The lanes in sight: bands, and marks upon them. */
import type { BandWord } from "../Picture.ts"
import type { Fills } from "./BandPatterns.ts"
import type { Pen, Size } from "./Canvas.tsx"
import { markSize } from "./MarkShapes.ts"
import type { Sprites } from "./MarkSprites.ts"
import { type Row, rowsBetween } from "./Rows.ts"
import type { Scene } from "./Scene.ts"
import type { Theme } from "./Theme.ts"
import { marksByWeight, type ThinBand, thinBands, type ThinMark, thinMarks } from "./Thin.ts"

/** The worse, the higher: where a band is a pixel wide, its colour and pattern do not tell. */
const heights: Readonly<Record<BandWord, number>> = {
  ok: 6,
  paused: 10,
  refreshing: 12,
  cooling: 14,
  suspect: 17,
  dead: 20
}

/** Of a narrower band nobody sees the pattern, and its height tells. */
const roomForPattern = 4
/** From this width on there is room for the word itself. */
const roomForWord = 74

export interface Paints {
  readonly theme: Theme
  readonly fills: Fills
  readonly sprites: Sprites
}

export const drawLanes = (pen: Pen, { width, height }: Size, scene: Scene, paints: Paints): void => {
  const top = scene.lanesTop.value
  drawGrid(pen, scene, paints.theme, height)
  scene.drawn.clear()
  for (const row of rowsBetween(scene.layout.value, top, top + height)) {
    if (row.lane === undefined) drawHeading(pen, row.top - top, width, paints.theme)
    else drawLane(pen, row, row.lane, scene, paints)
  }
}

export const drawGrid = (pen: Pen, scene: Scene, theme: Theme, height: number): void => {
  pen.fillStyle = theme.line
  for (const { time, isGreat } of scene.ticks.value) {
    pen.globalAlpha = isGreat ? 1 : 0.5
    pen.fillRect(Math.round(scene.x(time)), 0, 1, height)
  }
  pen.globalAlpha = 1
}

const drawHeading = (pen: Pen, y: number, width: number, theme: Theme): void => {
  if (y <= 0) return
  pen.fillStyle = theme.line
  pen.fillRect(0, y, width, 1)
}

const drawLane = (pen: Pen, row: Row, lane: number, scene: Scene, paints: Paints): void => {
  const picture = scene.picture.value
  const { value: view } = scene.view
  const { value: width } = scene.plotWidth
  const { bandTop, bandHeight } = scene.measures.value
  const middle = row.top - scene.lanesTop.value + bandTop + bandHeight / 2
  if (lane === scene.lane.value) {
    pen.fillStyle = paints.theme.raised
    pen.fillRect(0, middle - bandHeight / 2 - 3, width, bandHeight + 6)
  }
  const end = scene.x(scene.present.value)
  const marks = thinMarks(picture, picture.events.marks[lane], view, width, scene.mask.value)
  scene.drawn.set(lane, marks)
  for (const band of thinBands(picture.bands.lanes[lane], view, width, picture.coming.get(lane))) {
    drawBand(pen, band, middle, end, paints)
    const to = Math.min(band.to, end)
    const hasRoom = band.word !== "ok" && to - band.from > roomForWord
    if (hasRoom && isFree(scene, marks, band.from, band.from + roomForWord)) drawWord(pen, band, middle, paints.theme)
  }
  drawMarks(pen, marks, middle, scene, paints.sprites)
}

const drawBand = (pen: Pen, band: ThinBand, middle: number, end: number, { theme, fills }: Paints): void => {
  const height = heights[band.word]
  const fill = (from: number, to: number, alpha: number) => {
    if (to <= from) return
    pen.globalAlpha = alpha
    pen.fillStyle = band.to - band.from < roomForPattern ? theme.bands[band.word] : fills[band.word]
    pen.fillRect(from, middle - height / 2, to - from, height)
  }
  fill(band.from, Math.min(band.to, end), 1)
  fill(Math.max(band.from, end), band.to, 0.4) // nothing says that it ended, and nothing that it did not
  pen.globalAlpha = 1
  outline(pen, band, middle, height, end, theme)
}

const outline = (pen: Pen, band: ThinBand, middle: number, height: number, end: number, theme: Theme): void => {
  const to = Math.min(band.to, end)
  if (band.word === "ok" && !theme.isForced) return
  if (to - band.from < roomForPattern) return
  pen.strokeStyle = theme.inks[band.word]
  pen.globalAlpha = theme.isForced ? 1 : 0.5
  pen.lineWidth = 1
  pen.strokeRect(band.from + 0.5, middle - height / 2 + 0.5, to - band.from - 1, height - 1)
  pen.globalAlpha = 1
}

const drawWord = (pen: Pen, band: ThinBand, middle: number, theme: Theme): void => {
  pen.font = "600 11px system-ui, sans-serif"
  pen.textBaseline = "middle"
  pen.textAlign = "start"
  const { width } = pen.measureText(band.word)
  const x = band.from + 10
  pen.fillStyle = theme.bands[band.word]
  pen.fillRect(x - 3, middle - 6, width + 6, 12)
  pen.fillStyle = theme.inks[band.word]
  pen.fillText(band.word, x, middle + 0.5)
}

/** No mark would cover the word; one at the very beginning does not. */
const isFree = (scene: Scene, marks: ReadonlyArray<ThinMark>, from: number, to: number): boolean =>
  !marks.some(({ time }) => scene.x(time) > from + 2 && scene.x(time) < to + 6)

/** The worst come last, so that they lie on top. */
const drawMarks = (pen: Pen, marks: ReadonlyArray<ThinMark>, middle: number, scene: Scene, sprites: Sprites): void => {
  const picture = scene.picture.value
  const { value: ratio } = scene.ratio
  /** Between two device pixels a picture would be blended, which takes far longer. */
  const whole = (place: number) => Math.round((place - markSize / 2) * ratio) / ratio
  const kinds = marks.map((mark) => picture.mark(mark.seq))
  const there = new Set(kinds)
  for (const kind of marksByWeight) {
    if (!there.has(kind)) continue
    marks.forEach((mark, index) => {
      if (kinds[index] !== kind) return
      pen.globalAlpha = mark.isFaint ? 0.22 : 1
      pen.drawImage(sprites[kind], whole(scene.x(mark.time)), whole(middle), markSize, markSize)
    })
  }
  pen.globalAlpha = 1
}
