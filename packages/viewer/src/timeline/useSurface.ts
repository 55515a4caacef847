/** A canvas in a part of the timeline that scrolls by itself: as high as that part, and zoomed and pointed at in it. */
import { computed, type Signal } from "@preact/signals"
import { useEffect, useMemo, useRef } from "preact/hooks"
import { type PointingOptions, takePointing } from "./Pointing.ts"
import type { Scene } from "./Scene.ts"
import { scrollAlong, takeZooming } from "./Zooming.ts"

interface Options extends Pick<PointingOptions, "find" | "onGround"> {
  /** Of what is in sight, in pixels; kept true here. */
  readonly height: Signal<number>
}

export const useSurface = (scene: Scene, { find, height, onGround }: Options) => {
  const scroller = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const size = useMemo(() => computed(() => ({ width: scene.plotWidth.value, height: height.value })), [scene])
  useEffect(() => {
    const [frame, surface] = [scroller.current!, canvas.current!]
    const measure = () => (height.value = frame.clientHeight)
    const observer = new ResizeObserver(measure)
    observer.observe(frame)
    measure()
    const ends = [
      takeZooming(surface, { scene, onScroll: (by, isTouch) => scrollAlong(frame, by, isTouch) }),
      takePointing(surface, { scene, find, onGround }),
      () => observer.disconnect()
    ]
    return () => ends.forEach((end) => end())
  }, [scene])
  return { scroller, canvas, size }
}
