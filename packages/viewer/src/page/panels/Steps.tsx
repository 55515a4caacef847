/** Events one below the other, with the time that went by between them; each leads to its moment. */
import type { Step } from "../../Questions.ts"
import { Foreign } from "../Foreign.tsx"
import { usePage } from "../Page.ts"
import { gap, iso, moment } from "../Times.ts"

interface StepsProps {
  readonly steps: ReadonlyArray<Step>
  readonly label: string
}

export const Steps = ({ label, steps }: StepsProps) => (
  <ol class="steps" aria-label={label}>
    {steps.map((step, place) => (
      <OneStep key={step.seq} step={step} before={steps[place - 1]?.at} />
    ))}
  </ol>
)

const OneStep = ({ before, step }: { readonly step: Step; readonly before: number | undefined }) => {
  const { store } = usePage()
  const isHere = store.here.value?.seq === step.seq
  return (
    <li class={isHere ? "here" : ""} aria-current={isHere ? "step" : undefined}>
      <p class="when">
        <GoTo seq={step.seq} /> <time dateTime={iso(step.at)}>{moment(step.at)}</time>{" "}
        {before === undefined || before === step.at ? undefined : <span class="gap">{gap(before, step.at)}</span>}
      </p>
      <p>
        <Foreign text={step.sentence} />
      </p>
    </li>
  )
}

/** Moves the cursor to an event. */
export const GoTo = ({ seq }: { readonly seq: number }) => {
  const { travel } = usePage()
  return (
    <button type="button" class="seq" aria-label={`Go to event ${seq}`} onClick={() => travel.goTo(seq)}>
      {seq}
    </button>
  )
}
