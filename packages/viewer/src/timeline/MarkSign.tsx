/** A mark in the page, as the timeline draws it. Its name has to stand beside it. */
import type { MarkKind } from "../Picture.ts"
import { markShapes, markSize } from "./MarkShapes.ts"

export const MarkSign = ({ kind }: { readonly kind: MarkKind }) => {
  const { outline, isHollow = false, lines } = markShapes[kind]
  const half = markSize / 2
  return (
    <svg
      class={`mark-sign${isHollow ? " is-hollow" : ""}`}
      data-kind={kind}
      viewBox={`${-half} ${-half} ${markSize} ${markSize}`}
      aria-hidden="true"
    >
      <path class="outline" d={outline} />
      {lines !== undefined && <path class="lines" d={lines} />}
    </svg>
  )
}
