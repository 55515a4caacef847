/** Says where the cursor has come to by a key, once it rests; the grip says so by itself while it has the focus. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { cursorText } from "./Describe.ts"
import type { Scene } from "./Scene.ts"

/** Milliseconds without another step. */
const rest = 350

export const Spoken = ({ scene }: { readonly scene: Scene }) => {
  const text = useSignal("")
  const stepped = scene.stepped.value
  useEffect(() => {
    if (stepped === undefined || document.activeElement?.matches(".timeline-grip") === true) return
    const timer = setTimeout(() => (text.value = cursorText(scene.picture.peek(), stepped.seq, stepped.now)), rest)
    return () => clearTimeout(timer)
  }, [stepped])
  return (
    <p class="timeline-unseen" role="status">
      {text}
    </p>
  )
}
