/** A shape for each kind of mark, so that nobody needs the colour. Drawn around the origin, into a square of 12 by 12. */
import type { MarkKind } from "../Picture.ts"
import type { Theme } from "./Theme.ts"

type Pen = CanvasRenderingContext2D

const polygon = (pen: Pen, points: ReadonlyArray<readonly [number, number]>): void => {
  pen.beginPath()
  for (const [x, y] of points) pen.lineTo(x, y)
  pen.closePath()
}

const circle = (pen: Pen, radius: number): void => {
  pen.beginPath()
  pen.arc(0, 0, radius, 0, 2 * Math.PI)
}

const lines = (pen: Pen, ...pairs: ReadonlyArray<readonly [number, number, number, number]>): void => {
  pen.beginPath()
  for (const [fromX, fromY, toX, toY] of pairs) {
    pen.moveTo(fromX, fromY)
    pen.lineTo(toX, toY)
  }
  pen.stroke()
}

/** The body in the colour of the kind with a rim of the ground; then what is cut into it. */
const body = (pen: Pen, colour: string, rim: string): void => {
  pen.strokeStyle = rim
  pen.lineWidth = 2.5
  pen.stroke()
  pen.fillStyle = colour
  pen.fill()
  pen.strokeStyle = rim
  pen.lineWidth = 1.6
}

const hollow = (pen: Pen, colour: string, rim: string): void => {
  body(pen, rim, rim)
  pen.strokeStyle = colour
  pen.lineWidth = 1.8
  pen.stroke()
}

const shapes: Readonly<Record<MarkKind, (pen: Pen, colour: string, rim: string) => void>> = {
  none: (pen, colour, rim) => {
    circle(pen, 2)
    body(pen, colour, rim)
  },
  /** A dot. */
  refresh: (pen, colour, rim) => {
    circle(pen, 3.2)
    body(pen, colour, rim)
  },
  /** A triangle with its point up and a stroke in it. */
  failure: (pen, colour, rim) => {
    polygon(pen, [
      [0, -5.6],
      [5.6, 4.6],
      [-5.6, 4.6]
    ])
    body(pen, colour, rim)
    lines(pen, [0, -1.8, 0, 2.6])
  },
  /** Two that run into each other. */
  race: (pen, colour, rim) => {
    polygon(pen, [
      [-5.6, -4.6],
      [0, 0],
      [5.6, -4.6],
      [5.6, 4.6],
      [0, 0],
      [-5.6, 4.6]
    ])
    body(pen, colour, rim)
  },
  /** A diamond with nothing in it. */
  lost: (pen, colour, rim) => {
    polygon(pen, [
      [0, -5.4],
      [5.4, 0],
      [0, 5.4],
      [-5.4, 0]
    ])
    hollow(pen, colour, rim)
  },
  /** A square, crossed out. */
  quarantine: (pen, colour, rim) => {
    pen.beginPath()
    pen.rect(-5.4, -5.4, 10.8, 10.8)
    body(pen, colour, rim)
    lines(pen, [-2.8, -2.8, 2.8, 2.8], [-2.8, 2.8, 2.8, -2.8])
  },
  /** An arrow up. */
  lifted: (pen, colour, rim) => {
    polygon(pen, [
      [0, -5.6],
      [5.2, 0],
      [2, 0],
      [2, 5.2],
      [-2, 5.2],
      [-2, 0],
      [-5.2, 0]
    ])
    body(pen, colour, rim)
  },
  /** No entry. */
  refusal: (pen, colour, rim) => {
    circle(pen, 5.2)
    body(pen, colour, rim)
    lines(pen, [-2.8, 0, 2.8, 0])
  },
  /** A bench, with its legs. */
  bench: (pen, colour, rim) => {
    polygon(pen, [
      [-5.6, -3],
      [5.6, -3],
      [5.6, 4],
      [3, 4],
      [3, 0],
      [-3, 0],
      [-3, 4],
      [-5.6, 4]
    ])
    body(pen, colour, rim)
  },
  /** A star with four points. */
  operator: (pen, colour, rim) => {
    polygon(pen, [
      [0, -6],
      [1.8, -1.8],
      [6, 0],
      [1.8, 1.8],
      [0, 6],
      [-1.8, 1.8],
      [-6, 0],
      [-1.8, -1.8]
    ])
    body(pen, colour, rim)
  },
  /** A question mark in a box. */
  unknown: (pen, colour, rim) => {
    pen.beginPath()
    pen.rect(-5, -5, 10, 10)
    hollow(pen, colour, rim)
    pen.fillStyle = colour
    pen.font = "bold 9px system-ui, sans-serif"
    pen.textAlign = "center"
    pen.textBaseline = "middle"
    pen.fillText("?", 0, 0.5)
  }
}

/** Around a point, in the pen's own pixels. */
export const drawMark = (pen: Pen, kind: MarkKind, x: number, y: number, theme: Theme): void => {
  pen.save()
  pen.translate(x, y)
  pen.lineJoin = "round"
  shapes[kind](pen, theme.marks[kind], theme.surface)
  pen.restore()
}

/** Twice as wide as a mark, so that its rim has room. */
export const spriteSize = 16

export type Sprites = Readonly<Record<MarkKind, HTMLCanvasElement>>

/** Each kind drawn once: a picture is copied many times faster than a path is filled. */
export const spritesOf = (kinds: ReadonlyArray<MarkKind>, theme: Theme, ratio: number): Sprites =>
  Object.fromEntries(
    kinds.map((kind) => {
      const canvas = document.createElement("canvas")
      canvas.width = canvas.height = Math.ceil(spriteSize * ratio)
      const pen = canvas.getContext("2d")!
      pen.scale(ratio, ratio)
      drawMark(pen, kind, spriteSize / 2, spriteSize / 2, theme)
      return [kind, canvas]
    })
  ) as unknown as Sprites
