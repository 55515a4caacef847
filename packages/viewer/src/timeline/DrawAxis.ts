/** The axis: which stretch of time this is, and its ticks. */
import type { Pen, Size } from "./Canvas.tsx"
import { axisHeight, type Scene } from "./Scene.ts"
import { lengthOf } from "./Span.ts"
import type { Theme } from "./Theme.ts"
import { instantText, lengthText } from "./Ticks.ts"

/** Pixels from one label to the next, at least. */
const between = 8

export const drawAxis = (pen: Pen, { width }: Size, scene: Scene, theme: Theme): void => {
  const { value: view } = scene.view
  pen.textBaseline = "alphabetic"
  pen.font = "11px system-ui, sans-serif"
  pen.fillStyle = theme.faint
  pen.textAlign = "start"
  pen.fillText(`from ${instantText(view.from)}`, 4, 12)
  pen.textAlign = "end"
  pen.fillText(lengthText(lengthOf(view)), width - 4, 12)
  pen.textAlign = "center"
  let free = 0
  for (const { time, label, isGreat } of scene.ticks.value) {
    const x = Math.round(scene.x(time))
    pen.fillStyle = theme.line
    pen.fillRect(x, axisHeight - 5, 1, 5)
    pen.fillStyle = isGreat ? theme.text : theme.faint
    pen.font = `${isGreat ? "600 " : ""}11px system-ui, sans-serif`
    const half = pen.measureText(label).width / 2
    if (x - half < free || x + half > width) continue
    pen.fillText(label, x, axisHeight - 9)
    free = x + half + between
  }
}
