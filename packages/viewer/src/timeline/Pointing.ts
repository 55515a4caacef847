/** Pointers on lanes and actors: what they are over, what they choose, and the span they mark. */
import { markNear, reach } from "./Hit.ts"
import { middleOf, rowAt } from "./Rows.ts"
import { actorHeight, axisHeight, type Hover, type Scene } from "./Scene.ts"
import { timeOf } from "./Span.ts"

type Find = (x: number, y: number, within: number) => Hover | undefined

/** In the canvas of the lanes. */
export const findInLanes =
  (scene: Scene): Find =>
  (x, y, within) => {
    const row = rowAt(scene.layout.peek(), y + scene.lanesTop.peek())
    if (row?.lane === undefined) return undefined
    const middle = middleOf(row, scene.measures.peek()) - scene.lanesTop.peek()
    const mark = markNear(scene.drawn.get(row.lane) ?? [], scene.view.peek(), scene.plotWidth.peek(), x, within)
    return mark && { seq: mark.seq, count: mark.count, x: scene.x(mark.time), y: axisHeight + middle }
  }

/** In the canvas of the actors. */
export const findInActors =
  (scene: Scene): Find =>
  (x, y, within) => {
    const picture = scene.picture.peek()
    const row = Math.floor((y + scene.actorsTop.peek()) / actorHeight)
    const time = timeOf(scene.view.peek(), scene.plotWidth.peek(), x)
    const near = scene.actors
      .peek()
      .lives.filter((life) => life.row === row)
      .flatMap(({ actor }) => nearestOf(scene, actor, time))
      .toSorted((one, other) => Math.abs(picture.time(one) - time) - Math.abs(picture.time(other) - time))[0]
    if (near === undefined || Math.abs(scene.x(picture.time(near)) - x) > within) return undefined
    return { seq: near, count: 1, x: scene.x(picture.time(near)), y: scene.yOfActor(picture.actorIndex(near)) }
  }

/** The events of an actor on both sides of an instant. */
const nearestOf = (scene: Scene, actor: number, time: number): ReadonlyArray<number> => {
  const picture = scene.picture.peek()
  const seqs = picture.events.ticks[actor]!
  const behind = seqs.upperBound(picture.seqAt(time))
  return [behind - 1, behind].flatMap((index) => (index >= 0 && index < seqs.length ? [seqs.get(index)] : []))
}

export interface PointingOptions {
  readonly scene: Scene
  readonly find: Find
  /** A click beside all marks, at this height. */
  readonly onGround: (y: number) => void
}

export const takePointing = (canvas: HTMLElement, { scene, find, onGround }: PointingOptions): (() => void) => {
  const under = (event: PointerEvent | MouseEvent) => {
    const isFinger = "pointerType" in event && event.pointerType === "touch"
    return find(event.offsetX, event.offsetY, isFinger ? reach.finger : reach.pointer)
  }
  let spanFrom: number | undefined
  const handlers = {
    pointerdown: (event: PointerEvent) => {
      if (event.button !== 0 || !(event.shiftKey || scene.isSpanning.peek())) return
      event.preventDefault()
      canvas.setPointerCapture(event.pointerId)
      spanFrom = timeAt(scene, event.offsetX)
    },
    pointermove: (event: PointerEvent) => {
      if (spanFrom !== undefined) mark(scene, spanFrom, timeAt(scene, event.offsetX))
      else if (event.buttons === 0) scene.hover.value = under(event)
    },
    pointerup: () => (spanFrom = undefined),
    pointercancel: () => (spanFrom = undefined),
    pointerleave: () => (scene.hover.value = undefined),
    click: (event: MouseEvent) => {
      if (event.shiftKey || scene.isSpanning.peek()) return
      const found = under(event)
      if (found === undefined) return onGround(event.offsetY)
      scene.selected.value = { seq: found.seq }
      scene.cursor.value = scene.picture.peek().cursorOn(found.seq)
    }
  }
  for (const [name, handler] of Object.entries(handlers)) canvas.addEventListener(name, handler as EventListener)
  return () => {
    for (const [name, handler] of Object.entries(handlers)) canvas.removeEventListener(name, handler as EventListener)
  }
}

const timeAt = (scene: Scene, x: number): number => timeOf(scene.view.peek(), scene.plotWidth.peek(), x)

const mark = (scene: Scene, from: number, to: number): void => {
  if (from !== to) scene.brushed.value = { from: Math.min(from, to), to: Math.max(from, to) }
}
