/** The event under the pointer, in short. What it says is in the table of events too. */
import { describe } from "./Describe.ts"
import type { Scene } from "./Scene.ts"

export const Tooltip = ({ scene }: { readonly scene: Scene }) => {
  const hover = scene.hover.value
  const picture = scene.picture.value
  if (hover === undefined || !picture.has(hover.seq)) return null
  const { what, who, when } = describe(picture, hover.seq)
  const isRight = hover.x > scene.plotWidth.value / 2
  const x = scene.measures.value.names + hover.x
  const side = isRight ? { right: `${scene.width.value - x + 12}px` } : { left: `${x + 12}px` }
  return (
    <div class="timeline-tooltip" style={{ ...side, top: `${hover.y + 12}px` }} aria-hidden="true">
      <p>{what}</p>
      <p>{when}</p>
      <p>{who}</p>
      {hover.count > 1 && <p>and {hover.count - 1} more so near that they need a closer look</p>}
    </div>
  )
}
