/** What lies above lanes and actors: the marked span, arrows, rings around what is chosen, and what another policy changes. */
import type { Arrow } from "./Arrows.ts"
import type { Pen, Size } from "./Canvas.tsx"
import type { Scene } from "./Scene.ts"
import { laneIndexOf } from "./Rows.ts"
import type { Theme } from "./Theme.ts"
import { slotWidth } from "./Thin.ts"

export const drawAbove = (pen: Pen, { width, height }: Size, scene: Scene, theme: Theme): void => {
  drawSpan(pen, height, scene, theme)
  for (const arrow of scene.arrows.value) drawArrow(pen, arrow, width, scene, theme)
  drawOverlay(pen, width, scene, theme)
  drawChosen(pen, scene, theme)
  const hover = scene.hover.value
  if (hover !== undefined)
    ring(pen, scene.x(scene.picture.value.time(hover.seq)), scene.yOfEvent(hover.seq), theme.text, 1)
}

const drawSpan = (pen: Pen, height: number, scene: Scene, theme: Theme): void => {
  const span = scene.brushed.value
  if (span === undefined) return
  const [from, to] = [scene.x(span.from), scene.x(span.to)]
  pen.fillStyle = theme.accent
  pen.globalAlpha = 0.12
  pen.fillRect(from, 0, to - from, height)
  pen.globalAlpha = 1
  pen.fillRect(Math.round(from), 0, 1, height)
  pen.fillRect(Math.round(to), 0, 1, height)
}

const drawArrow = (pen: Pen, arrow: Arrow, width: number, scene: Scene, theme: Theme): void => {
  const picture = scene.picture.value
  const from = { x: scene.x(picture.time(arrow.cause)), y: scene.yOfEvent(arrow.cause) }
  const to = { x: scene.x(picture.time(arrow.effect)), y: scene.yOfEvent(arrow.effect) }
  const isOut = Math.max(from.x, to.x) < 0 || Math.min(from.x, to.x) > width
  if (isOut || Math.hypot(to.x - from.x, to.y - from.y) < 4) return
  pen.strokeStyle = pen.fillStyle = arrow.isChosen ? theme.accent : theme.faint
  pen.lineWidth = arrow.isChosen ? 1.6 : 1
  pen.globalAlpha = arrow.isChosen ? 1 : 0.75
  // Within a lane it is a bow above the marks; else it leaves and arrives level.
  const isLevel = Math.abs(to.y - from.y) < 4
  const bend = isLevel ? 0 : Math.max(18, Math.abs(to.x - from.x) / 2)
  const lift = isLevel ? Math.min(16, 6 + Math.abs(to.x - from.x) / 8) : 0
  const near = { x: from.x + bend, y: from.y - lift }
  const far = { x: to.x - bend, y: to.y - lift }
  pen.beginPath()
  pen.moveTo(from.x, from.y)
  pen.bezierCurveTo(near.x, near.y, far.x, far.y, to.x, to.y)
  pen.stroke()
  drawHead(pen, isLevel ? Math.atan2(lift, Math.max(to.x - from.x, 1) / 3) : 0, to)
  pen.globalAlpha = 1
}

const drawHead = (pen: Pen, angle: number, at: { readonly x: number; readonly y: number }): void => {
  pen.save()
  pen.translate(at.x, at.y)
  pen.rotate(angle)
  pen.beginPath()
  pen.moveTo(-3, 0)
  pen.lineTo(-10, -4)
  pen.lineTo(-10, 4)
  pen.fill()
  pen.restore()
}

/** A ring, and a line of dots to the process that wrote the event. */
const drawChosen = (pen: Pen, scene: Scene, theme: Theme): void => {
  const seq = scene.event.value
  if (seq === undefined) return
  const picture = scene.picture.value
  const [x, y] = [scene.x(picture.time(seq)), scene.yOfEvent(seq)]
  ring(pen, x, y, theme.accent, 2.5)
  const actor = scene.yOfActor(picture.actorIndex(seq))
  if (actor - y < 14) return
  pen.setLineDash([2, 3])
  pen.lineWidth = 1
  pen.beginPath()
  pen.moveTo(x, y + 10)
  pen.lineTo(x, actor - 6)
  pen.stroke()
  pen.setLineDash([])
  ring(pen, x, actor, theme.accent, 1.5, 6)
}

const ring = (pen: Pen, x: number, y: number, colour: string, thick: number, radius = 9.5): void => {
  pen.strokeStyle = colour
  pen.lineWidth = thick
  pen.beginPath()
  pen.arc(x, y, radius, 0, 2 * Math.PI)
  pen.stroke()
}

/** Decisions that would have been others: a dashed square on its point, around the event. One for a place is enough. */
const drawOverlay = (pen: Pen, width: number, scene: Scene, theme: Theme): void => {
  const taken = new Set<string>()
  pen.strokeStyle = theme.text
  pen.lineWidth = 1.6
  pen.setLineDash([4, 2])
  for (const { seq, at, credential } of scene.overlay.value) {
    const x = scene.x(scene.picture.value.has(seq) ? scene.picture.value.time(seq) : at)
    const y = yOfOverlaid(scene, seq, credential)
    const place = `${Math.round(x / slotWidth)} ${y}`
    if (y === undefined || x < -12 || x > width + 12 || taken.has(place)) continue
    taken.add(place)
    pen.beginPath()
    for (const [byX, byY] of [
      [0, -12],
      [12, 0],
      [0, 12],
      [-12, 0]
    ] as const) {
      pen.lineTo(x + byX, y + byY)
    }
    pen.closePath()
    pen.stroke()
  }
  pen.setLineDash([])
}

const yOfOverlaid = (scene: Scene, seq: number, credential: string | undefined): number | undefined => {
  const lane = credential === undefined ? undefined : laneIndexOf(scene.picture.value, credential)
  if (lane !== undefined) return scene.yOfLane(lane)
  return scene.picture.value.has(seq) ? scene.yOfEvent(seq) : undefined
}
