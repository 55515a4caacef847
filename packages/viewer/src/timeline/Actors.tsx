/** The strip of actors below the lanes. */
import { computed } from "@preact/signals"
import { useEffect, useMemo, useRef } from "preact/hooks"
import { Canvas } from "./Canvas.tsx"
import { drawActors } from "./DrawActors.ts"
import { findInActors, takePointing } from "./Pointing.ts"
import { actorHeight, type Scene } from "./Scene.ts"
import { scrollAlong, takeZooming } from "./Zooming.ts"

export const Actors = ({ scene }: { readonly scene: Scene }) => {
  const scroller = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const size = useMemo(
    () => computed(() => ({ width: scene.plotWidth.value, height: scene.actorsHeight.value })),
    [scene]
  )
  useEffect(() => {
    const [frame, surface] = [scroller.current!, canvas.current!]
    const measure = () => (scene.actorsHeight.value = frame.clientHeight)
    const observer = new ResizeObserver(measure)
    observer.observe(frame)
    measure()
    const ends = [
      takeZooming(surface, { scene, onScroll: (by, isTouch) => scrollAlong(frame, by, isTouch) }),
      takePointing(surface, { scene, find: findInActors(scene), onGround: () => {} }),
      () => observer.disconnect()
    ]
    return () => ends.forEach((end) => end())
  }, [scene])
  const { rows } = scene.actors.value
  return (
    <div
      class="timeline-actors"
      ref={scroller}
      onScroll={(event) => (scene.actorsTop.value = event.currentTarget.scrollTop)}
    >
      <div style={{ height: `${Math.max(rows, 1) * actorHeight + 4}px` }}>
        <div class="timeline-lanes-sticky">
          {scene.measures.value.names > 0 && <p class="timeline-actors-title">Actors</p>}
          <div class="timeline-plot">
            <Canvas
              size={size}
              ratio={scene.ratio}
              class={`timeline-canvas${scene.isSpanning.value ? " is-spanning" : ""}`}
              handle={canvas}
              draw={(pen, size) => {
                if (scene.theme.value !== undefined) drawActors(pen, size, scene, scene.theme.value)
              }}
            />
          </div>
        </div>
      </div>
    </div>
  )
}
