/** All loops up to the cursor: those that still go round first. */
import type { LoopView } from "../../Questions.ts"
import { Foreign } from "../Foreign.tsx"
import { usePage } from "../Page.ts"
import { lasting } from "../Times.ts"
import { Answered } from "./Answered.tsx"
import { Loop } from "./Loop.tsx"

export const LoopsPanel = () => {
  const { answers } = usePage()
  return (
    <Answered answer={answers.loops} nothing={<p class="quiet">There is no event to look at yet.</p>}>
      {(loops) => <Loops loops={loops} />}
    </Answered>
  )
}

const Loops = ({ loops }: { readonly loops: ReadonlyArray<LoopView> }) => {
  if (loops.length === 0) return <p>Nothing goes in a circle up to the cursor.</p>
  const inOrder = loops.toSorted((a, b) => Number(b.isRunning) - Number(a.isRunning) || b.last.at - a.last.at)
  return (
    <>
      <p class="quiet">
        {loops.length === 1 ? "One loop" : `${loops.length} loops`} up to the cursor;{" "}
        {loops.filter(({ isRunning }) => isRunning).length} still going round.
      </p>
      {inOrder.map((loop) => (
        <OneLoop key={`${loop.kind} ${loop.credential} ${loop.first.seq}`} loop={loop} isAlone={loops.length === 1} />
      ))}
    </>
  )
}

/** Opened, it is drawn and the cursor goes to its last event. */
const OneLoop = ({ isAlone, loop }: { readonly loop: LoopView; readonly isAlone: boolean }) => {
  const { travel } = usePage()
  const goThere = () => travel.goTo(loop.last.seq)
  return (
    <details class="one-loop" open={isAlone}>
      <summary>
        <span class={`tag ${loop.isRunning ? "running" : ""}`}>{loop.isRunning ? "↻ running" : "ended"}</span>{" "}
        <strong>
          <Foreign text={loop.kind} />
        </strong>{" "}
        {loop.credential === undefined ? undefined : <Foreign text={loop.credential} />}{" "}
        <span class="quiet">
          {loop.iterations} turns, every {lasting(loop.period)}, {loop.wasted} wasted
        </span>
      </summary>
      <button type="button" onClick={goThere}>
        Go to its last event
      </button>
      <Loop loop={loop} />
    </details>
  )
}
