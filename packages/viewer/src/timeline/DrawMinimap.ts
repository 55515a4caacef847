/** The whole ledger in a strip: how much happened, and above it where something failed. */
import type { Pen, Size } from "./Canvas.tsx"
import type { Scene } from "./Scene.ts"
import { timeOf } from "./Span.ts"
import type { Theme } from "./Theme.ts"
import { thinTicks } from "./Thin.ts"

const step = 2

export const drawMinimap = (pen: Pen, { width, height }: Size, scene: Scene, theme: Theme): void => {
  const picture = scene.picture.value
  if (picture.count === 0) return
  const all = scene.all.value
  const { time, failures } = picture.events
  pen.fillStyle = theme.faint
  pen.globalAlpha = 0.55
  let before = 0
  for (let x = 0; x < width; x += step) {
    const behind = time.upperBound(timeOf(all, width, x + step))
    const high = Math.min(Math.log2(behind - before + 1) * 2.2, height - 14)
    if (behind > before) pen.fillRect(x, height - high, step - 0.5, high)
    before = behind
  }
  pen.globalAlpha = 1
  pen.fillStyle = theme.marks.failure
  for (const { from, to } of thinTicks(picture, failures, all, width)) {
    pen.beginPath()
    pen.moveTo(from + 0.5, 2)
    pen.lineTo(to - 0.5, 2)
    pen.lineTo(to + 2.5, 8)
    pen.lineTo(from - 2.5, 8)
    pen.fill()
  }
}
