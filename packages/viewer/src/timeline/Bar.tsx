/** Buttons for whoever has no keys at hand, the marked span, and what shapes and patterns mean. */
import { useEffect, useRef } from "preact/hooks"
import { type BandWord, bandWords, type MarkKind, markKinds } from "../Picture.ts"
import { fillsOf } from "./BandPatterns.ts"
import { onFrame } from "./Canvas.tsx"
import { MarkSign } from "./MarkSign.tsx"
import type { Scene } from "./Scene.ts"
import { lengthOf } from "./Span.ts"
import { lookAtAll, lookAtSpan, zoomBy } from "./Steering.ts"
import { lengthText } from "./Ticks.ts"

export const Bar = ({ scene }: { readonly scene: Scene }) => (
  <div class="timeline-bar">
    <button type="button" aria-label="Look closer" onClick={() => zoomBy(2)(scene)}>
      +
    </button>
    <button type="button" aria-label="See more" onClick={() => zoomBy(0.5)(scene)}>
      −
    </button>
    <button type="button" onClick={() => lookAtAll(scene)}>
      All
    </button>
    <button
      type="button"
      aria-pressed={scene.isSpanning.value}
      onClick={() => (scene.isSpanning.value = !scene.isSpanning.value)}
    >
      Mark a span
    </button>
    <MarkedSpan scene={scene} />
    <Key scene={scene} />
  </div>
)

const MarkedSpan = ({ scene }: { readonly scene: Scene }) => {
  const span = scene.brushed.value
  const count = span === undefined ? 0 : scene.picture.value.countIn(span.from, span.to)
  return (
    <>
      <output>
        {span !== undefined &&
          `${count.toLocaleString("en")} ${count === 1 ? "event" : "events"} in ${lengthText(lengthOf(span))}`}
      </output>
      {span !== undefined && (
        <>
          <button type="button" onClick={() => lookAtSpan(scene)}>
            Zoom into it
          </button>
          <button type="button" aria-label="Forget the span" onClick={() => (scene.brushed.value = undefined)}>
            ×
          </button>
        </>
      )}
    </>
  )
}

const meanings: Readonly<Record<Exclude<MarkKind, "none">, string>> = {
  refresh: "refreshed",
  failure: "refresh failed",
  race: "race",
  lost: "outcome lost",
  quarantine: "quarantined",
  lifted: "quarantine lifted",
  refusal: "refused by the API",
  bench: "benched",
  operator: "operator",
  unknown: "unknown event"
}

const Key = ({ scene }: { readonly scene: Scene }) => (
  <details class="timeline-key">
    <summary>What the signs mean</summary>
    <ul>
      {bandWords.map((word) => (
        <li key={word}>
          <Swatch scene={scene} word={word} /> {word}
        </li>
      ))}
      {markKinds.map((kind) =>
        kind === "none" ? null : (
          <li key={kind}>
            <MarkSign kind={kind} /> {meanings[kind]}
          </li>
        )
      )}
    </ul>
  </details>
)

interface SwatchProps {
  readonly scene: Scene
  readonly word: BandWord
}

const Swatch = ({ scene, word }: SwatchProps) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = 28
  useEffect(
    () =>
      onFrame(() => {
        const pen = canvas.current?.getContext("2d")
        const [theme, ratio] = [scene.theme.value, scene.ratio.value]
        if (!pen || theme === undefined) return
        pen.canvas.width = width * ratio
        pen.canvas.height = 16 * ratio
        pen.scale(ratio, ratio)
        pen.fillStyle = fillsOf(pen, theme, ratio)[word]
        pen.fillRect(0, 1, width, 14)
        pen.strokeStyle = theme.inks[word]
        pen.strokeRect(0.5, 1.5, width - 1, 13)
      }),
    [scene]
  )
  return <canvas ref={canvas} style={{ width: `${width}px`, height: "16px" }} aria-hidden="true" />
}
