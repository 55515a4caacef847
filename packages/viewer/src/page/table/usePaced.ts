/** Follows a signal that may change with every frame: at once after a rest, else a few times a second. */
import type { ReadonlySignal } from "@preact/signals"
import { useSignal, useSignalEffect } from "@preact/signals"
import { useRef } from "preact/hooks"

/** Milliseconds. Nobody reads a table of other rows faster; drawing it takes longer than all else that follows the cursor. */
const pace = 120

export const usePaced = <A>(source: ReadonlySignal<A>): A => {
  const taken = useSignal(source.peek())
  const last = useRef(-Infinity)
  useSignalEffect(() => {
    const next = source.value
    const take = () => {
      last.current = performance.now()
      taken.value = next
    }
    const wait = last.current + pace - performance.now()
    if (wait <= 0) return take()
    const timer = setTimeout(take, wait)
    return () => clearTimeout(timer)
  })
  return taken.value
}
