/** The cursor and the pin: lines that are moved, not drawn, so that scrubbing draws nothing anew. */
import type { ReadonlySignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { onFrame } from "./Canvas.tsx"
import { cursorText } from "./Describe.ts"
import type { Scene } from "./Scene.ts"

/** Beyond either edge it is out of sight; it stays in the page, for it may have the focus. */
const out = 40

interface LineProps {
  readonly scene: Scene
  readonly at: ReadonlySignal<number | undefined>
  readonly x: (time: number) => number
  readonly class?: string
  readonly children?: ComponentChildren
}

export const Line = ({ scene, at, x, class: name = "", children }: LineProps) => {
  const line = useRef<HTMLDivElement>(null)
  useEffect(
    () =>
      onFrame(() => {
        const element = line.current
        if (element === null) return
        const place = at.value === undefined ? -out : x(at.value)
        element.hidden = at.value === undefined
        element.style.transform = `translateX(${Math.min(Math.max(place, -out), scene.plotWidth.value + out)}px)`
      }),
    [scene]
  )
  return (
    <div ref={line} class={`timeline-line ${name}`} hidden>
      {children}
    </div>
  )
}

/** Its grip is a slider over the events, for whoever has no pointer. */
export const CursorGrip = ({ scene }: { readonly scene: Scene }) => {
  const picture = scene.picture.value
  const seq = scene.cursor.value?.seq ?? picture.last
  return (
    <div
      class="timeline-grip"
      role="slider"
      tabIndex={0}
      aria-label="Cursor"
      aria-orientation="horizontal"
      aria-valuemin={picture.first}
      aria-valuemax={Math.max(picture.last, seq)}
      aria-valuenow={seq}
      aria-valuetext={cursorText(picture, seq, scene.looked.value)}
    />
  )
}
