/** Marks on a canvas. Each kind is drawn once: a picture is copied many times faster than a path is filled. */
import { type MarkKind, markKinds } from "../Picture.ts"
import { markShapes, markSize } from "./MarkShapes.ts"
import type { Theme } from "./Theme.ts"

export type Sprites = Readonly<Record<MarkKind, HTMLCanvasElement>>

export const spritesOf = (theme: Theme, ratio: number): Sprites =>
  Object.fromEntries(markKinds.map((kind) => [kind, spriteOf(kind, theme, ratio)])) as unknown as Sprites

const spriteOf = (kind: MarkKind, theme: Theme, ratio: number): HTMLCanvasElement => {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = Math.ceil(markSize * ratio)
  const pen = canvas.getContext("2d")!
  pen.scale(ratio, ratio)
  pen.translate(markSize / 2, markSize / 2)
  draw(pen, kind, theme)
  return canvas
}

const pathOf = (path: string): Path2D => new Path2D(path)

/** With a rim of the ground, so that it stands out from any band. */
const draw = (pen: CanvasRenderingContext2D, kind: MarkKind, { marks, surface }: Theme): void => {
  const { outline, isHollow = false, lines } = markShapes[kind]
  const path = pathOf(outline)
  pen.lineJoin = pen.lineCap = "round"
  pen.strokeStyle = surface
  pen.lineWidth = isHollow ? 4 : 2.5
  pen.stroke(path)
  pen.fillStyle = isHollow ? surface : marks[kind]
  pen.fill(path)
  pen.strokeStyle = isHollow ? marks[kind] : surface
  pen.lineWidth = 1.7
  if (isHollow) pen.stroke(path)
  if (lines !== undefined) pen.stroke(pathOf(lines))
}
