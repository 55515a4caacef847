/** The whole ledger, and the window that the timeline shows of it. */
import { computed } from "@preact/signals"
import { brushX, type D3BrushEvent } from "d3-brush"
import { select } from "d3-selection"
import { useEffect, useMemo, useRef } from "preact/hooks"
import { Canvas, onFrame } from "./Canvas.tsx"
import { Line } from "./CursorLine.tsx"
import { drawMinimap } from "./DrawMinimap.ts"
import { minimapHeight, type Scene } from "./Scene.ts"
import { clamped, lengthOf, moved, timeOf, xOf } from "./Span.ts"

/** A window of milliseconds in months has no width; it is shown this wide. */
const leastWidth = 4

export const Minimap = ({ scene }: { readonly scene: Scene }) => {
  const group = useRef<SVGGElement>(null)
  const size = useMemo(() => computed(() => ({ width: scene.plotWidth.value, height: minimapHeight })), [scene])
  useEffect(() => takeBrush(group.current!, scene), [scene])
  return (
    <div class="timeline-plot timeline-minimap">
      <Canvas
        size={size}
        ratio={scene.ratio}
        draw={(pen, size) => {
          if (scene.theme.value !== undefined) drawMinimap(pen, size, scene, scene.theme.value)
        }}
      />
      <Line scene={scene} at={scene.instant} x={(time) => xOf(scene.all.value, scene.plotWidth.value, time)} />
      <svg aria-hidden="true">
        <g ref={group} />
      </svg>
    </div>
  )
}

const takeBrush = (element: SVGGElement, scene: Scene): (() => void) => {
  const { view, all, plotWidth } = scene
  const group = select<SVGGElement, unknown>(element)
  const brush = brushX<unknown>().handleSize(8)
  const timeAt = (x: number) => timeOf(all.peek(), plotWidth.peek(), x)
  const onBrush = ({ selection, sourceEvent, mode }: D3BrushEvent<unknown>) => {
    if (!sourceEvent || selection === null) return
    const [from, to] = selection as [number, number]
    const seen = view.peek()
    if (mode === "drag")
      scene.look(moved(seen, (timeAt(from) + timeAt(to)) / 2 - (seen.from + seen.to) / 2, all.peek()))
    else if (to - from >= leastWidth) scene.look(clamped({ from: timeAt(from), to: timeAt(to) }, all.peek()))
  }
  /** A click beside the window brings it there. */
  const onEnd = ({ selection, sourceEvent }: D3BrushEvent<unknown>) => {
    if (!sourceEvent || selection !== null) return
    const [x] = pointOf(sourceEvent as MouseEvent | TouchEvent, element)
    const seen = view.peek()
    scene.look(moved(seen, timeAt(x) - (seen.from + seen.to) / 2, all.peek()))
    place()
  }
  const place = () => {
    const [from, to] = [
      xOf(all.value, plotWidth.value, view.value.from),
      xOf(all.value, plotWidth.value, view.value.to)
    ]
    const half = Math.max(leastWidth, (lengthOf(view.value) / lengthOf(all.value)) * plotWidth.value) / 2
    const middle = Math.min(Math.max((from + to) / 2, 0), plotWidth.value) // the view may be beside the ledger
    brush.move(group, [Math.max(0, middle - half), Math.min(plotWidth.value, middle + half)])
  }
  brush.on("brush", onBrush).on("end", onEnd)
  return onFrame(() => {
    brush.extent([
      [0, 0],
      [plotWidth.value, minimapHeight]
    ])
    group.call(brush)
    place()
  })
}

const pointOf = (event: MouseEvent | TouchEvent, element: SVGGElement): readonly [number] => {
  const { clientX } = "changedTouches" in event ? event.changedTouches[0]! : event
  return [clientX - element.ownerSVGElement!.getBoundingClientRect().left]
}
