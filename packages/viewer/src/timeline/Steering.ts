/** Keys of the timeline. Whatever is no key here goes on to the page. */
import { laneBeside } from "./Rows.ts"
import type { Scene } from "./Scene.ts"
import { panned, showing, zoomed } from "./Span.ts"

interface Press {
  readonly key: string
  readonly shiftKey: boolean
}

type Act = (scene: Scene) => void

/** Steps by the events that the filter keeps. */
const stepBy =
  (by: 1 | -1): Act =>
  (scene) => {
    const picture = scene.picture.peek()
    const mask = scene.mask.peek()
    const beside = (seq: number) => (by === 1 ? picture.next(seq) : picture.previous(seq))
    const isKept = (seq: number) => mask === undefined || mask[seq - picture.first] === 1
    let seq = beside(scene.cursor.peek()?.seq ?? picture.last)
    while (seq !== undefined && !isKept(seq)) seq = beside(seq)
    if (seq !== undefined) putCursor(scene, seq)
  }

export const putCursor = (scene: Scene, seq: number): void => {
  const picture = scene.picture.peek()
  if (!picture.has(seq)) return
  scene.cursor.value = scene.stepped.value = picture.cursorOn(seq)
  scene.look(showing(scene.view.peek(), picture.time(seq), scene.all.peek()))
}

const pan =
  (part: number): Act =>
  (scene) =>
    scene.look(panned(scene.view.peek(), part, scene.all.peek()))

/** Around the cursor if it is in view, else around the middle. */
export const zoomBy =
  (factor: number): Act =>
  (scene) => {
    const view = scene.view.peek()
    const at = scene.instant.peek()
    const around = at >= view.from && at <= view.to ? at : (view.from + view.to) / 2
    scene.look(zoomed(view, factor, around, scene.all.peek()))
  }

export const lookAtAll: Act = (scene) => (scene.fit === undefined ? scene.look(scene.all.peek()) : scene.fit())

const moveLane =
  (by: 1 | -1): Act =>
  (scene) => {
    const picture = scene.picture.peek()
    const eventLane = scene.event.peek() === undefined ? undefined : picture.laneIndex(scene.event.peek()!)
    const from = scene.lane.peek() ?? eventLane
    const place = from === undefined ? picture.lanes[0] : laneBeside(picture, from, by)
    const lane = place === undefined ? undefined : picture.legend.lanes[place]
    if (lane !== undefined) scene.selected.value = { credential: lane.credential }
  }

/** One end of the marked span at the cursor. */
const markEnd =
  (end: "from" | "to"): Act =>
  (scene) => {
    const at = scene.instant.peek()
    const other = scene.brushed.peek() ?? { from: at, to: at }
    const span = { ...other, [end]: at }
    scene.brushed.value = { from: Math.min(span.from, span.to), to: Math.max(span.from, span.to) }
  }

export const lookAtSpan: Act = (scene) => {
  const span = scene.brushed.peek()
  if (span !== undefined && span.to > span.from) scene.look(span)
}

const chooseAtCursor: Act = (scene) => {
  const seq = scene.cursor.peek()?.seq ?? scene.picture.peek().last
  if (scene.picture.peek().has(seq)) scene.selected.value = { seq }
}

const acts: Readonly<Record<string, Act>> = {
  ArrowLeft: stepBy(-1),
  ArrowRight: stepBy(1),
  k: stepBy(-1),
  j: stepBy(1),
  "shift ArrowLeft": pan(-0.2),
  "shift ArrowRight": pan(0.2),
  PageUp: pan(-0.9),
  PageDown: pan(0.9),
  ArrowUp: moveLane(-1),
  ArrowDown: moveLane(1),
  "+": zoomBy(1.5),
  "=": zoomBy(1.5),
  "-": zoomBy(1 / 1.5),
  "0": lookAtAll,
  Home: (scene) => putCursor(scene, scene.picture.peek().first),
  End: (scene) => putCursor(scene, scene.picture.peek().last),
  "[": markEnd("from"),
  "]": markEnd("to"),
  z: lookAtSpan,
  Enter: chooseAtCursor
}

export const actOfKey = ({ key, shiftKey }: Press): Act | undefined =>
  shiftKey && key.length > 1 ? acts[`shift ${key}`] : acts[key]
