/** The axis. Whoever presses on it takes hold of the cursor. */
import { computed } from "@preact/signals"
import { useMemo } from "preact/hooks"
import { Canvas } from "./Canvas.tsx"
import { drawAxis } from "./DrawAxis.ts"
import { axisHeight, type Scene } from "./Scene.ts"
import { timeOf } from "./Span.ts"

export const Axis = ({ scene }: { readonly scene: Scene }) => {
  const size = useMemo(() => computed(() => ({ width: scene.plotWidth.value, height: axisHeight })), [scene])
  return (
    <div class="timeline-plot timeline-axis" {...scrubbing(scene)}>
      <Canvas
        size={size}
        ratio={scene.ratio}
        draw={(pen, size) => {
          if (scene.theme.value !== undefined) drawAxis(pen, size, scene, scene.theme.value)
        }}
      />
    </div>
  )
}

/** For any element that lies where the plot lies. */
export const scrubbing = (scene: Scene) => {
  const put = (event: PointerEvent) => {
    const plot = (event.currentTarget as HTMLElement).closest(".timeline")!.querySelector(".timeline-axis")!
    const x = event.clientX - plot.getBoundingClientRect().left
    scene.cursor.value = scene.picture.peek().cursorAt(timeOf(scene.view.peek(), scene.plotWidth.peek(), x))
  }
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || scene.picture.peek().count === 0) return
      ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
      put(event)
    },
    onPointerMove: (event: PointerEvent) => {
      if ((event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)) put(event)
    }
  }
}
