/** The strip of actors: a line for each life, a tick for each event, and who it is. */
import { type ActorLife } from "./ActorRows.ts"
import type { Pen, Size } from "./Canvas.tsx"
import { drawGrid } from "./DrawLanes.ts"
import { foreign } from "./Foreign.ts"
import { actorHeight, type Scene } from "./Scene.ts"
import type { Theme } from "./Theme.ts"
import { thinTicks } from "./Thin.ts"

export const drawActors = (pen: Pen, { width, height }: Size, scene: Scene, theme: Theme): void => {
  drawGrid(pen, scene, theme, height)
  pen.fillStyle = theme.line
  pen.fillRect(0, 0, width, 1)
  const { value: view } = scene.view
  const nameEnds: Array<number> = []
  for (const life of scene.actors.value.lives) {
    const y = life.row * actorHeight - scene.actorsTop.value
    const isInSight = y + actorHeight > 0 && y < height && life.to >= view.from && life.from <= view.to
    if (isInSight) drawLife(pen, life, y, width, scene, theme, nameEnds)
  }
}

const drawLife = (
  pen: Pen,
  life: ActorLife,
  y: number,
  width: number,
  scene: Scene,
  theme: Theme,
  nameEnds: Array<number>
): void => {
  const picture = scene.picture.value
  const from = Math.max(scene.x(life.from), 0)
  const to = Math.min(scene.x(life.to), width)
  const line = y + actorHeight * 0.7
  pen.fillStyle = theme.faint
  pen.globalAlpha = 0.5
  pen.fillRect(from, line - 0.5, Math.max(to - from, 1), 1)
  pen.globalAlpha = 1
  for (const ticks of thinTicks(picture, picture.events.ticks[life.actor], scene.view.value, width)) {
    pen.fillRect(ticks.from, line - 4, ticks.to - ticks.from, 8)
  }
  nameEnds[life.row] = drawName(pen, scene, life, from, y, theme, nameEnds[life.row] ?? 0)
}

/** Lives come in order, so a name is left out where it would run into the one before. */
const drawName = (
  pen: Pen,
  scene: Scene,
  life: ActorLife,
  from: number,
  y: number,
  theme: Theme,
  before: number
): number => {
  const name = foreign(scene.picture.value.legend.actors[life.actor]?.name ?? "")
  if (from < before) return before
  pen.font = "11px system-ui, sans-serif"
  pen.textBaseline = "alphabetic"
  pen.textAlign = "start"
  pen.fillStyle = theme.text
  pen.fillText(name, from + 3, y + 10)
  return from + pen.measureText(name).width + 12
}
