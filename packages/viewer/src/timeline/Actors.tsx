/** The strip of actors below the lanes. */
import { Canvas } from "./Canvas.tsx"
import { drawActors } from "./DrawActors.ts"
import { findInActors } from "./Pointing.ts"
import { actorHeight, type Scene } from "./Scene.ts"
import { useSurface } from "./useSurface.ts"

export const Actors = ({ scene }: { readonly scene: Scene }) => {
  const { canvas, scroller, size } = useSurface(scene, {
    height: scene.actorsHeight,
    find: findInActors(scene),
    onGround: () => {}
  })
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
