/** The sign of what an event stands for; the same shapes as in the timeline. */
import { type MarkKind, markKinds } from "../Picture.ts"

const signs: { readonly [kind in MarkKind]: string } = {
  none: "",
  refresh: "↑",
  failure: "▼",
  race: "⇄",
  lost: "?",
  quarantine: "✕",
  lifted: "○",
  refusal: "■",
  bench: "◔",
  operator: "◆",
  unknown: "…"
}

export const Mark = ({ place }: { readonly place: number }) => {
  const kind = markKinds[place] ?? "none"
  return (
    <span class={`mark ${kind}`} aria-hidden="true">
      {signs[kind]}
    </span>
  )
}
