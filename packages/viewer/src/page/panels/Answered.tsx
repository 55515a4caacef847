/** An answer as it stands: there, on its way, stopped, refused, or not asked for. */
import type { ReadonlySignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import type { Asked } from "../Asked.ts"
import { Prose } from "../Foreign.tsx"
import { usePage } from "../Page.ts"

interface AnsweredProps<A> {
  readonly answer: ReadonlySignal<Asked<A>>
  /** What to do so that something is asked. */
  readonly nothing: ComponentChildren
  readonly children: (value: A) => ComponentChildren
}

export const Answered = <A,>({ answer, children, nothing }: AnsweredProps<A>) => {
  const { isWaiting, progress, refused, resume, value } = answer.value
  const isLong = resume !== undefined || (isWaiting && progress !== undefined)
  const isEmpty = value === undefined && refused === undefined && !isLong
  return (
    <div class="answer" aria-busy={isWaiting}>
      {isLong ? <Long asked={answer.value} /> : undefined}
      {refused !== undefined ? <Refused why={refused} /> : undefined}
      {value !== undefined ? children(value) : undefined}
      {isEmpty ? isWaiting ? <p class="quiet">Looking …</p> : nothing : undefined}
    </div>
  )
}

/** One button stops it and begins it again, so that whoever pressed it is still there. */
const Long = ({ asked: { progress, resume, stop } }: { readonly asked: Asked<unknown> }) => {
  const { store } = usePage()
  const onClick = () => {
    ;(resume ?? stop)?.()
    store.spoken.value = resume === undefined ? "Stopped." : "Looking."
  }
  return (
    <div class="long">
      {progress === undefined ? (
        <p>Stopped before all events were looked through.</p>
      ) : (
        <label>
          <progress value={progress.events} max={progress.all} /> {count(progress.events)} of {count(progress.all)}{" "}
          events looked through
        </label>
      )}
      <button type="button" onClick={onClick}>
        {resume === undefined ? "Stop" : "Look again"}
      </button>
    </div>
  )
}

const count = (events: number): string => events.toLocaleString("en")

const Refused = ({ why }: { readonly why: string }) => (
  <div class="banner warn" role="status">
    <p>
      <strong>This cannot be answered.</strong> <Prose text={why} />
    </p>
  </div>
)
