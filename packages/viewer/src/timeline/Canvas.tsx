/** A canvas that is drawn on the next frame after something that it shows has changed, and at no other time. */
import { effect, type ReadonlySignal } from "@preact/signals"
import type { RefObject } from "preact"
import { useEffect, useRef } from "preact/hooks"

export type Pen = CanvasRenderingContext2D

export interface Size {
  readonly width: number
  readonly height: number
}

interface CanvasProps {
  readonly size: ReadonlySignal<Size>
  /** Device pixels in one of the page. */
  readonly ratio: ReadonlySignal<number>
  /** On an empty canvas, in pixels of the page. The signals that it reads are those that make it drawn again. */
  readonly draw: (pen: Pen, size: Size) => void
  readonly class?: string
  readonly handle?: RefObject<HTMLCanvasElement | null>
}

export const Canvas = ({ size, ratio, draw, class: name, handle }: CanvasProps) => {
  const own = useRef<HTMLCanvasElement>(null)
  const canvas = handle ?? own
  useEffect(() => {
    const pen = canvas.current?.getContext("2d")
    if (!pen) return
    return onFrame(() => {
      fit(pen.canvas, size.value, ratio.value)
      pen.setTransform(ratio.value, 0, 0, ratio.value, 0, 0)
      pen.clearRect(0, 0, size.value.width, size.value.height)
      draw(pen, size.value)
    })
  }, [])
  return <canvas ref={canvas} class={name} aria-hidden="true" />
}

/** Resizing a canvas empties it and costs a lot, so only when it must be. */
const fit = (canvas: HTMLCanvasElement, { width, height }: Size, ratio: number): void => {
  const [wide, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))]
  if (canvas.width !== wide) canvas.width = wide
  if (canvas.height !== high) canvas.height = high
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
}

/** Runs at once, and again on the next frame after a signal it read has changed, however many did. */
export const onFrame = (draw: () => void): (() => void) => {
  let frame = 0
  let forget = () => {}
  const run = () => {
    frame = 0
    forget()
    let isFirst = true
    forget = effect(() => {
      if (isFirst) draw()
      else frame ||= requestAnimationFrame(run)
      isFirst = false
    })
  }
  run()
  return () => {
    cancelAnimationFrame(frame)
    forget()
  }
}
