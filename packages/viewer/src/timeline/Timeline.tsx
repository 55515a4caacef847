/**
 * The timeline: what each credential was and what befell it, over time. It draws what the signals hold, and says by them
 * where a person moved the view, the cursor and the choice.
 */
import type { ReadonlySignal, Signal } from "@preact/signals"
import { useEffect, useMemo, useRef } from "preact/hooks"
import type { Cursor } from "../Questions.ts"
import { Above } from "./Above.tsx"
import { Actors } from "./Actors.tsx"
import { Axis } from "./Axis.tsx"
import { Bar } from "./Bar.tsx"
import { Lanes } from "./Lanes.tsx"
import { Minimap } from "./Minimap.tsx"
import type { Picture } from "./Picture.ts"
import { makeScene, type Scene } from "./Scene.ts"
import type { Span } from "./Span.ts"
import { actOfKey } from "./Steering.ts"
import { watchTheme } from "./Theme.ts"
import { Spoken } from "./Spoken.tsx"
import { Tooltip } from "./Tooltip.tsx"

export type { Span } from "./Span.ts"

export type Selection = { readonly credential: string } | { readonly seq: number }

/** A decision that another policy would have made otherwise. */
export interface Overlaid {
  readonly seq: number
  readonly at: number
  readonly credential: string | undefined
}

export interface TimelineProps {
  readonly picture: Signal<Picture>
  readonly view: Signal<Span>
  /** Undefined: at the live end. */
  readonly cursor: Signal<Cursor | undefined>
  readonly pin: Signal<Cursor | undefined>
  readonly selected: Signal<Selection | undefined>
  /** The events that the filter keeps; undefined: all. */
  readonly shown: Signal<ReadonlySet<number> | undefined>
  readonly overlay: Signal<ReadonlyArray<Overlaid>>
  readonly brushed: Signal<Span | undefined>
  /** The instant of the live end; without it, that of the last event. */
  readonly present?: ReadonlySignal<number>
  /** The instant at which the newest state is looked at, which an old ledger is not drawn up to; without it, that of the live end. */
  readonly now?: ReadonlySignal<number>
  /** Shows all, and goes on to while the ledger grows; without it, all that there is now. */
  readonly fit?: () => void
}

export const Timeline = (props: TimelineProps) => {
  const section = useRef<HTMLDivElement>(null)
  const probe = useRef<HTMLSpanElement>(null)
  const scene = useMemo(() => makeScene(props), [])
  useEffect(() => measured(section.current!, scene), [scene])
  useEffect(() => {
    const { theme, end } = watchTheme(probe.current!)
    const forget = theme.subscribe((theme) => (scene.theme.value = theme))
    return () => [forget, end].forEach((close) => close())
  }, [scene])
  const { names } = scene.measures.value
  const sizes = { "--timeline-names": `${names}px`, "--timeline-name-width": names === 0 ? "100%" : `${names}px` }
  return (
    <div
      class="timeline"
      ref={section}
      role="group"
      tabIndex={-1}
      aria-label="Credentials over time"
      aria-describedby="timeline-help"
      style={sizes}
      onKeyDown={(event) => steer(event, scene)}
    >
      <p id="timeline-help" class="timeline-unseen">
        Left and right go from event to event, up and down from lane to lane. Plus and minus zoom, shift with left and
        right pans, zero shows all. Enter chooses the event at the cursor. The brackets mark a span, z zooms into it.
        The table of events says the same in words.
      </p>
      <span ref={probe} hidden />
      <Spoken scene={scene} />
      <Bar scene={scene} />
      <Minimap scene={scene} />
      <div class="timeline-stack">
        <Axis scene={scene} />
        <Above scene={scene} />
        <Lanes scene={scene} />
        <Actors scene={scene} />
        <Tooltip scene={scene} />
      </div>
    </div>
  )
}

const measured = (section: HTMLElement, scene: Scene): (() => void) => {
  const measure = () => {
    scene.width.value = section.clientWidth
    scene.ratio.value = devicePixelRatio
  }
  const observer = new ResizeObserver(measure)
  observer.observe(section)
  addEventListener("resize", measure)
  measure()
  return () => {
    observer.disconnect()
    removeEventListener("resize", measure)
  }
}

/** Keys that belong to a control stay with it; a key that is used here is no key of the page any more. */
const steer = (event: KeyboardEvent, scene: Scene): void => {
  const target = event.target as HTMLElement
  const isControl = target.matches("button, summary") && (event.key === "Enter" || event.key === " ")
  if (isControl || event.altKey || event.ctrlKey || event.metaKey) return
  const act = actOfKey(event)
  if (act === undefined || scene.picture.peek().count === 0) return
  event.preventDefault()
  event.stopPropagation()
  act(scene)
}
