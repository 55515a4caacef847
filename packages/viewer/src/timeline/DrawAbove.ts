/** What lies above lanes and actors: the marked span, arrows, rings around what is chosen, and what another policy changes. */
import type { Arrow } from "./Arrows.ts"
import type { Pen, Size } from "./Canvas.tsx"
import { type Scene, shortestArrow } from "./Scene.ts"
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
  if (isOut || Math.hypot(to.x - from.x, to.y - from.y) < shortestArrow) return
  pen.strokeStyle = pen.fillStyle = arrow.isChosen ? theme.accent : theme.faint
  pen.lineWidth = arrow.isChosen ? 1.6 : 1
  pen.globalAlpha = arrow.isChosen ? 1 : 0.75
  const way = wayOf(from, to)
  pen.beginPath()
  pen.moveTo(from.x, from.y)
  pen.bezierCurveTo(way.near.x, way.near.y, way.far.x, way.far.y, to.x, to.y)
  pen.stroke()
  drawHead(pen, Math.atan2(to.y - way.far.y, to.x - way.far.x), to)
  pen.globalAlpha = 1
}

interface Point {
  readonly x: number
  readonly y: number
}

/** Within a lane a bow above the marks; else it leaves and arrives level, or upright where there is no room for that. */
const wayOf = (from: Point, to: Point): { readonly near: Point; readonly far: Point } => {
  const [across, down] = [to.x - from.x, to.y - from.y]
  if (Math.abs(down) < 4) {
    const lift = Math.min(18, 8 + Math.abs(across) / 8)
    return { near: { x: from.x + across / 4, y: from.y - lift }, far: { x: to.x - across / 4, y: to.y - lift } }
  }
  if (Math.abs(across) < 36) return { near: { x: from.x, y: from.y + down / 2 }, far: { x: to.x, y: to.y - down / 2 } }
  return { near: { x: from.x + across / 2, y: from.y }, far: { x: to.x - across / 2, y: to.y } }
}

const drawHead = (pen: Pen, angle: number, at: Point): void => {
  pen.save()
  pen.translate(at.x, at.y)
  pen.rotate(angle)
  pen.beginPath()
  pen.moveTo(-6, 0)
  pen.lineTo(-13, -4)
  pen.lineTo(-13, 4)
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
