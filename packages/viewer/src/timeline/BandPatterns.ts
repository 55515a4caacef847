/** A pattern for each word that a band can say, so that nobody needs the colour. `ok` is plain: it is what one overlooks. */
import { type BandWord, bandWords } from "../Picture.ts"
import type { Theme } from "./Theme.ts"

type Pen = CanvasRenderingContext2D

const tile = 8

const strokes = (pen: Pen, ...pairs: ReadonlyArray<readonly [number, number, number, number]>): void => {
  pen.beginPath()
  for (const [fromX, fromY, toX, toY] of pairs) {
    pen.moveTo(fromX, fromY)
    pen.lineTo(toX, toY)
  }
  pen.stroke()
}

const rising = [
  [-1, tile + 1, tile + 1, -1],
  [-1, 1, 1, -1],
  [tile - 1, tile + 1, tile + 1, tile - 1]
] as const
const falling = [
  [-1, -1, tile + 1, tile + 1],
  [-1, tile - 1, 1, tile + 1],
  [tile - 1, -1, tile + 1, 1]
] as const

const patterns: Readonly<Record<BandWord, (pen: Pen) => void>> = {
  ok: () => {},
  refreshing: (pen) => strokes(pen, ...rising),
  suspect: (pen) => {
    for (const [x, y] of [
      [2, 2],
      [6, 6]
    ] as const) {
      pen.beginPath()
      pen.arc(x, y, 1.1, 0, 2 * Math.PI)
      pen.fill()
    }
  },
  cooling: (pen) => strokes(pen, [0, 2, tile, 2], [0, 6, tile, 6]),
  dead: (pen) => strokes(pen, ...rising, ...falling),
  paused: (pen) => strokes(pen, [2, 0, 2, tile], [6, 0, 6, tile])
}

export type Fills = Readonly<Record<BandWord, CanvasPattern | string>>

/** To fill bands with, on a canvas whose pen is scaled by the same ratio. */
export const fillsOf = (pen: Pen, theme: Theme, ratio: number): Fills =>
  Object.fromEntries(bandWords.map((word) => [word, fillOf(pen, word, theme, ratio)])) as Record<
    BandWord,
    CanvasPattern | string
  >

const fillOf = (pen: Pen, word: BandWord, theme: Theme, ratio: number): CanvasPattern | string => {
  const canvas = document.createElement("canvas")
  const size = Math.round(tile * ratio)
  canvas.width = canvas.height = size
  const own = canvas.getContext("2d")!
  own.scale(size / tile, size / tile)
  own.fillStyle = theme.bands[word]
  own.fillRect(0, 0, tile, tile)
  own.strokeStyle = own.fillStyle = theme.inks[word]
  own.globalAlpha = theme.isForced ? 1 : 0.45
  patterns[word](own)
  const pattern = pen.createPattern(canvas, "repeat")
  pattern?.setTransform(new DOMMatrix().scale(tile / size))
  return pattern ?? theme.bands[word]
}
