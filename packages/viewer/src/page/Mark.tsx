/** The sign of what an event stands for; the same shapes as in the timeline, in a square of 12 by 12 around the middle. */
import type { ComponentChildren } from "preact"
import { type MarkKind, markKinds } from "../Picture.ts"

const shapes: { readonly [kind in MarkKind]: ComponentChildren } = {
  none: <circle r="2" />,
  refresh: <circle r="3.2" />,
  failure: (
    <>
      <path d="M0-5.6 5.6 4.6-5.6 4.6z" />
      <path class="cut" d="M0-1.8V2.6" />
    </>
  ),
  race: <path d="M-5.6-4.6 0 0 5.6-4.6V4.6L0 0-5.6 4.6z" />,
  lost: <path class="hollow" d="M0-5.2 5.2 0 0 5.2-5.2 0z" />,
  quarantine: (
    <>
      <path d="M-5.4-5.4H5.4V5.4H-5.4z" />
      <path class="cut" d="M-2.8-2.8 2.8 2.8M-2.8 2.8 2.8-2.8" />
    </>
  ),
  lifted: <path d="M0-5.6 5.2 0H2V5.2H-2V0H-5.2z" />,
  refusal: (
    <>
      <circle r="5.2" />
      <path class="cut" d="M-2.8 0H2.8" />
    </>
  ),
  bench: <path d="M-5.6-3H5.6V4H3V0H-3V4H-5.6z" />,
  operator: <path d="M0-6 1.8-1.8 6 0 1.8 1.8 0 6-1.8 1.8-6 0-1.8-1.8z" />,
  unknown: <path class="hollow" d="M-5-5H5V5H-5z" />
}

export const Mark = ({ place }: { readonly place: number }) => {
  const kind = markKinds[place] ?? "none"
  return (
    <svg class={`mark ${kind}`} viewBox="-7 -7 14 14" aria-hidden="true">
      {shapes[kind]}
    </svg>
  )
}
