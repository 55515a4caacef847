/** An answer as it stands: there, on its way, refused, or not asked for. */
import type { ReadonlySignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import type { Asked } from "../Asked.ts"
import { Prose } from "../Foreign.tsx"

interface AnsweredProps<A> {
  readonly answer: ReadonlySignal<Asked<A>>
  /** What to do so that something is asked. */
  readonly nothing: ComponentChildren
  readonly children: (value: A) => ComponentChildren
}

export const Answered = <A,>({ answer, children, nothing }: AnsweredProps<A>) => {
  const { isWaiting, refused, value } = answer.value
  return (
    <div class="answer" aria-busy={isWaiting}>
      {refused !== undefined ? <Refused why={refused} /> : undefined}
      {value !== undefined ? children(value) : undefined}
      {value === undefined && refused === undefined ? isWaiting ? <p class="quiet">Looking …</p> : nothing : undefined}
    </div>
  )
}

const Refused = ({ why }: { readonly why: string }) => (
  <div class="banner warn" role="status">
    <p>
      <strong>This cannot be answered.</strong> <Prose text={why} />
    </p>
  </div>
)
