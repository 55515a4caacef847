/** What lies above axis, lanes and actors. */
import { computed } from "@preact/signals"
import { useMemo } from "preact/hooks"
import { scrubbing } from "./Axis.tsx"
import { Canvas } from "./Canvas.tsx"
import { CursorGrip, Line } from "./CursorLine.tsx"
import { drawAbove } from "./DrawAbove.ts"
import { axisHeight, type Scene } from "./Scene.ts"

export const Above = ({ scene }: { readonly scene: Scene }) => {
  const size = useMemo(
    () =>
      computed(() => ({
        width: scene.plotWidth.value,
        height: axisHeight + scene.lanesHeight.value + scene.actorsHeight.value
      })),
    [scene]
  )
  const pinned = useMemo(() => computed(() => scene.pin.value?.now), [scene])
  return (
    <div class="timeline-above">
      <Canvas
        size={size}
        ratio={scene.ratio}
        draw={(pen, size) => {
          if (scene.theme.value !== undefined) drawAbove(pen, size, scene, scene.theme.value)
        }}
      />
      <Line scene={scene} at={pinned} x={scene.x} class="is-pin" />
      <Line scene={scene} at={scene.instant} x={scene.x} class="is-cursor">
        <div class="timeline-hold" {...scrubbing(scene)}>
          <CursorGrip scene={scene} />
        </div>
      </Line>
    </div>
  )
}
